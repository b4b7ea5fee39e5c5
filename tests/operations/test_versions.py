"""Each published bundle once, whatever names it."""

from __future__ import annotations

from modelops_bundle.codec.referrer_json import encode_provenance
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.core.provenance import Provenance, Referrer
from modelops_bundle.core.transfer import TagMove, immutable_tag
from modelops_bundle.errors import HostileBundleError
from modelops_bundle.operations.versions import list_versions, tags_of, with_provenance
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


def test_what_cannot_be_read_beside_a_bundle_hides_no_version() -> None:
    class Odd(MemoryRemote):
        def referrers(self, subject: Digest, artifact_type: str) -> tuple[Referrer, ...]:
            raise HostileBundleError("referrers: manifests is no list")

    remote = Odd()
    digest = put_bundle(remote, {"a": b"1"}, "v1")
    (found,) = with_provenance(remote, list_versions(remote))
    assert (found.digest, found.provenance) == (digest, None)


def test_nothing_is_published_yet() -> None:
    assert list_versions(MemoryRemote()) == ()


def test_the_newest_comes_first_and_what_has_no_date_last() -> None:
    remote = MemoryRemote()
    undated = put_bundle(remote, {"a": b"0"}, "a-undated")
    old = put_bundle(remote, {"a": b"1"}, "b-old")
    new = put_bundle(remote, {"a": b"2"}, "c-new")
    for digest, created in ((old, "2026-01-02T00:00:00Z"), (new, "2026-11-30T00:00:00Z")):
        document = remote.read_manifest(digest)
        subject = Descriptor(
            media_type=MANIFEST_MEDIA_TYPE, digest=digest, size_bytes=len(document)
        )
        remote.put_referrer(encode_provenance(subject, Provenance(created=created)))
    found = with_provenance(remote, list_versions(remote))
    assert [version.digest for version in found] == [new, old, undated]
