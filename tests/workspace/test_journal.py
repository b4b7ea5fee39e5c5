"""The folder of a pull: made empty, decided by its journal, gone at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.transfer import PullJournal
from modelops_bundle.errors import FileAccessError
from modelops_bundle.workspace.journal import PullFolder, pull_lock
from modelops_bundle.workspace.pending import is_pending
from modelops_bundle.workspace.project import Project
from support.bundles import digest_of, folder_project

JOURNAL = PullJournal(url="u", reference="r", digest=digest_of(b""), files={}, steps=())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return folder_project(tmp_path, {})


def test_a_pull_is_pending_from_its_first_folder_to_its_last(project: Project) -> None:
    folder = PullFolder(project)
    assert not is_pending(project)
    folder.begin()
    folder.stage(0, [b"a", b"", b"bc"])
    assert is_pending(project)
    assert folder.staged(0).read_bytes() == b"abc"
    assert folder.journal() is None, "not decided yet"
    folder.commit(JOURNAL)
    assert PullFolder(project).journal() == JOURNAL
    folder.close()
    assert not is_pending(project)
    folder.close()


def test_git_does_not_see_any_of_it(project: Project) -> None:
    PullFolder(project).begin()
    assert (project.cache / ".gitignore").read_text() == "*\n"


def test_a_cache_that_is_a_link_is_not_written_to(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    project.cache.symlink_to(outside)
    with pytest.raises(FileAccessError, match="nothing was pulled"):
        pull_lock(project)
    with pytest.raises(FileAccessError):
        PullFolder(project).begin()
    assert list(outside.iterdir()) == []


def test_what_is_staged_does_not_follow_a_link(project: Project, tmp_path: Path) -> None:
    folder = PullFolder(project)
    folder.begin()
    (tmp_path / "victim").write_text("precious")
    folder.staged(0).symlink_to(tmp_path / "victim")
    with pytest.raises(FileAccessError):
        folder.stage(0, [b"evil"])
    assert (tmp_path / "victim").read_text() == "precious"


def test_each_backup_has_a_folder_of_its_own(project: Project) -> None:
    folder = PullFolder(project)
    folder.begin()
    assert [folder.backup().name for _ in range(2)] == ["1", "2"]
    (project.cache / "backup" / "notes").mkdir()
    (project.cache / "backup" / "9").mkdir()
    assert folder.backup().name == "10"
