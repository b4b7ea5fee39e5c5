"""One suite for every store: what `Remote` promises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops_bundle.codec.oci_json import encode_manifest
from modelops_bundle.codec.referrer_json import decode_provenance, encode_provenance
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import (
    BUNDLE_INDEX_MEDIA_TYPE,
    MANIFEST_MEDIA_TYPE,
    TITLE_ANNOTATION,
    Descriptor,
    Manifest,
)
from modelops_bundle.core.provenance import PROVENANCE_TYPE, Provenance
from modelops_bundle.core.transfer import TagMove, immutable_tag
from modelops_bundle.errors import (
    HostileBundleError,
    IntegrityError,
    NotFoundInRemoteError,
    TagMovedError,
    UsageError,
)
from modelops_bundle.storage.base import CHUNK_BYTES, BlobStore, Remote, parse_reference, verified
from support.bundles import descriptor_of, digest_of, put_bundle


def read(store: BlobStore, descriptor: Descriptor) -> bytes:
    return b"".join(store.open_blob(descriptor))


CONFIG = b"{}"


def manifest(number: int) -> bytes:
    """A manifest that registries take: its config must be there."""
    config = Descriptor(
        media_type=BUNDLE_INDEX_MEDIA_TYPE, digest=digest_of(CONFIG), size_bytes=len(CONFIG)
    )
    layer = Descriptor(
        media_type="text/plain",
        digest=digest_of(CONFIG),
        size_bytes=len(CONFIG),
        annotations={TITLE_ANNOTATION: f"{number}.txt"},
    )
    return encode_manifest(Manifest(config=config, layers=(layer,)))


def put(remote: Remote, content: bytes) -> Digest:
    remote.upload_blob(descriptor_of(CONFIG), [CONFIG])
    return remote.put_manifest(content)


def tagged(remote: Remote, content: bytes, *names: str) -> Digest:
    digest = put(remote, content)
    remote.set_tags(digest, [TagMove(name=name) for name in names])
    return digest


def test_a_store_that_nothing_was_published_to_is_empty(remote: Remote) -> None:
    assert remote.tags() == ()
    assert remote.held(["latest"]) == {}
    with pytest.raises(NotFoundInRemoteError):
        remote.resolve("latest")
    with pytest.raises(NotFoundInRemoteError):
        remote.read_manifest(digest_of(b"x"))


def test_a_content_that_was_never_stored_is_not_found(store: BlobStore) -> None:
    assert store.present([]) == frozenset()
    assert store.present([descriptor_of(b"x")]) == frozenset()
    with pytest.raises(NotFoundInRemoteError):
        read(store, descriptor_of(b"x"))


@pytest.mark.parametrize(
    "content",
    [b"", b"a", b"x" * CHUNK_BYTES, b"y" * (CHUNK_BYTES + 1), bytes(range(256)) * 9000],
    ids=["empty", "one byte", "one chunk", "a chunk and a byte", "several chunks"],
)
def test_a_blob_comes_back_as_it_was_stored(store: BlobStore, content: bytes) -> None:
    descriptor = descriptor_of(content)
    store.upload_blob(
        descriptor, (content[n : n + 700_001] for n in range(0, len(content), 700_001))
    )
    assert read(store, descriptor) == content
    assert store.present([descriptor, descriptor_of(b"other")]) == {descriptor.digest}


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (5, 9), (0, 3 * CHUNK_BYTES), (17, 2 * CHUNK_BYTES + 3)],
)
def test_a_part_of_a_blob_comes_back_as_it_was_stored(remote: Remote, start: int, end: int) -> None:
    content = bytes(range(256)) * (3 * CHUNK_BYTES // 256)
    descriptor = descriptor_of(content)
    remote.upload_blob(descriptor, [content])
    pieces = list(remote.open_range(descriptor, start, end))
    assert b"".join(pieces) == content[start:end]
    assert all(len(piece) <= CHUNK_BYTES for piece in pieces)


def test_a_part_beyond_the_end_is_refused(remote: Remote) -> None:
    descriptor = descriptor_of(b"abc")
    remote.upload_blob(descriptor, [b"abc"])
    for start, end in ((0, 4), (4, 5), (2, 1), (-1, 2), (1, 1)):
        with pytest.raises(IntegrityError):
            list(remote.open_range(descriptor, start, end))
    gone = descriptor_of(b"abcd")
    with pytest.raises(NotFoundInRemoteError):
        list(remote.open_range(gone, 1, 3))


def test_storing_a_blob_twice_changes_nothing(store: BlobStore) -> None:
    descriptor = descriptor_of(b"abc")
    for _ in range(2):
        store.upload_blob(descriptor, [b"a", b"bc"])
    assert read(store, descriptor) == b"abc"


@pytest.mark.parametrize(
    "content", [[], [b"ab"], [b"abcd"], [b"abc", b"d"], [b"abd"]],
    ids=["none", "short", "long", "long in pieces", "other"],
)  # fmt: skip
def test_content_that_is_not_what_was_announced_is_not_stored(
    store: BlobStore, content: list[bytes]
) -> None:
    descriptor = descriptor_of(b"abc")
    with pytest.raises(IntegrityError):
        store.upload_blob(descriptor, content)
    assert store.present([descriptor]) == frozenset()


def test_a_source_that_fails_stores_nothing_and_its_error_comes_through(store: BlobStore) -> None:
    def source() -> Iterator[bytes]:
        yield b"ab"
        raise OSError("the disk is gone")

    descriptor = descriptor_of(b"abc")
    with pytest.raises(OSError, match="the disk is gone"):
        store.upload_blob(descriptor, source())
    assert store.present([descriptor]) == frozenset()


def test_an_endless_source_is_cut_off(store: BlobStore) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"z" * 1000

    with pytest.raises(IntegrityError):
        store.upload_blob(descriptor_of(b"z" * 5000), endless())


def test_a_wrong_size_is_noticed_on_the_way_back(store: BlobStore) -> None:
    good = descriptor_of(b"abc")
    store.upload_blob(good, [b"abc"])
    for size_bytes in (0, 2, 4):
        wrong = Descriptor(media_type="", digest=good.digest, size_bytes=size_bytes)
        with pytest.raises(IntegrityError):
            read(store, wrong)


def test_manifests_are_found_by_tag_digest_and_prefix(remote: Remote) -> None:
    digest = tagged(remote, manifest(1), "latest", "v1")
    assert digest == digest_of(manifest(1))
    assert remote.tags() == ("latest", "v1")
    assert remote.held(["v1", "v2"]) == {"v1": digest}
    for reference in ("latest", "v1", digest, digest.hex, digest[:20], digest.hex[:4]):
        assert remote.resolve(reference) == digest
    assert remote.read_manifest(digest) == manifest(1)


def test_a_tag_goes_before_a_digest_that_begins_alike(remote: Remote) -> None:
    first = tagged(remote, manifest(1), "one")
    second = tagged(remote, manifest(2), first.hex[:8])
    assert remote.resolve(first.hex[:8]) == second
    assert remote.resolve(f"sha256:{first.hex[:8]}") == first


def test_an_ambiguous_prefix_is_refused(remote: Remote) -> None:
    contents = [manifest(number) for number in range(400)]
    by_prefix = sorted(contents, key=digest_of)
    one, two = next(
        (a, b) for a, b in pairwise(by_prefix) if digest_of(a).hex[:4] == digest_of(b).hex[:4]
    )
    tagged(remote, one, "one")
    tagged(remote, two, "two")
    with pytest.raises(UsageError, match="2 digests"):
        remote.resolve(digest_of(one).hex[:4])
    assert remote.resolve(digest_of(one).hex[:40]) == digest_of(one)


def test_a_manifest_without_a_tag_is_found_by_its_full_digest(remote: Remote) -> None:
    digest = put(remote, manifest(1))
    assert remote.resolve(digest) == digest
    assert remote.tags() == ()


@pytest.mark.parametrize(
    "reference", ["", "a b", "-x", "../x", "sha256:12", "md5:abcd", "x/y", "ü"]
)
def test_a_text_that_is_no_reference_is_refused(remote: Remote, reference: str) -> None:
    with pytest.raises(UsageError):
        remote.resolve(reference)


def test_an_absent_tag_may_be_set_by_anybody(remote: Remote) -> None:
    tagged(remote, manifest(1), "latest")
    digest = put(remote, manifest(2))
    remote.set_tags(digest, [TagMove(name="new", expected=frozenset({digest_of(b"x")}))])
    assert remote.resolve("new") == digest


def test_a_tag_moves_from_what_was_expected(remote: Remote) -> None:
    first = tagged(remote, manifest(1), "latest")
    second = put(remote, manifest(2))
    remote.set_tags(second, [TagMove(name="latest", expected=frozenset({first}))])
    assert remote.resolve("latest") == second
    assert remote.resolve(first) == first, "no digest is lost when a tag moves"


@pytest.mark.parametrize("expected", [frozenset(), frozenset({digest_of(b"x")})])
def test_a_tag_that_holds_something_unknown_does_not_move(
    remote: Remote, expected: frozenset[Digest]
) -> None:
    first = tagged(remote, manifest(1), "latest")
    second = put(remote, manifest(2))
    moves = [TagMove(name="sha-0"), TagMove(name="latest", expected=expected), TagMove(name="v2")]
    with pytest.raises(TagMovedError, match=first):
        remote.set_tags(second, moves)
    assert remote.tags() == ("latest",), "all tags are set, or none"
    assert remote.resolve("latest") == first


def test_force_moves_a_tag_whatever_it_holds(remote: Remote) -> None:
    tagged(remote, manifest(1), "latest")
    second = put(remote, manifest(2))
    remote.set_tags(second, [TagMove(name="latest", force=True)])
    assert remote.resolve("latest") == second


def test_setting_a_tag_to_what_it_holds_is_fine(remote: Remote) -> None:
    first = tagged(remote, manifest(1), "latest")
    remote.set_tags(first, [TagMove(name="latest")])
    assert remote.resolve("latest") == first


@pytest.mark.parametrize("fixed", [True, False])
def test_a_manifest_is_stored_and_tagged_at_once(remote: Remote, fixed: bool) -> None:
    first = tagged(remote, manifest(1), "latest")
    content = manifest(2)
    names = ["latest", *([immutable_tag(digest_of(content))] if fixed else [])]
    moves = [TagMove(name=name, expected=frozenset({first})) for name in names]
    for _ in range(2):
        digest = remote.publish_manifest(content, moves)
        assert remote.held(names) == dict.fromkeys(names, digest)
        assert remote.read_manifest(digest) == content


def test_a_manifest_is_not_tagged_over_what_somebody_else_published(remote: Remote) -> None:
    first = tagged(remote, manifest(1), "latest")
    content = manifest(2)
    moves = [TagMove(name=immutable_tag(digest_of(content))), TagMove(name="latest")]
    with pytest.raises(TagMovedError):
        remote.publish_manifest(content, moves)
    assert remote.held(["latest"]) == {"latest": first}


def test_a_tag_needs_its_manifest(remote: Remote) -> None:
    with pytest.raises(NotFoundInRemoteError):
        remote.set_tags(digest_of(manifest(9)), [TagMove(name="latest")])
    assert remote.tags() == ()


@pytest.mark.parametrize("name", ["", ".x", "-x", "a b", "a/b", "a:b", "x" * 129, "ü", "a\n"])
def test_a_name_that_is_no_tag_is_refused(remote: Remote, name: str) -> None:
    digest = put(remote, manifest(1))
    with pytest.raises(UsageError):
        remote.set_tags(digest, [TagMove(name="good"), TagMove(name=name)])
    assert remote.tags() == ()


def test_a_deleted_manifest_is_gone_with_its_tags_and_no_other(remote: Remote) -> None:
    digest = put_bundle(remote, {"a.py": b"1", "b.py": b"shared"}, "v1", "latest")
    other = put_bundle(remote, {"a.py": b"2", "b.py": b"shared"}, "v2")
    remote.delete(digest)
    assert remote.tags() == (immutable_tag(other), "v2")
    with pytest.raises(NotFoundInRemoteError):
        remote.read_manifest(digest)
    with pytest.raises(NotFoundInRemoteError):
        remote.delete(digest)
    assert remote.read_manifest(other)
    assert read(remote, descriptor_of(b"shared")) == b"shared"
    assert put_bundle(remote, {"a.py": b"1", "b.py": b"shared"}, "v1") == digest
    assert read(remote, descriptor_of(b"1")) == b"1"


def test_a_blob_that_is_nowhere_cannot_be_mounted(remote: Remote) -> None:
    assert remote.mount_blob(descriptor_of(b"nowhere"), f"{remote.url}-other") is False
    assert remote.mount_blob(descriptor_of(b"nowhere"), "layout:/nowhere") is False
    assert remote.present([descriptor_of(b"nowhere")]) == frozenset()


def test_a_whole_bundle_can_be_put(remote: Remote) -> None:
    digest = put_bundle(remote, {"a.py": b"1", "b.py": b"", "c/d.csv": b"1"}, "latest")
    assert remote.tags() == ("latest", immutable_tag(digest))


def provenance(subject: Digest, author: str) -> bytes:
    about = Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=subject, size_bytes=len(manifest(1)))
    return encode_provenance(about, Provenance(created="2026-11-30T12:00:00Z", author=author))


def authors(remote: Remote, subject: Digest) -> list[str]:
    found = remote.referrers(subject, PROVENANCE_TYPE)
    return sorted(decode_provenance(one.manifest.annotations).author for one in found)


def test_what_refers_to_a_manifest_is_found_and_is_no_tag(remote: Remote) -> None:
    subject = tagged(remote, manifest(1), "latest")
    other = tagged(remote, manifest(2), "other")
    assert authors(remote, subject) == []
    for author in ("Ada", "Bärbel", "Ada"):
        content = provenance(subject, author)
        assert remote.put_referrer(content) == digest_of(content)
    assert authors(remote, subject) == ["Ada", "Bärbel"]
    assert authors(remote, other) == []
    assert remote.referrers(subject, "application/x-other") == ()
    assert remote.tags() == ("latest", "other")
    assert remote.resolve("latest") == subject
    digest = digest_of(provenance(subject, "Ada"))
    assert remote.read_manifest(digest) == provenance(subject, "Ada")


def test_what_refers_to_a_manifest_is_deleted_with_it(remote: Remote) -> None:
    subject = tagged(remote, manifest(1), "latest")
    other = tagged(remote, manifest(2), "other")
    for about in (subject, other):
        for author in ("Ada", "Ben"):
            remote.put_referrer(provenance(about, author))
    remote.delete(subject)
    assert authors(remote, subject) == []
    assert authors(remote, other) == ["Ada", "Ben"]
    tagged(remote, manifest(1), "again")
    assert authors(remote, subject) == []


def test_what_refers_to_a_manifest_may_be_there_first(remote: Remote) -> None:
    subject = digest_of(manifest(1))
    remote.put_referrer(provenance(subject, "Ada"))
    assert authors(remote, subject) == ["Ada"]
    assert tagged(remote, manifest(1), "latest") == subject
    assert authors(remote, subject) == ["Ada"]
    assert remote.tags() == ("latest",)


def test_a_manifest_that_refers_to_nothing_is_no_referrer(remote: Remote) -> None:
    with pytest.raises(HostileBundleError):
        remote.put_referrer(manifest(1))


@pytest.mark.parametrize(
    ("text", "tag", "has_digest", "prefix"),
    [
        ("latest", "latest", False, ""),
        ("abcd", "abcd", False, "abcd"),
        ("abc", "abc", False, ""),
        ("a" * 64, "a" * 64, True, ""),
        ("sha256:" + "a" * 64, "", True, ""),
        ("sha256:abcd", "", False, "abcd"),
        ("sha-012345678901", "sha-012345678901", False, ""),
    ],
)
def test_what_a_reference_may_mean(text: str, tag: str, has_digest: bool, prefix: str) -> None:
    found = parse_reference(text)
    assert (found.tag, found.digest is not None, found.prefix) == (tag, has_digest, prefix)


@given(st.text())
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    try:
        found = parse_reference(text)
    except UsageError:
        return
    assert found.tag or found.digest or found.prefix


@given(st.lists(st.binary(max_size=50)), st.integers(-3, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_reads_to_the_end_has_the_right_bytes(chunks: list[bytes], off: int) -> None:
    content = b"".join(chunks)
    right = descriptor_of(content)
    assert b"".join(verified(chunks, right, "here")) == content
    wrong = Descriptor(
        media_type="", digest=right.digest, size_bytes=max(0, right.size_bytes + off)
    )
    if wrong.size_bytes != right.size_bytes:
        with pytest.raises(IntegrityError):
            list(verified(chunks, wrong, "here"))


def test_the_last_piece_is_held_back_until_all_is_proven() -> None:
    pieces = verified([b"a", b"", b"b", b"X", b""], descriptor_of(b"abc"), "here")
    assert [next(pieces), next(pieces)] == [b"a", b"b"]
    with pytest.raises(IntegrityError):
        next(pieces)
