"""Names move when they are told to, and a bundle goes only when nothing unexpected goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.transfer import TagMove, immutable_tag, is_immutable
from modelops_bundle.errors import (
    NeedsDecisionError,
    NotFoundInRemoteError,
    TagMovedError,
    UsageError,
)
from modelops_bundle.operations.tagging import delete_bundle, tag_bundle
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from support.bundles import descriptor_of, put_bundle


def test_a_tag_is_set_and_moved() -> None:
    remote = MemoryRemote()
    one = put_bundle(remote, {"a": b"1"}, "v1")
    two = put_bundle(remote, {"a": b"2"}, "v2")
    assert tag_bundle(remote, "prod", "v1").before is None
    assert tag_bundle(remote, "prod", two[:20]).before == one
    assert remote.resolve("prod") == two


@pytest.mark.parametrize("name", ["sha-0123456789ab", "a/b", "", "-x"])
def test_a_name_that_is_not_to_be_set_is_refused(name: str) -> None:
    remote = MemoryRemote()
    put_bundle(remote, {"a": b"1"}, "v1")
    with pytest.raises(UsageError):
        tag_bundle(remote, name, "v1")


def test_a_tag_that_moves_at_the_same_moment_is_told() -> None:
    class Raced(MemoryRemote):
        raced = False

        def held(self, names: object) -> dict[str, Digest]:
            found = dict(super().held(["prod"]))
            if not self.raced:
                self.raced = True
                super().set_tags(other, [TagMove(name="prod", force=True)])
            return found

    remote = Raced()
    one = put_bundle(remote, {"a": b"1"}, "v1", "prod")
    other = put_bundle(remote, {"a": b"2"}, "v2")
    with pytest.raises(TagMovedError, match=other):
        tag_bundle(remote, "prod", one)
    assert remote.resolve("prod") == other


def test_a_bundle_goes_with_its_own_tags() -> None:
    remote = MemoryRemote()
    digest = put_bundle(remote, {"a": b"1"}, "v1")
    assert delete_bundle(remote, "v1").tags == ("v1", immutable_tag(digest))
    assert remote.tags() == ()


@pytest.mark.parametrize("reference", ["v1", "digest", "immutable"])
def test_what_else_names_a_bundle_stops_its_deletion(reference: str) -> None:
    remote = MemoryRemote()
    digest = put_bundle(remote, {"a": b"1"}, "v1", "prod")
    text = {"digest": digest, "immutable": immutable_tag(digest)}.get(reference, reference)
    with pytest.raises(NeedsDecisionError, match="prod"):
        delete_bundle(remote, text)
    assert remote.resolve("prod") == digest
    assert "prod" in delete_bundle(remote, text, force=True).tags
    assert remote.tags() == ()


def test_what_is_not_there_cannot_be_deleted() -> None:
    with pytest.raises(NotFoundInRemoteError):
        delete_bundle(MemoryRemote(), "v1")


def test_a_layout_frees_what_nothing_else_needs(tmp_path: Path) -> None:
    remote = OciLayoutRemote(tmp_path / "store")
    put_bundle(remote, {"a": b"only here", "b": b"shared"}, "v1")
    put_bundle(remote, {"b": b"shared", "c": b"there"}, "v2")
    delete_bundle(remote, "v1")
    left = {path.read_bytes() for path in (tmp_path / "store/blobs/sha256").iterdir()}
    assert b"only here" not in left
    assert {b"shared", b"there"} <= left
    delete_bundle(remote, "v2")
    assert list((tmp_path / "store/blobs/sha256").iterdir()) == []


def test_a_push_that_reused_what_was_deleted_meanwhile_sets_no_tag(tmp_path: Path) -> None:
    """It had seen the blob, and did not send it."""
    remote = OciLayoutRemote(tmp_path / "store")
    old = put_bundle(remote, {"a": b"1"}, "v1")
    manifest = remote.read_manifest(old)
    delete_bundle(OciLayoutRemote(tmp_path / "store"), "v1")
    remote.upload_blob(descriptor_of(manifest), [manifest])
    with pytest.raises(NotFoundInRemoteError, match="deleted meanwhile"):
        remote.set_tags(old, [TagMove(name="v1")])
    assert remote.tags() == ()


@pytest.mark.parametrize(
    ("tag", "own"),
    [
        ("sha-0123456789ab", True),
        ("sha-0123456789AB", False),
        ("sha-012", False),
        ("latest", False),
    ],
)
def test_which_tags_never_move(tag: str, own: bool) -> None:
    assert is_immutable(tag) is own
