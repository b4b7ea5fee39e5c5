"""A folder that holds a bundle, or one that nobody takes for it; and nobody's work is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelops_bundle.core.oci import Descriptor
from modelops_bundle.errors import (
    BundleError,
    FileAccessError,
    IntegrityError,
    NotFoundInRemoteError,
    UsageError,
)
from modelops_bundle.operations.materialise import Ensured, EnsureRequest, ensure
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.workspace.journal import PullFolder
from support.bundles import contents_of, digest_of, put_bundle
from support.disk import write

V1 = {"a.py": b"1", "data/x.csv": b"1,2\n", "gone.txt": b"old"}
V2 = {"a.py": b"2", "data/x.csv": b"1,2\n", "new/b.py": b"b"}


@pytest.fixture
def remote() -> MemoryRemote:
    made = MemoryRemote()
    put_bundle(made, V1, "v1")
    put_bundle(made, V2, "v2")
    return made


def fill(folder: Path, remote: MemoryRemote, reference: str = "v1", **options: bool) -> Ensured:
    return ensure(folder, remote, EnsureRequest(reference=reference, **options))


def beside(folder: Path) -> list[str]:
    """What lies beside a folder."""
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)


def clashes(done: Ensured) -> dict[str, str]:
    return {str(conflict.path): conflict.clash.name for conflict in done.plan.conflicts}


def test_a_folder_that_is_not_there_appears_whole(tmp_path: Path, remote: MemoryRemote) -> None:
    folder = tmp_path / "deep" / "run"
    done = fill(folder, remote)
    assert contents_of(folder) == V1
    assert (done.folder, done.files, done.exit_code) == (folder.resolve(), 3, 0)
    assert beside(folder) == []
    assert not (folder / ".modelops-bundle/cache").exists()


def test_nothing_appears_where_a_content_is_damaged(tmp_path: Path) -> None:
    class Damaged(MemoryRemote):
        def open_blob(self, descriptor: Descriptor):  # type: ignore[no-untyped-def]
            if descriptor.digest == digest_of(b"1,2\n"):
                raise IntegrityError("damaged")
            return super().open_blob(descriptor)

    remote = Damaged()
    put_bundle(remote, V1, "v1")
    with pytest.raises(IntegrityError):
        fill(tmp_path / "run", remote)
    assert not (tmp_path / "run").exists()
    Damaged.open_blob = MemoryRemote.open_blob  # type: ignore[method-assign]
    fill(tmp_path / "run", remote)
    assert contents_of(tmp_path / "run") == V1
    assert beside(tmp_path / "run") == []


@pytest.mark.parametrize("mirror", [False, True])
def test_another_version_replaces_what_nobody_changed(
    tmp_path: Path, remote: MemoryRemote, mirror: bool
) -> None:
    folder = tmp_path / "run"
    fill(folder, remote)
    done = fill(folder, remote, "v2", mirror=mirror)
    assert contents_of(folder) == V2
    assert [str(step.path) for step in done.plan.delete] == ["gone.txt"]
    assert fill(folder, remote, "v2", mirror=mirror).plan.steps == ()


def test_a_bundle_from_another_place_replaces_it_too(tmp_path: Path, remote: MemoryRemote) -> None:
    folder = tmp_path / "run"
    fill(folder, remote)
    other = MemoryRemote("other")
    put_bundle(other, V2, "v2")
    fill(folder, other, "v2")
    assert contents_of(folder) == V2


def test_an_empty_folder_is_filled_in_place(tmp_path: Path, remote: MemoryRemote) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    before = folder.stat().st_ino
    fill(folder, remote)
    assert contents_of(folder) == V1
    assert folder.stat().st_ino == before, "a shell may stand in it"


def test_what_was_deleted_there_comes_back(tmp_path: Path, remote: MemoryRemote) -> None:
    folder = tmp_path / "run"
    fill(folder, remote)
    (folder / "a.py").unlink()
    fill(folder, remote)
    assert contents_of(folder) == V1


def test_what_was_changed_there_is_asked_for(tmp_path: Path, remote: MemoryRemote) -> None:
    folder = tmp_path / "run"
    fill(folder, remote)
    write(folder, "a.py", b"mine")
    for reference in ("v1", "v2"):
        done = fill(folder, remote, reference)
        assert (done.exit_code, clashes(done)) == (3, {"a.py": "EDITED"})
        assert (folder / "a.py").read_bytes() == b"mine"
    done = fill(folder, remote, overwrite=True)
    assert contents_of(folder) == V1
    assert done.backup is not None
    assert (done.backup / "a.py").read_bytes() == b"mine"


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path, remote: MemoryRemote) -> None:
    folder = tmp_path / "theirs"
    theirs = {"a.py": b"theirs", "notes.txt": b"notes"}
    for path, content in theirs.items():
        write(folder, path, content)
    assert clashes(fill(folder, remote)) == {"a.py": "UNRECORDED"}
    assert clashes(fill(folder, remote, mirror=True)) == {
        "a.py": "UNRECORDED",
        "notes.txt": "EXTRA",
    }
    assert contents_of(folder) == theirs
    assert not (folder / ".modelops-bundle").exists(), "not so much as a cache"
    done = fill(folder, remote, mirror=True, overwrite=True)
    assert contents_of(folder) == V1
    assert done.backup is not None
    assert contents_of(done.backup) == theirs


def test_files_that_are_in_nobody_s_way_stay_without_mirror(
    tmp_path: Path, remote: MemoryRemote
) -> None:
    folder = tmp_path / "theirs"
    write(folder, "notes.txt", b"notes")
    fill(folder, remote)
    assert contents_of(folder) == {**V1, "notes.txt": b"notes"}


def test_mirror_leaves_the_bundle_and_nothing_else(tmp_path: Path, remote: MemoryRemote) -> None:
    folder, outside = tmp_path / "run", tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"x")
    fill(folder, remote)
    write(folder, "a.py", b"damaged")
    write(folder, "results/1/out.csv", b"1")
    write(folder, "odd\\name", b"1")
    write(folder, ".git/config", b"theirs")
    (folder / "empty").mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "data/link").symlink_to(outside / "precious")
    os.mkfifo(folder / "pipe")
    done = fill(folder, remote, mirror=True)
    assert contents_of(folder) == {**V1, ".git/config": b"theirs"}
    assert sorted(path.name for path in folder.iterdir()) == [
        *(".git", ".modelops-bundle", "a.py", "data", "gone.txt"),
    ]
    assert (outside / "precious").read_bytes() == b"x"
    assert set(done.removed) == {"data/link", "link", "odd\\name", "pipe"}


def test_a_folder_that_stands_where_a_file_belongs_is_mirrored_away(tmp_path: Path) -> None:
    remote = MemoryRemote()
    put_bundle(remote, {"a": b"file"}, "v1")
    fill(tmp_path / "run", remote)
    (tmp_path / "run/a").unlink()
    write(tmp_path / "run", "a/deep/x", b"1")
    fill(tmp_path / "run", remote, mirror=True)
    assert contents_of(tmp_path / "run") == {"a": b"file"}


@pytest.mark.parametrize("name", ["config.yaml", "env"])
def test_a_project_with_local_work_is_never_mirrored_over(
    tmp_path: Path, remote: MemoryRemote, name: str
) -> None:
    folder = tmp_path / "project"
    fill(folder, remote)
    write(folder, f".modelops-bundle/{name}", b"")
    assert fill(folder, remote, "v2", mirror=True).exit_code == 0, "nothing was changed in it"
    write(folder, "models/work.py", b"work")
    write(folder, "a.py", b"work")
    assert clashes(fill(folder, remote, mirror=True)) == {
        "a.py": "EDITED",
        "models/work.py": "EXTRA",
    }
    assert (folder / "models/work.py").read_bytes() == b"work"
    assert (folder / f".modelops-bundle/{name}").exists()


def test_links_that_lead_out_are_not_written_through(tmp_path: Path, remote: MemoryRemote) -> None:
    """A chain of links: the folder of the data, and the folder that it leads to."""
    folder, outside = tmp_path / "run", tmp_path / "outside"
    outside.mkdir()
    folder.mkdir()
    (tmp_path / "between").symlink_to(outside)
    (folder / "data").symlink_to(tmp_path / "between")
    for options in ({}, {"overwrite": True}, {"mirror": True, "overwrite": True}):
        assert clashes(fill(folder, remote, **options))["data/x.csv"] == "OBSTACLE"
    assert list(outside.iterdir()) == []
    assert not (folder / "a.py").exists()


def test_a_link_in_place_of_the_program_s_own_folder_is_refused(
    tmp_path: Path, remote: MemoryRemote
) -> None:
    folder, outside = tmp_path / "run", tmp_path / "outside"
    outside.mkdir()
    folder.mkdir()
    (folder / ".modelops-bundle").symlink_to(outside)
    with pytest.raises(BundleError):
        fill(folder, remote)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("place", ["absent", "there"])
def test_a_run_that_was_cut_off_is_gone_on_with(
    tmp_path: Path, remote: MemoryRemote, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Cut off at each step between the decision and the end."""

    class CutOff(BaseException):
        pass

    folder = tmp_path / "run"
    if place == "there":
        fill(folder, remote)
    replaced, left = os.replace, [0]

    def limited(*arguments: object) -> None:
        if not left[0]:
            raise CutOff
        left[0] -= 1
        replaced(*arguments)  # type: ignore[arg-type]

    for cut in range(8):
        left[0] = cut
        monkeypatch.setattr(os, "replace", limited)
        try:
            fill(folder, remote, "v2", mirror=True)
        except CutOff:
            if place == "absent":
                assert not folder.exists()
        finally:
            monkeypatch.setattr(os, "replace", replaced)
    fill(folder, remote, "v2", mirror=True)
    assert contents_of(folder) == V2
    assert beside(folder) == []
    assert PullFolder(_project(folder)).journal() is None


def _project(folder: Path):  # type: ignore[no-untyped-def]
    from modelops_bundle.workspace.project import Project

    return Project(folder.resolve())


def test_places_that_cannot_be_filled_are_refused(tmp_path: Path, remote: MemoryRemote) -> None:
    write(tmp_path, "file", b"x")
    with pytest.raises(FileAccessError):
        fill(tmp_path / "file", remote)
    with pytest.raises(FileAccessError):
        fill(tmp_path / "file/below", remote)
    with pytest.raises(UsageError):
        fill(tmp_path / ".modelops-bundle/x", remote)
    with pytest.raises(NotFoundInRemoteError):
        fill(tmp_path / "run", remote, "nothing")
    assert contents_of(tmp_path) == {"file": b"x"}


def test_an_empty_bundle_makes_an_empty_folder(tmp_path: Path) -> None:
    remote = MemoryRemote()
    put_bundle(remote, {}, "v1")
    fill(tmp_path / "run", remote)
    assert contents_of(tmp_path / "run") == {}
