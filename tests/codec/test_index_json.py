"""What is written is canonical; what is read is refused unless it is proven harmless."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec import index_json, oci_json
from modelops_bundle.codec.index_json import (
    bundle_documents,
    check_agreement,
    decode_bundle_index,
    encode_bundle_index,
)
from modelops_bundle.codec.oci_json import (
    MAX_FILE_BYTES,
    MAX_FILES,
    decode_manifest,
    encode_manifest,
)
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_paths
from modelops_bundle.errors import (
    HostileBundleError,
    IntegrityError,
    InvalidPathError,
    RemoteError,
)
from support.bundles import states_of

D = "sha256:" + "a" * 64
E = "sha256:" + "b" * 64

CONTENTS = {"models/sir.py": b"x = 1\n", "data/a.csv": b"1,2\n", "data/copy.csv": b"1,2\n"}


def entry(path: str, /, **changes: Any) -> dict[str, Any]:
    return {"path": path, "digest": D, "size": 1, "storage": "oci"} | changes


def index_of(*paths: str) -> dict[str, Any]:
    return {"version": "1.0", "files": {path: entry(path) for path in paths}}


def read(document: Any) -> BundleIndex:
    return decode_bundle_index(json.dumps(document).encode())


def with_entry(**changes: Any) -> dict[str, Any]:
    return {"version": "1.0", "files": {"a.py": entry("a.py", **changes)}}


HOSTILE_PATHS = [
    ("/etc/passwd",),
    ("//host/share",),
    ("\\\\host\\share",),
    ("\\windows",),
    ("..",),
    ("../a",),
    ("a/../../b",),
    ("a/..",),
    ("a\\..\\b",),
    ("a\\b",),
    ("C:/a",),
    ("c:a",),
    ("a/C:/b",),
    ("a/z:",),
    ("a\0b",),
    ("a\nb",),
    ("a\x1b[31mb",),
    ("a\x7fb",),
    ("a\x85b",),
    ("a\u202eyp.b",),
    ("a\u2066b",),
    ("a\u2028b",),
    ("\ufeffa",),
    ("a\ud800b",),
    ("",),
    (".",),
    ("./a",),
    ("a/./b",),
    ("a//b",),
    ("a/",),
    ("a/...",),
    ("a/ ",),
    (".git/config",),
    (".git",),
    (".GIT/hooks/pre-commit",),
    ("sub/.git/config",),
    (".git./config",),
    (".git /config",),
    (".g\u200cit/config",),
    ("git~1/config",),
    (".hg/hgrc",),
    (".svn/entries",),
    (".modelops-bundle",),
    (".modelops-bundle/config.yaml",),
    (".modelops-bundle/env",),
    (".modelops-bundle/state.json",),
    (".modelops-bundle/tracked.txt",),
    (".modelops-bundle/cache/pull/journal.json",),
    (".modelops-bundle/registry.yaml/x",),
    (".Modelops-Bundle/config.yaml",),
    (".MODELOPS-BUNDLE/registry.yaml",),
    ("sub/.modelops-bundle/registry.yaml",),
    ("a.py", "A.py"),
    ("data/x.csv", "Data/y.csv"),
    ("data/x.csv", "DATA/x.csv"),
    ("caf\u00e9.csv", "cafe\u0301.csv"),
    ("CAF\u00c9.csv", "cafe\u0301.csv"),
    ("stra\u00dfe", "STRASSE"),
    ("\u212aelvin", "kelvin"),
    ("a.", "a"),
    ("a", "a/b"),
    ("A", "a/b"),
    ("a/b", "a/b/c/d"),
    ("a/b/c/d", "a/b"),
    ("x" * 256,),
    ("/".join(["x" * 200] * 5),),
    ("\u00e9" * 128,),
]


@pytest.mark.parametrize("paths", HOSTILE_PATHS, ids=ascii)
def test_hostile_paths_are_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(HostileBundleError) as caught:
        read(index_of("fine.py", *paths))
    assert caught.value.exit_code == 4
    assert str(caught.value).isprintable(), "a message must not carry what it warns of"


@pytest.mark.parametrize("paths", HOSTILE_PATHS, ids=ascii)
def test_what_a_pull_refuses_a_push_refuses_too(paths: tuple[str, ...]) -> None:
    with pytest.raises(InvalidPathError):
        check_paths(("fine.py", *paths))


@pytest.mark.parametrize(
    "paths",
    [
        (".modelops-bundle/registry.yaml",),
        (".gitignore", ".gitattributes", ".github/workflows/ci.yml"),
        ("a", "b/a", "ab/c"),
        ("a.b", "a/b"),
        ("data/Über.csv", "data/日本.csv", "data/a b.csv", "data/a\u00a0b.csv"),
        ("2020-01-01T00:00.csv",),
        (".modelops/manifest.json", ".python-version"),
        ("x" * 255,),
    ],
    ids=ascii,
)
def test_ordinary_paths_are_not_refused(paths: tuple[str, ...]) -> None:
    assert set(read(index_of(*paths)).files) == set(paths)


HOSTILE_DOCUMENTS: dict[str, bytes] = {
    name: document if isinstance(document, bytes) else json.dumps(document).encode()
    for name, document in {
        "empty": b"",
        "no JSON": b"{",
        "not UTF-8": b'{"version": "\xff"}',
        "UTF-16": '{"version": "1.0"}'.encode("utf-16"),
        "a list": [],
        "null": None,
        "nested too deeply": b'{"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        "a key twice": b'{"version":"1.0","files":{},"files":{}}',
        "a path twice": b'{"version":"1.0","files":{"a":{},"a":{}}}',
        "NaN": b'{"version":"1.0","files":NaN}',
        "a number of 5,000 digits": b'{"version":"1.0","files":' + b"9" * 5000 + b"}",
        "no files": {"version": "1.0"},
        "files is a list": {"version": "1.0", "files": []},
        "an entry is no mapping": {"version": "1.0", "files": {"a": "b"}},
        "listed under another path": with_entry(path="b.py"),
        "a path that is no text": with_entry(path=1),
        "no digest": with_entry(digest=None),
        "a digest that is a number": with_entry(digest=1),
        "another algorithm": with_entry(digest="md5:" + "a" * 32),
        "an upper-case digest": with_entry(digest="sha256:" + "A" * 64),
        "a digest that is a path": with_entry(digest="sha256:../../../../etc/passwd"),
        "a short digest": with_entry(digest="sha256:abc"),
        "a negative size": with_entry(size=-1),
        "a huge size": with_entry(size=MAX_FILE_BYTES + 1),
        "a fractional size": with_entry(size=1.5),
        "an infinite size": json.dumps(with_entry(size="?")).replace('"?"', "1e999").encode(),
        "a size that is a text": with_entry(size="1"),
        "a size that is a truth value": with_entry(size=True),
        "no size": with_entry(size=None),
        "an unknown storage": with_entry(storage="ftp"),
        "a storage that is a list": with_entry(storage=["oci"]),
        "object storage without a place": with_entry(storage="blob"),
        "object storage with an empty place": with_entry(storage="blob", blobRef={"uri": ""}),
        "a place with a line break": with_entry(storage="blob", blobRef={"uri": "s3://a\nb"}),
        "a media type that is no text": with_entry(mediaType=3),
        "a media type without end": with_entry(mediaType="x" * 5000),
        "too much together": {
            "version": "1.0",
            "files": {f"f{n}": entry(f"f{n}", size=MAX_FILE_BYTES) for n in range(9)},
        },
    }.items()
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_DOCUMENTS)
def test_hostile_indexes_are_refused(name: str) -> None:
    with pytest.raises(HostileBundleError) as caught:
        decode_bundle_index(HOSTILE_DOCUMENTS[name])
    assert len(str(caught.value)) < 1000


def test_documents_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci_json, "MAX_DOCUMENT_BYTES", 100)
    with pytest.raises(HostileBundleError, match="bytes"):
        read(index_of("a" * 100))


def test_the_number_of_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_json, "MAX_FILES", 2)
    assert len(read(index_of("a", "b")).files) == 2
    with pytest.raises(HostileBundleError, match="at most 2"):
        read(index_of("a", "b", "c"))
    assert MAX_FILES >= 100_000


@pytest.mark.parametrize("version", ["3.0", "0.9", "", None, 1, "1x"])
def test_an_index_of_a_newer_tool_is_refused_as_such(version: Any) -> None:
    with pytest.raises(RemoteError, match="version") as caught:
        read({"version": version, "files": {}})
    assert not isinstance(caught.value, HostileBundleError)


def test_unknown_keys_are_tolerated() -> None:
    document = index_of("a.py")
    document["future"] = {"x": [1, 2, {}]}
    document["files"]["a.py"]["future"] = None
    document["files"]["a.py"]["blobRef"] = None
    assert list(read(document).files) == ["a.py"]


def test_files_in_object_storage_are_read_with_their_place() -> None:
    document = with_entry(storage="blob", blobRef={"uri": "azure://c/sha256/ab", "etag": "x"})
    assert read(document).files[BundlePath("a.py")].external_uri == "azure://c/sha256/ab"


def agreeing() -> dict[str, Any]:
    manifest, _, _ = bundle_documents(BundleIndex.of(states_of(CONTENTS).values()))
    decoded: dict[str, Any] = json.loads(encode_manifest(manifest))
    return decoded


def drop_first(document: dict[str, Any]) -> None:
    del document["layers"][0]
    del document["layers"][0]


DISAGREEMENTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "a file without a blob": drop_first,
    "a blob of another size": lambda d: d["layers"][2].update(size=99),
    "a blob of another digest": lambda d: d["layers"][2].update(digest=E),
    "a title that is not listed": lambda d: d["layers"].append(
        {"mediaType": "x", "digest": E, "size": 1, "annotations": {oci_title(): "../x"}}
    ),
    "two titles exchanged": lambda d: d["layers"][2].update(
        annotations={oci_title(): "data/a.csv"}
    ),
}


def oci_title() -> str:
    return "org.opencontainers.image.title"


@pytest.mark.parametrize("name", DISAGREEMENTS)
def test_a_manifest_that_contradicts_its_index_is_refused(name: str) -> None:
    index = BundleIndex.of(states_of(CONTENTS).values())
    document = agreeing()
    check_agreement(decode_manifest(json.dumps(document).encode()), index)
    DISAGREEMENTS[name](document)
    with pytest.raises(IntegrityError):
        check_agreement(decode_manifest(json.dumps(document).encode()), index)


def test_the_wire_format_is_what_unmodified_workers_read() -> None:
    """transport.md, wire format `files`; the bytes are part of the contract (law 5)."""
    manifest, content, config = bundle_documents(BundleIndex.of(states_of(CONTENTS).values()))
    assert json.loads(config) == {
        "version": "1.0",
        "created": "1970-01-01T00:00:00Z",
        "tool": {"name": "modelops-bundle"},
        "metadata": {},
        "files": {
            path: {
                "path": path,
                "digest": "sha256:" + hashlib.sha256(CONTENTS[path]).hexdigest(),
                "size": len(CONTENTS[path]),
                "storage": "oci",
                "mediaType": "text/x-python" if path.endswith(".py") else "text/csv",
                "blobRef": None,
            }
            for path in sorted(CONTENTS)
        },
    }
    document = json.loads(content)
    assert document["config"]["digest"] == "sha256:" + hashlib.sha256(config).hexdigest()
    titles = [layer["annotations"][oci_title()] for layer in document["layers"]]
    assert titles == sorted(CONTENTS)
    assert manifest.config.size_bytes == len(config)


def test_the_digest_of_a_bundle_does_not_change_between_versions_of_this_tool() -> None:
    _, content, _ = bundle_documents(BundleIndex.of(states_of(CONTENTS).values()))
    golden = "sha256:30fcc3e0667a1f88bc072ecb5ca177d1951c23b2f23375aa9533cc847986bbd4"
    assert Digest.of_bytes(content) == golden


PATHS = st.lists(st.text("abcXé日.- ", min_size=1, max_size=6), min_size=1, max_size=3).map(
    "/".join
)


@st.composite
def portable_files(draw: st.DrawFn) -> dict[BundlePath, FileState]:
    found: list[str] = []
    for path in draw(st.lists(PATHS, max_size=8)):
        try:
            check_paths((*found, path))
        except InvalidPathError:
            continue
        found.append(path)
    return states_of({path: draw(st.binary(max_size=3)) for path in found})


@given(portable_files(), st.randoms())
def test_decode_undoes_encode_and_order_does_not_count(
    files: dict[BundlePath, FileState], random: Any
) -> None:
    index = BundleIndex.of(files.values())
    assert decode_bundle_index(encode_bundle_index(index)) == index
    shuffled = list(files.values())
    random.shuffle(shuffled)
    manifest, content, config = bundle_documents(index)
    assert bundle_documents(BundleIndex.of(shuffled)) == (manifest, content, config)
    assert decode_manifest(content) == manifest
    check_agreement(decode_manifest(content), decode_bundle_index(config))


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for decode in (decode_bundle_index, decode_manifest):
        with suppress(RemoteError):
            decode(content)
