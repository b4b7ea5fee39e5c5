"""Steps are taken only on what the plan was made for, and may be taken again."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.transfer import PullJournal, PullStep
from modelops_bundle.workspace.apply import Applied, apply_steps
from modelops_bundle.workspace.journal import PullFolder
from modelops_bundle.workspace.project import Project
from support.bundles import contents_of, digest_of, folder_project, state_of


def step(path: str, old: bytes | None, new: bytes | None, *, backup: bool = False) -> PullStep:
    return PullStep(
        path=BundlePath(path),
        old=None if old is None else digest_of(old),
        new=None if new is None else state_of(path, new),
        backup=backup,
    )


def take(
    project: Project, contents: dict[str, bytes], *steps: PullStep, again: bool = False
) -> Applied:
    folder = PullFolder(project)
    folder.begin()
    for number, one in enumerate(steps):
        if one.new is not None:
            folder.stage(number, [contents[one.path]])
    journal = PullJournal(
        url="u", reference="r", digest=digest_of(b""), files={}, steps=tuple(steps)
    )
    applied = apply_steps(project, journal, folder, again=again)
    folder.close()
    return applied


@pytest.mark.parametrize("again", [False, True])
def test_files_are_written_replaced_and_deleted(tmp_path: Path, again: bool) -> None:
    project = folder_project(tmp_path, {"old.py": b"1", "gone/a": b"2"})
    applied = take(
        project,
        {"new/deep.py": b"3", "old.py": b"4"},
        step("gone/a", b"2", None),
        step("new/deep.py", None, b"3"),
        step("old.py", b"1", b"4"),
        again=again,
    )
    assert contents_of(tmp_path) == {"new/deep.py": b"3", "old.py": b"4"}
    assert applied == Applied(changed=("gone/a", "new/deep.py", "old.py"), left=(), backup=None)


def test_what_is_done_already_is_not_done_again(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"old.py": b"4"})
    before = (tmp_path / "old.py").stat()
    applied = take(project, {"old.py": b"4"}, step("old.py", b"1", b"4"), step("gone", b"2", None))
    assert (tmp_path / "old.py").stat() == before
    assert applied.changed == ("old.py", "gone")


def test_an_edited_file_is_left_alone(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a": b"edited", "b": b"edited", "c": b"created"})
    applied = take(
        project,
        {"a": b"new", "c": b"new"},
        step("b", b"old", None, backup=True),
        step("a", b"old", b"new", backup=True),
        step("c", None, b"new"),
    )
    assert contents_of(tmp_path) == {"a": b"edited", "b": b"edited", "c": b"created"}
    assert [path for path, _ in applied.left] == ["b", "a", "c"]


def test_a_file_that_was_deleted_meanwhile_is_written(tmp_path: Path) -> None:
    assert not take(folder_project(tmp_path, {}), {"a": b"n"}, step("a", b"old", b"n")).left
    assert (tmp_path / "a").read_bytes() == b"n"


def test_a_folder_that_somebody_put_something_in_is_left_alone(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a/mine": b"1"})
    applied = take(project, {"a": b"new"}, step("a", None, b"new"))
    assert [path for path, _ in applied.left] == ["a"]
    assert contents_of(tmp_path) == {"a/mine": b"1"}


def test_a_file_where_a_folder_must_be_is_left_alone(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a": b"mine"})
    applied = take(project, {"a/b/c": b"new"}, step("a/b/c", None, b"new"))
    assert [path for path, _ in applied.left] == ["a/b/c"]
    assert contents_of(tmp_path) == {"a": b"mine"}


@pytest.mark.parametrize("link", ["folder", "file"])
def test_a_link_that_appeared_meanwhile_is_not_written_through(tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_bytes(b"old")
    project = folder_project(tmp_path / "project", {})
    if link == "folder":
        (project.root / "d").symlink_to(outside)
    else:
        (project.root / "d").mkdir()
        (project.root / "d" / "x").symlink_to(outside / "x")
    applied = take(
        project,
        {"d/x": b"new", "d/new": b"new"},
        step("d/x", b"old", b"new"),
    )
    assert applied.left == (("d/x", "leads out of the project"),)
    assert {p.name: p.read_bytes() for p in outside.iterdir()} == {"x": b"old"}


def test_folders_that_are_not_empty_stay(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"a/b/gone": b"1", "a/mine": b"2"})
    take(project, {}, step("a/b/gone", b"1", None))
    assert not (tmp_path / "a/b").exists()
    assert contents_of(tmp_path) == {"a/mine": b"2"}


def test_another_file_system_is_crossed_with_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = folder_project(tmp_path, {"a": b"old"})
    (tmp_path / "a").chmod(0o640)
    move = os.replace

    def between_file_systems(source: str | Path, target: str | Path) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        move(source, target)

    monkeypatch.setattr(os, "replace", between_file_systems)
    applied = take(project, {"a": b"new"}, step("a", b"old", b"new"))
    assert not applied.left
    assert contents_of(tmp_path) == {"a": b"new"}
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == [".modelops-bundle", "a"]


def test_what_the_system_refuses_is_left_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = folder_project(tmp_path, {"a": b"1", "b": b"1"})
    unlink = os.unlink

    def refuse(path: str | Path) -> None:
        if str(path).endswith("/a"):
            raise PermissionError(errno.EACCES, "Permission denied")
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse)
    applied = take(project, {}, step("a", b"1", None), step("b", b"1", None))
    assert applied.left == (("a", "Permission denied"),)
    assert applied.changed == ("b",)


def test_local_work_is_copied_before_it_goes_under(tmp_path: Path) -> None:
    project = folder_project(tmp_path, {"d/a": b"mine", "b": b"plain"})
    applied = take(
        project,
        {"d/a": b"new", "b": b"new"},
        step("d/a", b"mine", b"new", backup=True),
        step("b", b"plain", b"new"),
    )
    assert applied.backup is not None
    assert {p.name: p.read_bytes() for p in applied.backup.rglob("*") if p.is_file()} == {
        "a": b"mine"
    }
