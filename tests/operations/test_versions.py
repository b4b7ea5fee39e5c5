"""Each published bundle once, whatever names it."""

from __future__ import annotations

from modelops_bundle.core.transfer import TagMove, immutable_tag
from modelops_bundle.operations.versions import list_versions, tags_of
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import digest_of, put_bundle


def test_a_bundle_is_listed_once_with_all_its_tags() -> None:
    remote = MemoryRemote()
    one = put_bundle(remote, {"a": b"1"}, "v1", "latest")
    two = put_bundle(remote, {"a": b"2"}, "latest", "zeta")
    unnamed = put_bundle(remote, {"a": b"3"})
    found = [(version.digest, version.tags) for version in list_versions(remote)]
    assert found == [
        (two, ("latest", "zeta", immutable_tag(two))),
        (one, ("v1", immutable_tag(one))),
        (unnamed, (immutable_tag(unnamed),)),
    ]
    assert tags_of(remote, one) == ("v1", immutable_tag(one))
    assert tags_of(remote, digest_of(b"x")) == ()


def test_lists_of_referrers_are_no_versions() -> None:
    remote = MemoryRemote()
    digest = put_bundle(remote, {"a": b"1"})
    remote.set_tags(digest, [TagMove(name=f"sha256-{digest.hex}")])
    assert [version.tags for version in list_versions(remote)] == [(immutable_tag(digest),)]


def test_nothing_is_published_yet() -> None:
    assert list_versions(MemoryRemote()) == ()
