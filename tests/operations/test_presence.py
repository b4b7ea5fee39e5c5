"""A remote that is far away is asked little, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.settings import Layout
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import NotFoundInRemoteError
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.publish import Published, publish
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, descriptor_of, folder_project, states_of

CONTENTS = {f"data/{n}.csv": b"%d\n" % n * 15_000 for n in range(40)}


class DistantRemote(MemoryRemote):
    """Counts questions, and refuses manifests whose blobs are not there, as registries do."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    @property
    def is_distant(self) -> bool:
        return True

    def tags(self) -> tuple[str, ...]:
        self.asked.append("tags")
        return super().tags()

    def held(self, names: Collection[str]) -> Mapping[str, Digest]:
        self.asked += ["tag"] * len(names)
        return super().held(names)

    def read_manifest(self, digest: Digest) -> bytes:
        self.asked.append("manifest")
        return super().read_manifest(digest)

    def present(self, descriptors: Collection[Descriptor]) -> frozenset[Digest]:
        self.asked += ["blob"] * len(descriptors)
        return super().present(descriptors)

    def put_manifest(self, content: bytes) -> Digest:
        for layer in fetch_layers(content):
            if layer not in self._blobs:
                raise NotFoundInRemoteError(f"no blob {layer}")
        return super().put_manifest(content)


def fetch_layers(manifest: bytes) -> list[Digest]:
    copy = MemoryRemote()
    bundle = copy.put_manifest(manifest)
    from modelops_bundle.codec.oci_json import decode_manifest

    found = decode_manifest(copy.read_manifest(bundle))
    return [blob.digest for blob in (found.config, *found.layers)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return folder_project(tmp_path, CONTENTS)


@pytest.fixture
def remote() -> DistantRemote:
    return DistantRemote()


def push(project: Project, remote: MemoryRemote, *known: Digest, force: bool = False) -> Published:
    files = states_of(contents_of(project.root))
    latest = TagMove(name="latest", expected=frozenset(known), force=force)
    return publish(project, files, remote, (latest,), layout=Layout.PACKED)


def change_all(project: Project, mark: bytes = b"!") -> None:
    """So many bytes that each file is in a pack of its own."""
    for number in range(20):
        (project.root / f"data/{number}.csv").write_bytes((b"%d" % number + mark) * 150_000)


def test_the_first_push_does_not_ask_for_each_blob(project: Project, remote: DistantRemote) -> None:
    published = push(project, remote)
    assert published.uploaded.blobs > 2
    assert remote.asked.count("blob") <= 8


def test_a_push_of_what_is_there_is_one_question(project: Project, remote: DistantRemote) -> None:
    digest = push(project, remote).digest
    remote.asked = []
    again = push(project, remote, digest)
    assert remote.asked == ["tag"]
    assert (again.digest, again.uploaded.blobs) == (digest, 0)


def test_a_push_of_what_is_there_still_looks_at_the_files(
    project: Project, remote: DistantRemote
) -> None:
    files = states_of(contents_of(project.root))
    digest = push(project, remote).digest
    latest = (TagMove(name="latest", expected=frozenset({digest})),)
    looked: list[int] = []

    def recheck(states: object) -> tuple[()]:
        looked.append(len(list(states)))  # type: ignore[call-overload]
        return ()

    publish(project, files, remote, latest, layout=Layout.PACKED, recheck=recheck)
    assert looked == [len(CONTENTS)]


def test_a_second_version_asks_only_for_what_is_new(
    project: Project, remote: DistantRemote
) -> None:
    digest = push(project, remote).digest
    (project.root / "data/7.csv").write_bytes(b"another\n")
    remote.asked = []
    second = push(project, remote, digest)
    assert second.uploaded.blobs == 1
    assert remote.asked.count("blob") == 2, "the pack and the index"
    assert fetch_bundle(remote, "latest").digest == second.digest


def test_a_second_version_with_much_that_is_new_asks_for_a_few_of_it(
    project: Project, remote: DistantRemote
) -> None:
    digest = push(project, remote).digest
    change_all(project)
    remote.asked = []
    second = push(project, remote, digest)
    assert second.uploaded.blobs > 8
    assert remote.asked.count("blob") == 8
    assert fetch_bundle(remote, "latest").digest == second.digest


def test_a_version_that_goes_back_to_an_earlier_one_sends_nothing(
    project: Project, remote: DistantRemote
) -> None:
    change_all(project)
    first = push(project, remote)
    change_all(project, b"?")
    second = push(project, remote, first.digest)
    change_all(project)
    third = push(project, remote, second.digest)
    assert (third.digest, third.uploaded.blobs) == (first.digest, 0)


def test_a_large_file_is_asked_for_however_much_is_new(
    project: Project, remote: DistantRemote
) -> None:
    digest = push(project, remote).digest
    change_all(project)
    large = b"a large file" * 500_000
    remote.upload_blob(descriptor_of(large), (large,))
    (project.root / "large.bin").write_bytes(large)
    second = push(project, remote, digest)
    assert second.reused.blobs == 1


def test_a_push_that_was_cut_off_goes_on(project: Project, remote: DistantRemote) -> None:
    published = push(project, remote)
    remote._tags.clear()
    remote._manifests.clear()
    lost = next(iter(remote._blobs))
    again = push(project, remote)
    assert again.digest == published.digest
    assert again.uploaded.blobs == 0
    del remote._blobs[lost]


def test_blobs_that_the_remote_has_lost_are_sent_again(
    project: Project, remote: DistantRemote
) -> None:
    first = push(project, remote).digest
    lost = fetch_bundle(remote, first).manifest.layers[0]
    (project.root / "new.txt").write_bytes(b"a change elsewhere" * 40_000)
    del remote._blobs[lost.digest]
    second = push(project, remote, first).digest
    assert remote.present([lost]) == {lost.digest}
    assert remote.resolve("latest") == second


def test_with_force_everything_is_asked_for(project: Project, remote: DistantRemote) -> None:
    digest = push(project, remote).digest
    lost = fetch_bundle(remote, digest).manifest.layers[0]
    del remote._blobs[lost.digest]
    assert push(project, remote, digest, force=True).uploaded.blobs == 1
    assert remote.present([lost]) == {lost.digest}


def test_a_tag_that_leads_to_no_bundle_is_no_reason_to_stop(
    project: Project, remote: DistantRemote
) -> None:
    image = b'{"schemaVersion":2,"manifests":[]}'
    MemoryRemote.put_manifest(remote, image)
    push(project, remote, descriptor_of(image).digest)
    assert len(remote.tags()) == 2
