"""Where the repository around a project begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.workspace.repository import place_in_repository


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "repository" / "models" / "sir"
    root.mkdir(parents=True)
    return root


def test_it_is_the_nearest_folder_with_a_git_folder_or_file(project: Path) -> None:
    repository = project.parents[1]
    (repository / ".git").mkdir()
    assert place_in_repository(project) == "models/sir"
    (project.parent / ".git").write_text("gitdir: elsewhere\n")  # a submodule
    assert place_in_repository(project) == "sir"
    (project / ".git").mkdir()
    assert place_in_repository(project) == "."


def test_the_workspace_of_a_runner_counts_without_git(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parents[1]))
    assert place_in_repository(project) == "models/sir"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project / "elsewhere"))
    assert place_in_repository(project) == "."


def test_a_project_without_a_repository_is_its_own(project: Path) -> None:
    assert place_in_repository(project) == "."
