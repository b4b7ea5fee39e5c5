"""What git says of a project, in hooks too."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace.git import ignored_by_git

DATA = BundlePath("data.csv")


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


def test_a_hook_s_variables_are_not_those_of_a_folder_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "models" / "sir"
    project.mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("*.csv\n")
    (project / DATA).write_text("")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", ".")
    assert ignored_by_git(project, [DATA]) == frozenset()  # under version control
    assert ignored_by_git(project, [BundlePath("other.csv")]) == {"other.csv"}
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.setenv("GIT_DIR", ".git")
    assert ignored_by_git(project, [DATA]) == frozenset()
    assert ignored_by_git(project, [BundlePath("other.csv")]) == {"other.csv"}
