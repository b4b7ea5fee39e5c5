"""Packed bundles, parts of blobs and referrers against a real registry, and one that misbehaves."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.codec.referrer_json import encode_provenance, encode_referrers, referrer_of
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.provenance import PROVENANCE_TYPE, Provenance
from modelops_bundle.core.settings import Layout
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import IntegrityError, NotFoundInRemoteError
from modelops_bundle.operations.contents import fetch_contents
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.publish import Published, publish
from modelops_bundle.storage.http_retry import Patience
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import RegistryAddress
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, descriptor_of, digest_of, folder_project, states_of
from support.registry_faults import (
    Front,
    Handler,
    Relay,
    front_of,
    relay_to,
    status,
    without_ranges,
)
from support.registry_server import Registries

CONTENTS = {f"data/{n % 3}/{n}.csv": b"%d," % n * 9000 for n in range(60)} | {"a/__init__.py": b""}
LARGE = bytes(range(256)) * 12_000
BLOB = descriptor_of(LARGE)
_numbers = itertools.count()


def remote_at(host: str, name: str = "") -> OciRegistryRemote:
    patience = Patience(metadata_s=20, stall_s=20, first_delay_s=0.01, longest_delay_s=0.05)
    address = RegistryAddress(host, name or f"transport/{next(_numbers)}")
    return OciRegistryRemote(address, find_credentials=lambda: None, patience=patience)


@pytest.fixture
def front(registries: Registries) -> Iterator[Front]:
    with front_of(registries["plain"].host) as running:
        yield running


@pytest.fixture
def relay(registries: Registries) -> Iterator[Relay]:
    with relay_to(registries["plain"].host) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return folder_project(tmp_path, CONTENTS)


def push(project: Project, remote: OciRegistryRemote, *known: Digest) -> Published:
    latest = TagMove(name="latest", expected=frozenset(known))
    files = states_of(contents_of(project.root))
    return publish(project, files, remote, (latest,), layout=Layout.PACKED)


def fetched(remote: OciRegistryRemote, *paths: str) -> dict[str, bytes]:
    arrived: dict[str, bytes] = {}
    index = fetch_bundle(remote, "latest").index
    fetch_contents(
        remote,
        index,
        [BundlePath(path) for path in paths],
        lambda state, content: arrived.update({state.path: b"".join(content)}),
    )
    return arrived


def test_a_packed_bundle_comes_back(project: Project, front: Front) -> None:
    remote = remote_at(front.host)
    published = push(project, remote)
    assert fetched(remote, *CONTENTS) == CONTENTS
    assert published.uploaded.blobs < len(CONTENTS) / 5


def test_a_push_of_what_is_there_is_one_request(project: Project, front: Front) -> None:
    remote = remote_at(front.host)
    digest = push(project, remote).digest
    front.seen.clear()
    assert push(project, remote, digest).digest == digest
    assert [(seen.method, seen.path.rpartition("/")[2]) for seen in front.seen] == [
        ("HEAD", "latest")
    ]


def test_a_second_version_does_not_ask_for_what_the_first_names(
    project: Project, front: Front
) -> None:
    remote = remote_at(front.host)
    digest = push(project, remote).digest
    (project.root / "data/0/0.csv").write_bytes(b"another\n")
    front.seen.clear()
    assert push(project, remote, digest).uploaded.blobs == 1
    heads = [seen for seen in front.seen if seen.method == "HEAD" and "/blobs/" in seen.path]
    assert len(heads) == 2, "the pack and the index"


def test_blobs_that_the_registry_collected_are_sent_again(
    project: Project, registries: Registries
) -> None:
    remote = remote_at(registries["plain"].host)
    digest = push(project, remote).digest
    lost = fetch_bundle(remote, digest).manifest.layers[0]
    name = remote.url.partition("/transport/")[2]
    links = registries["plain"].data / f"docker/registry/v2/repositories/transport/{name}/_layers"
    link = links / "sha256" / lost.digest.hex / "link"
    link.unlink()
    assert remote.present([lost]) == frozenset()
    (project.root / "new.txt").write_bytes(b"x" * 400_000)
    push(project, remote, digest)
    assert remote.present([lost]) == {lost.digest}
    assert fetched(remote, *CONTENTS) == CONTENTS


def test_a_manifest_whose_blob_is_missing_is_told_as_such(front: Front) -> None:
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_MEDIA_TYPE,
        "config": {"mediaType": "x/y", "digest": digest_of(b"never stored"), "size": 12},
        "layers": [],
    }
    with pytest.raises(NotFoundInRemoteError):
        remote_at(front.host).put_manifest(json.dumps(manifest).encode())


@pytest.mark.parametrize("offset", [0, 200, 65_537, 900_000])
def test_a_part_of_a_blob_that_is_reset_goes_on(relay: Relay, offset: int) -> None:
    remote = remote_at(relay.host)
    remote.upload_blob(BLOB, [LARGE])
    relay.reset_after(offset, way="down")
    part = b"".join(remote.open_range(BLOB, 1_000_000, 2_000_000))
    assert part == LARGE[1_000_000:2_000_000]
    assert not relay.armed


def test_a_server_that_sends_all_for_a_part_is_understood(front: Front) -> None:
    remote = remote_at(front.host)
    remote.upload_blob(BLOB, [LARGE])

    front.fail("GET", "/blobs/", without_ranges)
    assert b"".join(remote.open_range(BLOB, 10, 2_000_000)) == LARGE[10:2_000_000]


def test_a_server_that_sends_another_size_is_noticed(front: Front) -> None:
    remote = remote_at(front.host)
    front.fail("GET", "/blobs/", status(200, body=LARGE[:100]))
    with pytest.raises(IntegrityError):
        list(remote.open_range(BLOB, 10, 50))


SUBJECT = Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=digest_of(b"s"), size_bytes=1)


def said_by(author: str) -> bytes:
    return encode_provenance(SUBJECT, Provenance(created="2026-11-30T12:00:00Z", author=author))


def test_a_registry_that_keeps_the_list_itself_is_asked_for_it(front: Front) -> None:
    content = said_by("Ada")
    listed = encode_referrers([referrer_of(content)])
    front.fail("GET", "/referrers/", lambda h: h.answer(200, {}, listed), times=9)
    found = remote_at(front.host).referrers(SUBJECT.digest, PROVENANCE_TYPE)
    assert [one.manifest.digest for one in found] == [digest_of(content)]
    assert not any("sha256-" in seen.path for seen in front.seen)


def test_no_tag_is_written_where_the_registry_keeps_the_list(front: Front) -> None:
    remote = remote_at(front.host)

    def keeps(handler: Handler) -> None:
        status, headers, body = handler.forwarded()
        handler.answer(status, {**headers, "OCI-Subject": SUBJECT.digest}, body)

    front.fail("PUT", "/manifests/", keeps)
    remote.put_referrer(said_by("Ada"))
    assert not any("sha256-" in seen.path for seen in front.seen)


def test_what_somebody_else_adds_at_the_same_moment_is_kept(front: Front) -> None:
    """Written over in turn, a writer notices, and adds itself again."""
    remote, rival = (
        remote_at(front.host, "transport/rivals"),
        remote_at(front.target, "transport/rivals"),
    )
    rival.put_referrer(said_by("Grace"))
    front.fail("PUT", "/manifests/sha256-", status(201))
    remote.put_referrer(said_by("Ada"))
    assert len(remote.referrers(SUBJECT.digest, PROVENANCE_TYPE)) == 2


def test_what_referred_to_a_bundle_goes_with_it(project: Project, registries: Registries) -> None:
    remote = remote_at(registries["plain"].host)
    digest = push(project, remote).digest
    about = Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=digest, size_bytes=1)
    said = encode_provenance(about, Provenance(created="2026-11-30T12:00:00Z"))
    referrer = remote.put_referrer(said)
    remote.delete(digest)
    assert remote.referrers(digest, PROVENANCE_TYPE) == ()
    with pytest.raises(NotFoundInRemoteError):
        remote.read_manifest(referrer)
    assert remote.tags() == ()


def test_what_a_registry_lists_itself_goes_with_the_bundle(
    project: Project, registries: Registries, front: Front
) -> None:
    """Few registries delete what refers to a manifest with it."""
    remote = remote_at(front.host, "transport/listed")
    digest = push(project, remote).digest
    about = Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=digest, size_bytes=1)
    first = encode_provenance(about, Provenance(created="2026-11-30T12:00:00Z"))
    signed = Descriptor(media_type=MANIFEST_MEDIA_TYPE, digest=digest_of(first), size_bytes=1)
    second = encode_provenance(signed, Provenance(created="2026-11-30T13:00:00Z"))
    stored = {}

    def keeps(handler: Handler) -> None:
        status, headers, body = handler.forwarded()
        handler.answer(status, {**headers, "OCI-Subject": digest}, body)

    for content in (first, second):
        front.fail("PUT", "/manifests/", keeps)
        stored[remote.put_referrer(content)] = content
    for subject, content in ((digest, first), (digest_of(first), second)):
        listed = encode_referrers([referrer_of(content)])
        front.fail("GET", f"/referrers/{subject}", lambda h, body=listed: h.answer(200, {}, body))
    nothing = encode_referrers([])
    front.fail("GET", "/referrers/", lambda h: h.answer(200, {}, nothing), times=9)
    remote.delete(digest)
    for referrer in stored:
        with pytest.raises(NotFoundInRemoteError):
            remote.read_manifest(referrer)


def test_a_bundle_is_deleted_though_nobody_knows_what_refers_to_it(
    project: Project, front: Front
) -> None:
    remote = remote_at(front.host, "transport/untold")
    digest = push(project, remote).digest
    front.fail("GET", "/referrers/", status(403), times=9)
    remote.delete(digest)
    with pytest.raises(NotFoundInRemoteError):
        remote.read_manifest(digest)
