"""`index.json` is shared with other tools: what they wrote stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.layout_json import (
    check_layout_marker,
    decode_layout_index,
    encode_layout_marker,
    with_tags,
)
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.errors import BundleError, HostileBundleError, RemoteError

NAME = "org.opencontainers.image.ref.name"
A, B = (Digest("sha256:" + letter * 64) for letter in "ab")


def manifest(digest: Digest) -> Descriptor:
    return Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=digest, size_bytes=7)


def listed(digest: str, name: str = "", **more: Any) -> dict[str, Any]:
    named = {"annotations": {NAME: name}} if name else {}
    return {"mediaType": MANIFEST_MEDIA_TYPE, "digest": digest, "size": 7, **named, **more}


def index(*entries: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"schemaVersion": 2, "manifests": entries, **more}).encode()


def entries(content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(content)["manifests"]
    return found


def test_the_marker_is_the_one_of_the_specification() -> None:
    assert json.loads(encode_layout_marker()) == {"imageLayoutVersion": "1.0.0"}
    check_layout_marker(encode_layout_marker())


@pytest.mark.parametrize("content", [b"", b"{}", b'{"imageLayoutVersion":"2.0.0"}', b"[]"])
def test_another_marker_is_refused(content: bytes) -> None:
    with pytest.raises(RemoteError):
        check_layout_marker(content)


def test_the_first_tag_makes_the_index() -> None:
    content = with_tags(None, manifest(A), ["sha-a", "latest"])
    assert json.loads(content)["schemaVersion"] == 2
    assert entries(content) == [listed(A, "sha-a"), listed(A, "latest")]
    assert dict(decode_layout_index(content).tags) == {"sha-a": A, "latest": A}


def test_setting_the_same_tag_again_changes_nothing() -> None:
    content = with_tags(None, manifest(A), ["latest"])
    assert with_tags(content, manifest(A), ["latest"]) == content


def test_a_tag_names_one_manifest() -> None:
    content = with_tags(index(listed(A, "latest"), listed(B, "latest")), manifest(B), ["latest"])
    assert [e for e in entries(content) if e.get("annotations")] == [listed(B, "latest")]


def test_a_manifest_that_loses_its_last_name_stays_listed() -> None:
    content = with_tags(index(listed(A, "latest")), manifest(B), ["latest"])
    assert entries(content) == [listed(A), listed(B, "latest")]
    assert decode_layout_index(content).digests == {A, B}
    named_again = with_tags(content, manifest(A), ["old"])
    assert entries(named_again) == [listed(B, "latest"), listed(A, "old")]


def test_what_other_tools_wrote_is_kept() -> None:
    theirs = listed("sha512:" + "c" * 128, "v0", platform={"os": "linux"}, artifactType="x/y")
    before = index(theirs, listed(A, "latest"), annotations={"made": "elsewhere"}, future=[1])
    content = with_tags(before, manifest(B), ["latest"])
    assert theirs in entries(content)
    assert json.loads(content)["annotations"] == {"made": "elsewhere"}
    assert json.loads(content)["future"] == [1]
    assert "v0" not in decode_layout_index(content).tags


def test_the_first_of_two_manifests_of_one_name_counts_as_other_tools_count_it() -> None:
    assert decode_layout_index(index(listed(A, "x"), listed(B, "x"))).tags == {"x": A}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"manifests":{}}', b'{"manifests":["x"]}', b'{"manifests":[],"manifests":[]}'],
)
def test_a_malformed_index_is_refused_and_never_written_over(content: bytes) -> None:
    with pytest.raises(HostileBundleError):
        decode_layout_index(content)
    with pytest.raises(HostileBundleError):
        with_tags(content, manifest(A), ["latest"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(A),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["digest", "annotations", NAME, "size"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4))
def test_any_index_is_read_or_refused(found: list[Any]) -> None:
    content = json.dumps({"manifests": found}).encode()
    try:
        before = decode_layout_index(content)
    except BundleError:
        return
    after = decode_layout_index(with_tags(content, manifest(B), ["latest"]))
    assert after.tags["latest"] == B
    assert before.digests <= after.digests
    others = {name: digest for name, digest in before.tags.items() if name != "latest"}
    assert {name: after.tags[name] for name in others} == others
