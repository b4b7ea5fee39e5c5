"""Bundles whose large files live in object storage, pushed and pulled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import obstore
import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.settings import Layout, StorageAccess, StoragePolicy
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import ChangedDuringUseError, IntegrityError, NotFoundInRemoteError
from modelops_bundle.operations.blob_layout import wrap
from modelops_bundle.operations.fetch import fetch_bundle
from modelops_bundle.operations.publish import Published, publish
from modelops_bundle.operations.pull import PullRequest, pull
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.objects import ObjectStorage
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, descriptor_of, digest_of, folder_project, states_of
from support.object_servers import ObjectServers
from support.project import Shell

SMALL, LARGE = b"x = 1\n", b"1,2\n" * 1000
CONTENTS = {
    "models/sir.py": SMALL,
    "data/a.csv": LARGE,
    "data/same.csv": LARGE,
    "data/empty.csv": b"",
}
LATEST = (TagMove(name="latest"),)


@pytest.fixture(params=["s3", "azure"])
def access(request: pytest.FixtureRequest, object_servers: ObjectServers) -> StorageAccess:
    return object_servers[request.param].new_container()


def remote_with(access: StorageAccess, **options: object) -> MemoryRemote:
    remote = MemoryRemote()
    policy = StoragePolicy(
        provider=access.provider, container=access.container, threshold_bytes=1000
    )
    remote.objects = ObjectStorage(replace(policy, **options), access)
    return remote


def push(project: Project, remote: MemoryRemote, layout: Layout = Layout.FILES) -> Published:
    return publish(project, states_of(contents_of(project.root)), remote, LATEST, layout=layout)


@pytest.mark.parametrize("layout", [Layout.FILES, Layout.PACKED])
def test_a_bundle_comes_back_whole(tmp_path: Path, access: StorageAccess, layout: Layout) -> None:
    project, remote = folder_project(tmp_path / "here", CONTENTS), remote_with(access)
    published = push(project, remote, layout)
    assert (published.uploaded.blobs, published.uploaded.bytes) == (
        (3, 6 + 4000) if layout is Layout.FILES else (2, 6 + 4000)
    )
    bundle = fetch_bundle(remote, "latest")
    assert digest_of(LARGE) not in {layer.digest for layer in bundle.manifest.layers}
    uris = {path: file.external_uri for path, file in bundle.index.files.items()}
    assert uris["data/a.csv"] == uris["data/same.csv"]
    assert uris["data/a.csv"].endswith(f"/sha256/{digest_of(LARGE).hex[:2]}/{digest_of(LARGE).hex}")
    assert uris["models/sir.py"] == ""
    there = folder_project(tmp_path / "there", {})
    pull(there, remote, PullRequest(reference="latest"))
    assert contents_of(there.root) == CONTENTS
    again = push(project, remote, layout)
    assert again.digest == published.digest
    assert again.uploaded.blobs == 0


def test_the_digest_follows_from_contents_and_policy(tmp_path: Path) -> None:
    files = states_of(CONTENTS)
    policy = StoragePolicy(provider="s3", container="bundles", threshold_bytes=1000)
    digests: dict[str, Digest] = {}
    for name, folder in (("one", "a"), ("two", "b")):
        project = folder_project(tmp_path / folder, CONTENTS)
        digests[name] = wrap(project, files, Layout.FILES, policy).digest
    assert digests["one"] == digests["two"]
    others = [
        StoragePolicy(),
        replace(policy, container="other"),
        replace(policy, prefix="p"),
        replace(policy, threshold_bytes=10_000),
    ]
    found = {wrap(project, files, Layout.FILES, one).digest for one in others}
    assert digests["one"] not in found
    # Nothing is that large: as if there were no storage.
    assert len(found) == 3


def test_an_object_that_was_lost_is_stored_again(tmp_path: Path, access: StorageAccess) -> None:
    project, remote = folder_project(tmp_path / "here", CONTENTS), remote_with(access)
    push(project, remote)
    assert remote.objects is not None
    store = remote.objects.store()
    obstore.delete(store._store, store.key_of(digest_of(LARGE)))
    with pytest.raises(NotFoundInRemoteError):
        pull(folder_project(tmp_path / "x", {}), remote, PullRequest(reference="latest"))
    assert contents_of(tmp_path / "x") == {}
    assert push(project, remote).uploaded.blobs == 1
    assert store.present([descriptor_of(LARGE)])


def test_an_object_that_was_changed_is_not_pulled(tmp_path: Path, access: StorageAccess) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), remote_with(access)
    push(project, remote)
    assert remote.objects is not None
    store = remote.objects.store()
    obstore.put(store._store, store.key_of(digest_of(LARGE)), LARGE.replace(b"1", b"3"))
    there = folder_project(tmp_path / "x", {})
    with pytest.raises(IntegrityError, match="data/"):
        pull(there, remote, PullRequest(reference="latest"))
    assert contents_of(there.root) == {}


def test_a_file_that_changes_meanwhile_stops_the_push(
    tmp_path: Path, access: StorageAccess
) -> None:
    project, remote = folder_project(tmp_path, CONTENTS), remote_with(access)
    files = states_of(contents_of(project.root))
    (tmp_path / "data/a.csv").write_bytes(LARGE.replace(b"1", b"3"))
    (tmp_path / "data/same.csv").write_bytes(LARGE.replace(b"1", b"3"))
    with pytest.raises(ChangedDuringUseError, match=r"data/a\.csv"):
        publish(project, files, remote, LATEST)
    assert remote.tags() == ()
    assert remote.objects is not None
    assert remote.objects.store().present([descriptor_of(LARGE)]) == frozenset()


def test_the_commands_use_the_storage_of_the_pinned_environment(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    object_servers: ObjectServers,
) -> None:
    access = object_servers["azure"].new_container()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    environment = tmp_path / "home/.modelops/bundle-env/lab.yaml"
    environment.parent.mkdir(parents=True)
    environment.write_text(
        f"storage:\n  provider: azurite\n  container: {access.container}\n"
        f"  connection_string: {json.dumps(access.connection_string)}\n"
    )
    (tmp_path / "here").mkdir()
    here = Shell(tmp_path / "here", capsys)
    here.ok("init", "--remote", f"layout:{tmp_path}/store")
    here.write("data/large.csv", LARGE.decode())
    here.ok("add", "data/large.csv")
    here.write(".modelops-bundle/env", "lab\n")
    config = here.read(".modelops-bundle/config.yaml")
    here.write(".modelops-bundle/config.yaml", f"{config}storage:\n  threshold_bytes: 1000\n")
    here.ok("push")
    blobs = tmp_path / "store/blobs/sha256"
    assert not (blobs / digest_of(LARGE).hex).exists()
    (tmp_path / "there/.modelops-bundle").mkdir(parents=True)
    there = Shell(tmp_path / "there", capsys)
    for name in ("config.yaml", "env"):
        there.write(f".modelops-bundle/{name}", here.read(f".modelops-bundle/{name}"))
    there.ok("pull")
    assert there.read("data/large.csv") == LARGE.decode()
    environment.unlink()
    assert there("status").code == 0
