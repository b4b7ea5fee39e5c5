"""What a layout can do without: only what nothing else names, and nothing where that is unclear."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelops_bundle.codec.layout_removal import described, plan_removal
from modelops_bundle.core.digest import Digest
from modelops_bundle.errors import HostileBundleError

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Store:
    """Documents by digest, and an index of them."""

    def __init__(self) -> None:
        self.contents: dict[Digest, bytes] = {}
        self.listed: list[dict[str, Any]] = []

    def put(self, document: dict[str, Any] | bytes, *tags: str, listed: bool = True) -> Digest:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        digest = Digest.of_bytes(content)
        self.contents[digest] = content
        for tag in tags or (("",) if listed else ()):
            entry: dict[str, Any] = {"mediaType": MANIFEST, "digest": digest, "size": len(content)}
            if tag:
                entry["annotations"] = {"org.opencontainers.image.ref.name": tag}
            self.listed.append(entry)
        return digest

    @property
    def index(self) -> bytes:
        return json.dumps({"schemaVersion": 2, "x": 1, "manifests": self.listed}).encode()

    def remove(self, digest: Digest) -> tuple[list[str], frozenset[Digest]]:
        """Digests still listed, and what is unused."""
        removal = plan_removal(self.index, digest, self.contents.get)
        document = json.loads(removal.content)
        assert document["x"] == 1
        return [entry["digest"] for entry in document["manifests"]], removal.unused


def blob(text: str) -> Digest:
    return Digest.of_bytes(text.encode())


def image(*layers: str, config: str = "config", **more: Any) -> dict[str, Any]:
    parts = [{"mediaType": "x", "digest": blob(name), "size": 1} for name in layers]
    return {"config": {"mediaType": "x", "digest": blob(config), "size": 1}, "layers": parts} | more


def test_blobs_that_another_manifest_needs_stay() -> None:
    store = Store()
    gone = store.put(image("a", "b", config="c1"), "v1", "latest")
    kept = store.put(image("b", "c", config="c2"), "v2")
    listed, unused = store.remove(gone)
    assert listed == [kept]
    assert unused == {gone, blob("a"), blob("c1")}


def test_an_image_index_needs_what_its_manifests_need() -> None:
    store = Store()
    inner = store.put(image("a"), listed=False)
    outer = store.put({"manifests": [{"digest": inner}]}, "multi")
    gone = store.put(image("a", "b"), "v1")
    listed, unused = store.remove(gone)
    assert listed == [outer]
    assert unused == {gone, blob("b")}
    assert store.remove(outer)[1] == {outer, inner}


@pytest.mark.parametrize("content", [b"not JSON", b"[]", None])
def test_nothing_is_unused_where_a_listed_document_cannot_be_read(content: bytes | None) -> None:
    store = Store()
    gone = store.put(image("a"), "v1")
    other = store.put(b"x", "odd")
    if content is None:
        del store.contents[other]
    else:
        store.contents[other] = content
    assert store.remove(gone) == ([other], frozenset())


def test_a_damaged_manifest_can_be_removed() -> None:
    store = Store()
    gone = store.put(b"{", "v1")
    kept = store.put(image("a"), "v2")
    assert store.remove(gone) == ([kept], {gone})


def test_what_refers_to_a_manifest_goes_with_it() -> None:
    store = Store()
    gone = store.put(image("a"), "v1")
    note = store.put(image("note", subject={"digest": gone}))
    reply = store.put(image("reply", subject={"digest": note}))
    kept = store.put(image("z", config="z"), "v2")
    listed, unused = store.remove(gone)
    assert listed == [kept]
    assert {gone, note, reply, blob("a"), blob("note"), blob("reply")} <= unused


def test_what_a_referrer_is_about_does_not_go_with_it() -> None:
    store = Store()
    subject = store.put(image("a"), listed=False)
    note = store.put(image("note", subject={"digest": subject}))
    assert store.remove(note)[1] == {note, blob("note"), blob("config")}


def test_referrers_in_a_circle_come_to_an_end() -> None:
    store = Store()
    other = store.put(image("b"), "v2")
    gone = store.put(image("a", subject={"digest": other}), "v1")
    store.contents[other] = json.dumps(image("b", subject={"digest": gone})).encode()
    assert store.remove(gone)[0] == []


def test_what_a_manifest_is_made_of() -> None:
    document = image("a", "b", subject={"digest": blob("s")})
    for part in (document["config"], *document["layers"]):
        part["mediaType"] = "text/plain"
    found = [d.digest for d in described(json.dumps(document).encode())]
    assert found == [blob("config"), blob("a"), blob("b")]
    with pytest.raises(HostileBundleError):
        described(b'{"config": {"digest": "sha256:x"}}')
