"""Pull on a real disk: three-way, all or nothing, and never at the cost of local work."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.settings import SyncPoint, SyncState
from modelops_bundle.core.transfer import Clash
from modelops_bundle.errors import (
    ChangedDuringUseError,
    ConfigError,
    IntegrityError,
    LockTimeoutError,
    NotFoundInRemoteError,
    RemoteError,
)
from modelops_bundle.operations.pull import PullOutcome, PullRequest, pull, recover
from modelops_bundle.operations.settings import read_state, write_state
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.workspace.journal import pull_lock
from modelops_bundle.workspace.locks import exclusive
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, digest_of, folder_project, put_bundle

BASE = {
    "kept.py": b"kept",
    "updated.py": b"old",
    "deleted/deep/gone.py": b"gone",
    "data/x.csv": b"1",
}
THERE = {"kept.py": b"kept", "updated.py": b"new", "data/x.csv": b"1", "added/new.py": b"added"}

REGISTRY = b"""\
version: '1.1'
models:
  sir:
    entrypoint: models.sir:SIR
    path: models/sir.py
    class_name: SIR
    data: [data/folder, data/one.csv]
"""


def record(project: Project, remote: MemoryRemote, contents: dict[str, bytes]) -> Digest:
    """Publish, as this project did some time ago."""
    digest = put_bundle(remote, contents, "latest")
    files = {path: digest_of(content) for path, content in contents.items()}
    write_state(project, SyncState({(remote.url, "latest"): SyncPoint(digest, files)}))
    return digest


def run(
    project: Project, remote: MemoryRemote, reference: str = "latest", **how: bool
) -> PullOutcome:
    return pull(project, remote, PullRequest(reference=reference, **how))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return folder_project(tmp_path / "project", BASE)


@pytest.fixture
def remote(project: Project) -> MemoryRemote:
    remote = MemoryRemote()
    record(project, remote, BASE)
    put_bundle(remote, THERE, "latest")
    return remote


def test_a_pull_takes_over_what_changed_there(project: Project, remote: MemoryRemote) -> None:
    (project.root / "mine.txt").write_bytes(b"mine")
    outcome = run(project, remote)
    assert contents_of(project.root) == {**THERE, "mine.txt": b"mine"}
    assert [step.path for step in outcome.plan.write] == ["added/new.py", "updated.py"]
    assert [step.path for step in outcome.plan.delete] == ["deleted/deep/gone.py"]
    assert not (project.root / "deleted").exists(), "folders go with their last file"
    assert (outcome.pulled, outcome.exit_code, outcome.fetched_bytes) == (True, 0, 8)
    point = read_state(project).latest(remote.url)
    assert point is not None
    assert point.manifest == outcome.digest == remote.resolve("latest")
    assert point.files == {path: digest_of(content) for path, content in THERE.items()}
    assert run(project, remote).plan.empty


def test_a_pull_into_an_empty_project_brings_everything(
    tmp_path: Path, remote: MemoryRemote
) -> None:
    project = folder_project(tmp_path / "fresh", {})
    run(project, remote)
    assert contents_of(project.root) == THERE


def test_local_changes_are_kept(project: Project, remote: MemoryRemote) -> None:
    (project.root / "kept.py").write_bytes(b"edited here")
    (project.root / "data/x.csv").unlink()
    outcome = run(project, remote)
    assert outcome.plan.keep == ("data/x.csv", "kept.py")
    assert contents_of(project.root) == {
        "kept.py": b"edited here",
        "updated.py": b"new",
        "added/new.py": b"added",
    }
    assert run(project, remote, restore_deleted=True).pulled
    assert (project.root / "data/x.csv").read_bytes() == b"1"


def test_conflicts_stop_everything(project: Project, remote: MemoryRemote) -> None:
    (project.root / "updated.py").write_bytes(b"edited here")
    (project.root / "added").mkdir()
    (project.root / "added/new.py").write_bytes(b"untracked")
    before = contents_of(project.root)
    state = project.state.read_bytes()
    outcome = run(project, remote)
    assert [(c.path, c.clash) for c in outcome.plan.conflicts] == [
        ("added/new.py", Clash.UNTRACKED),
        ("updated.py", Clash.BOTH_CHANGED),
    ]
    assert (outcome.pulled, outcome.exit_code) == (False, 3)
    assert contents_of(project.root) == before
    assert project.state.read_bytes() == state


def test_overwrite_takes_their_side_and_puts_ours_aside(
    project: Project, remote: MemoryRemote
) -> None:
    (project.root / "updated.py").write_bytes(b"edited here")
    (project.root / "deleted/deep/gone.py").write_bytes(b"edited too")
    outcome = run(project, remote, overwrite=True)
    assert contents_of(project.root) == THERE
    assert outcome.backup == ".modelops-bundle/cache/backup/1"
    backup = project.root / outcome.backup
    assert (backup / "updated.py").read_bytes() == b"edited here"
    assert (backup / "deleted/deep/gone.py").read_bytes() == b"edited too"
    (project.root / "updated.py").write_bytes(b"again")
    put_bundle(remote, {**THERE, "updated.py": b"newer"}, "latest")
    assert run(project, remote, overwrite=True).backup == ".modelops-bundle/cache/backup/2"


def test_a_dry_run_says_what_would_be_done(project: Project, remote: MemoryRemote) -> None:
    before = contents_of(project.root)
    dry = run(project, remote, dry_run=True)
    assert contents_of(project.root) == before
    assert not dry.pulled
    assert run(project, remote).plan == dry.plan


def test_without_a_record_nothing_is_deleted_and_a_difference_is_a_conflict(
    project: Project, remote: MemoryRemote
) -> None:
    project.state.unlink()
    outcome = run(project, remote)
    assert [(c.path, c.clash) for c in outcome.plan.conflicts] == [("updated.py", Clash.UNRECORDED)]
    outcome = run(project, remote, overwrite=True)
    assert contents_of(project.root) == {**THERE, "deleted/deep/gone.py": b"gone"}


def test_the_record_of_another_remote_does_not_count(
    project: Project, remote: MemoryRemote
) -> None:
    other = MemoryRemote("other")
    put_bundle(other, THERE, "latest")
    assert run(project, other).plan.conflicts
    assert not run(project, remote).plan.conflicts


def test_a_forged_record_cannot_make_a_pull_delete_what_no_bundle_has(
    project: Project, remote: MemoryRemote
) -> None:
    (project.root / ".git").mkdir()
    (project.root / ".git" / "config").write_bytes(b"x")
    point = read_state(project).latest(remote.url)
    assert point is not None
    forged = SyncPoint(point.manifest, {**point.files, BundlePath(".git/config"): digest_of(b"x")})
    write_state(project, SyncState({(remote.url, "latest"): forged}))
    run(project, remote)
    assert (project.root / ".git" / "config").read_bytes() == b"x"


def test_any_reference_can_be_pulled_and_the_base_is_what_was_last_here(
    project: Project, remote: MemoryRemote
) -> None:
    run(project, remote)
    first = digest_of_bundle(BASE)
    run(project, remote, first.hex[:12])
    assert contents_of(project.root) == BASE
    run(project, remote, "latest")
    assert contents_of(project.root) == THERE


def digest_of_bundle(contents: dict[str, bytes]) -> Digest:
    return put_bundle(MemoryRemote(), contents)


def test_data_fetches_only_data_that_is_absent(tmp_path: Path) -> None:
    published = {
        ".modelops-bundle/registry.yaml": REGISTRY,
        "models/sir.py": b"new code",
        "data/one.csv": b"1",
        "data/folder/a.csv": b"a",
        "data/folder/b/c.csv": b"c",
        "data/unnamed.csv": b"u",
    }
    remote = MemoryRemote()
    put_bundle(remote, published, "latest")
    project = folder_project(
        tmp_path, {"models/sir.py": b"old code", "data/folder/a.csv": b"edited here"}
    )
    outcome = run(project, remote, data=True)
    assert contents_of(tmp_path) == {
        "models/sir.py": b"old code",
        "data/one.csv": b"1",
        "data/folder/a.csv": b"edited here",
        "data/folder/b/c.csv": b"c",
    }
    assert outcome.exit_code == 0
    assert not project.state.exists(), "what was last pulled in full is still what it was"


def test_modes_of_files_that_are_replaced_stay(project: Project, remote: MemoryRemote) -> None:
    (project.root / "updated.py").chmod(0o750)
    run(project, remote)
    assert (project.root / "updated.py").stat().st_mode & 0o777 == 0o750


def test_a_file_becomes_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, {"a": b"1", "b/c": b"2"}), MemoryRemote()
    record(project, remote, {"a": b"1", "b/c": b"2"})
    put_bundle(remote, {"a/x": b"3", "b": b"4"}, "latest")
    (tmp_path / "b" / "empty").mkdir()
    run(project, remote)
    assert contents_of(tmp_path) == {"a/x": b"3", "b": b"4"}


def test_links_cannot_be_used_to_write_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.csv").write_bytes(b"precious")
    project, remote = folder_project(tmp_path / "project", {}), MemoryRemote()
    put_bundle(remote, {"data/x.csv": b"evil", "file.txt": b"evil"}, "latest")
    (project.root / "data").symlink_to(outside)
    (project.root / "file.txt").symlink_to(outside / "new.txt")
    for overwrite in (False, True):
        outcome = run(project, remote, overwrite=overwrite)
        assert {c.clash for c in outcome.plan.conflicts} == {Clash.OBSTACLE}
        assert len(outcome.plan.conflicts) == 2
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"x.csv": b"precious"}


def test_a_folder_that_is_a_link_within_the_project_is_followed(tmp_path: Path) -> None:
    project, remote = folder_project(tmp_path, {"store/x.csv": b"1"}), MemoryRemote()
    (tmp_path / "data").symlink_to("store")
    record(project, remote, {"data/x.csv": b"1"})
    put_bundle(remote, {"data/x.csv": b"2", "data/y.csv": b"3"}, "latest")
    run(project, remote)
    assert (tmp_path / "data").is_symlink()
    assert (tmp_path / "store/x.csv").read_bytes() == b"2"
    assert (tmp_path / "store/y.csv").read_bytes() == b"3"


def test_a_blob_that_is_damaged_stops_the_pull_before_anything_is_written(
    tmp_path: Path, project: Project
) -> None:
    remote = OciLayoutRemote(tmp_path / "store")
    put_bundle(remote, {**BASE, "kept.py": b"new", "zz.py": b"good"}, "latest")
    blob = tmp_path / "store" / "blobs" / "sha256" / digest_of(b"good").hex
    blob.write_bytes(b"evil")
    before = contents_of(project.root)
    write_state(project, SyncState())
    with pytest.raises(IntegrityError):
        pull(project, remote, PullRequest(reference="latest", overwrite=True))
    assert contents_of(project.root) == before
    assert not (project.cache / "pull").exists()


def test_a_reference_that_is_not_there(project: Project, remote: MemoryRemote) -> None:
    with pytest.raises(NotFoundInRemoteError):
        run(project, remote, "v9")


def test_a_file_at_an_address_that_cannot_be_read_is_refused_by_name(project: Project) -> None:
    remote = MemoryRemote()
    put_bundle(remote, {"a.py": b"1"})
    index = json.dumps(
        {
            "version": "1.0",
            "files": {
                "big.bin": {
                    "digest": digest_of(b"b"),
                    "size": 1,
                    "storage": "blob",
                    "blobRef": {"uri": "fs:///etc/passwd"},
                }
            },
        }
    ).encode()
    config = Descriptor(
        media_type="application/vnd.modelops.bundle.index.v1+json",
        digest=digest_of(index),
        size_bytes=len(index),
    )
    remote.upload_blob(config, [index])
    manifest = {
        "schemaVersion": 2,
        "config": {"mediaType": config.media_type, "digest": config.digest, "size": len(index)},
        "layers": [],
    }
    digest = remote.put_manifest(json.dumps(manifest).encode())
    with pytest.raises(RemoteError, match=r"big\.bin.*object storage"):
        run(project, remote, digest)
    assert contents_of(project.root) == BASE


class EditingRemote(MemoryRemote):
    """Edits a file of the project while the bundle is fetched."""

    path: Path

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        if descriptor.digest == digest_of(b"new"):
            self.path.write_bytes(b"saved by an editor")
        return super().open_blob(descriptor)


def test_an_edit_during_the_fetch_stops_the_pull(project: Project) -> None:
    remote = EditingRemote()
    remote.path = project.root / "updated.py"
    record(project, remote, BASE)
    put_bundle(remote, THERE, "latest")
    with pytest.raises(ChangedDuringUseError, match=r"updated\.py") as caught:
        run(project, remote)
    assert caught.value.exit_code == 1
    assert contents_of(project.root) == {**BASE, "updated.py": b"saved by an editor"}
    assert not (project.cache / "pull").exists()


def test_only_one_pull_at_a_time(project: Project, remote: MemoryRemote) -> None:
    with exclusive(pull_lock(project)):
        assert recover(project) == ()
        with pytest.raises(LockTimeoutError):
            run(project, remote)
    assert run(project, remote).pulled


def test_recovery_costs_nothing_where_there_is_nothing_to_do(project: Project) -> None:
    seen: list[str] = []
    watching = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "os.listdir", "os.scandir", "os.mkdir"):
            seen.append(event)

    sys.addaudithook(hook)
    assert recover(project) == ()
    watching = False
    assert seen == []


#: What changes the disk, as Python's audit events name it.
_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "shutil.copyfile", "open")


def crash_at(number: int, project: Project, remote: MemoryRemote, **how: bool) -> bool:
    """Pull in a child that dies at the n-th change of the disk; whether it died."""
    with warnings.catch_warnings():
        # The test runner's own threads take no lock that the child needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        left = number
        root = str(project.root)

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event not in _CHANGES or root not in str(arguments[0]):
                return
            if event == "open":
                flags = arguments[2]
                if not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_RDWR):
                    return
            left -= 1
            if left < 0:
                os._exit(9)

        sys.addaudithook(hook)
        code = 1
        try:
            run(project, remote, **how)
            code = 0
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, 9)
    return status == 9


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_pull_that_dies_at_any_moment_is_finished_or_undone(
    tmp_path: Path, overwrite: bool
) -> None:
    for number in range(200):
        remote = MemoryRemote()
        project = folder_project(tmp_path / f"p{number}", BASE)
        record(project, remote, BASE)
        put_bundle(remote, THERE, "latest")
        if overwrite:
            (project.root / "updated.py").write_bytes(b"precious")
        before = contents_of(project.root)
        died = crash_at(number, project, remote, overwrite=overwrite)
        torn = contents_of(project.root)
        for path in {*before, *THERE, *torn}:
            assert torn.get(path) in (before.get(path), THERE.get(path)), "old or new, never torn"
        assert recover(project) == ()
        after = contents_of(project.root)
        assert after in (before, THERE)
        assert not (project.cache / "pull").exists()
        point = read_state(project).latest(remote.url)
        assert point is not None
        assert point.files == {
            path: digest_of(content)
            for path, content in (THERE if after == THERE else BASE).items()
        }
        if overwrite and after == THERE:
            backups = [*(project.cache / "backup").rglob("updated.py")]
            assert b"precious" in [path.read_bytes() for path in backups]
        if not died:
            assert after == THERE
            assert number > 20, "the hook must have counted something"
            return
    pytest.fail("the pull never came to its end")


def crashed_after_commit(project: Project, remote: MemoryRemote) -> int:
    """Crash so that the pull is decided but not one file of the project has been changed."""
    for number in range(100):
        saved = contents_of(project.root)
        assert crash_at(number, project, remote)
        if (project.cache / "pull" / "journal.json").exists() and contents_of(
            project.root
        ) == saved:
            return number
        recover(project)
        assert contents_of(project.root) == saved
    raise AssertionError


def test_an_edit_after_a_crash_is_not_lost_and_the_next_pull_sees_it(
    project: Project, remote: MemoryRemote
) -> None:
    crashed_after_commit(project, remote)
    (project.root / "updated.py").write_bytes(b"edited after the crash")
    assert recover(project) == ("updated.py",)
    assert contents_of(project.root) == {**THERE, "updated.py": b"edited after the crash"}
    outcome = run(project, remote)
    assert [(c.path, c.clash) for c in outcome.plan.conflicts] == [
        ("updated.py", Clash.BOTH_CHANGED)
    ]


def test_what_was_put_aside_is_verified_before_a_crashed_pull_is_finished(
    project: Project, remote: MemoryRemote
) -> None:
    crashed_after_commit(project, remote)
    staged = [path for path in (project.cache / "pull").iterdir() if path.name.isdigit()]
    for path in staged:
        path.unlink()
        path.symlink_to("/etc/hostname")
    left = recover(project)
    assert set(left) == {"added/new.py", "updated.py"}
    assert not (project.root / "updated.py").is_symlink()
    assert (project.root / "updated.py").read_bytes() == b"old"
    assert run(project, remote).pulled
    assert contents_of(project.root) == THERE


def test_a_foreign_journal_is_refused_with_what_to_do(project: Project) -> None:
    folder = project.cache / "pull"
    folder.mkdir(parents=True)
    (folder / "journal.json").write_text('{"version": 1, "steps": [{"path": "../../.bashrc"}]}')
    with pytest.raises(ConfigError, match="journal") as caught:
        recover(project)
    assert "delete" in caught.value.hint


def test_a_pull_folder_that_is_a_link_is_not_followed(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "journal.json").write_text("{}")
    project.cache.mkdir()
    (project.cache / "pull").symlink_to(outside)
    assert recover(project) == ()
    assert (outside / "journal.json").exists()
    assert not (project.cache / "pull").is_symlink()


NAMES = ["a", "b/c", "b/d", "e.py"]
FILES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"1", b"2", b"3"]))


@given(base=st.none() | FILES, here=FILES, there=FILES, overwrite=st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_local_change_is_ever_lost(
    tmp_path_factory: pytest.TempPathFactory,
    base: dict[str, bytes] | None,
    here: dict[str, bytes],
    there: dict[str, bytes],
    overwrite: bool,
) -> None:
    project = folder_project(tmp_path_factory.mktemp("pull"), {**here, "b/mine": b"mine"})
    remote = MemoryRemote()
    if base is not None:
        record(project, remote, base)
    put_bundle(remote, there, "latest")
    outcome = run(project, remote, overwrite=overwrite)
    after = contents_of(project.root)
    assert after.pop("b/mine") == b"mine"
    saved = (
        []
        if outcome.backup is None
        else [
            path.read_bytes()
            for path in (project.root / outcome.backup).rglob("*")
            if path.is_file()
        ]
    )
    for path, content in here.items():
        changed_here = content != (base or {}).get(path)
        if changed_here and after.get(path) != content:
            assert overwrite
            assert content in saved
        if path not in there and path not in (base or {}):
            assert after[path] == content, "untracked files are never touched"
    if outcome.plan.conflicts:
        assert after == here
        assert not overwrite
    else:
        assert run(project, remote).plan.empty
