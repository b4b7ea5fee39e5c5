"""Wire format `packed`: what is written is read back, and every lie about a place is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from modelops_bundle.codec.index_json import bundle_documents, check_agreement, decode_bundle_index
from modelops_bundle.codec.oci_json import decode_manifest
from modelops_bundle.core.digest import Digest, tree_digest
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import HostileBundleError, IntegrityError
from support.bundles import digest_of, packed_bundle, states_of

CONTENTS = {
    "models/sir.py": b"x = 1\n",
    "models/__init__.py": b"",
    "data/a.csv": b"1,2\n",
    "data/copy.csv": b"1,2\n",
    "data/large.bin": b"z" * 600_000,
}


def document() -> dict[str, Any]:
    index, _ = packed_bundle(CONTENTS)
    _, _, content = bundle_documents(index)
    found: dict[str, Any] = json.loads(content)
    return found


def read(changed: dict[str, Any]) -> BundleIndex:
    changed["tree"] = tree_digest(
        {BundlePath(p): Digest(str(f.get("digest"))) for p, f in changed["files"].items()}
    )
    return decode_bundle_index(json.dumps(changed).encode())


def test_what_is_written_is_read_back() -> None:
    index, blobs = packed_bundle(CONTENTS)
    manifest, content, config = bundle_documents(index)
    assert decode_bundle_index(config) == index
    assert decode_manifest(content) == manifest
    check_agreement(manifest, index)
    assert {layer.digest for layer in manifest.layers} == {digest_of(blob) for blob in blobs}


def test_the_wire_format() -> None:
    found = document()
    assert found["version"] == "2.0"
    assert found["tree"] == tree_digest({p: s.digest for p, s in states_of(CONTENTS).items()})
    assert found["packs"] == sorted(found["packs"], key=lambda pack: pack["digest"])
    place = found["files"]["models/sir.py"]
    assert set(place) == {"digest", "size", "pack", "offset"}
    assert found["files"]["models/__init__.py"] == {"digest": digest_of(b""), "size": 0}
    copies = [found["files"][name] for name in ("data/a.csv", "data/copy.csv")]
    if copies[0]["pack"] == copies[1]["pack"]:
        assert copies[0] == copies[1], "a content is in a pack once"


def test_the_format_does_not_change_between_versions_of_this_tool() -> None:
    """Equal content gives an equal digest with every version that speaks this format (law 5)."""
    index, _ = packed_bundle({"a.py": b"1", "b/c.csv": b"22", "b/d.csv": b"22", "e": b""})
    _, manifest, _ = bundle_documents(index)
    assert digest_of(manifest) == GOLDEN


GOLDEN = "sha256:b59f9cb066e5c79768a290083e40cc73244b0517581cae19185904523ec3c085"


def test_a_manifest_of_the_other_format_is_refused() -> None:
    index, _ = packed_bundle(CONTENTS)
    manifest, _, _ = bundle_documents(BundleIndex.of(states_of(CONTENTS).values()))
    with pytest.raises(IntegrityError, match="format"):
        check_agreement(manifest, index)


def test_a_pack_that_the_manifest_does_not_name_is_refused() -> None:
    index, _ = packed_bundle(CONTENTS)
    _, content, _ = bundle_documents(index)
    less = json.loads(content)
    less["layers"].pop()
    with pytest.raises(IntegrityError):
        check_agreement(decode_manifest(json.dumps(less).encode()), index)


def test_a_content_digest_that_is_not_that_of_the_files_is_refused() -> None:
    found = document()
    found["tree"] = digest_of(b"other")
    with pytest.raises(IntegrityError, match="content"):
        decode_bundle_index(json.dumps(found).encode())


def on_file(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["files"]["models/sir.py"].update(changes)


def overlap(found: dict[str, Any]) -> None:
    place = found["files"]["data/a.csv"]
    other = {**place, "digest": digest_of(b"other"), "offset": place["offset"] + 1, "size": 2}
    found["files"]["other"] = other


def same_place(found: dict[str, Any]) -> None:
    found["files"]["other"] = {**found["files"]["data/a.csv"], "digest": digest_of(b"other")}


def nowhere(found: dict[str, Any]) -> None:
    del found["files"]["models/sir.py"]["pack"]


HOSTILE: dict[str, Callable[[dict[str, Any]], None]] = {
    "an offset beyond the pack": on_file(offset=1 << 30),
    "an offset at the very end": lambda found: on_file(
        offset=found["packs"][found["files"]["models/sir.py"]["pack"]]["size"]
    )(found),
    "a negative offset": on_file(offset=-1),
    "an offset that is a text": on_file(offset="0"),
    "no offset": on_file(offset=None),
    "a size beyond the pack": on_file(size=1 << 30),
    "a negative size": on_file(size=-1),
    "a pack that is not listed": on_file(pack=99),
    "a negative pack": on_file(pack=-1),
    "a pack that is a truth value": on_file(pack=True),
    "a pack that is a digest": on_file(pack=digest_of(b"x")),
    "neither a pack nor another place": nowhere,
    "both a pack and another place": on_file(uri="s3://b/x"),
    "a place with a line break": on_file(pack=None, uri="s3://b/\n"),
    "a digest that is none": on_file(digest="sha256:12"),
    "overlapping files": overlap,
    "two contents in one place": same_place,
    "packs is a mapping": lambda found: found.update(packs={}),
    "a pack is a text": lambda found: found["packs"].append("x"),
    "a pack listed twice": lambda found: found["packs"].append(found["packs"][0]),
    "a pack of huge size": lambda found: found["packs"][0].update(size=1 << 60),
    "a pack without a digest": lambda found: found["packs"][0].pop("digest"),
    "a file is a list": lambda found: found["files"].update({"a": {}}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_lies_about_places_are_refused(name: str) -> None:
    found = document()
    assert read(found) == packed_bundle(CONTENTS)[0], "before the change"
    HOSTILE[name](found)
    with pytest.raises(HostileBundleError) as caught:
        read(found)
    assert len(str(caught.value)) < 1000
