"""Finding a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import ProjectNotFoundError
from modelops_bundle.workspace.project import find_project
from modelops_bundle.workspace.root import cache_folder, find_root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "p" / ".modelops-bundle").mkdir(parents=True)
    (tmp_path / "p" / "models" / "deep").mkdir(parents=True)
    return tmp_path / "p"


@pytest.mark.parametrize("start", [".", "models", "models/deep", ".modelops-bundle", "absent/x"])
def test_a_project_is_found_from_anywhere_below_it(root: Path, start: str) -> None:
    assert find_project(root / start).root == root.resolve()
    assert find_root(str(root / start)) == str(root.resolve())


def test_the_nearest_project_wins(root: Path) -> None:
    (root / "models" / ".modelops-bundle").mkdir()

    assert find_project(root / "models" / "deep").root == (root / "models").resolve()


def test_a_file_of_that_name_makes_no_project(root: Path) -> None:
    (root / "models" / ".modelops-bundle").write_text("")

    assert find_project(root / "models").root == root.resolve()


def test_a_link_into_a_project_leads_to_it(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(root / "models")

    assert find_project(link).root == root.resolve()


def test_without_a_project_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFoundError) as caught:
        find_project(tmp_path)

    assert str(tmp_path) in caught.value.message
    assert "mops-bundle init" in caught.value.hint


def test_a_projects_own_files_are_in_its_folder(root: Path) -> None:
    project = find_project(root)

    own = (project.registry, project.config, project.tracked, project.state, project.env)
    assert {path.parent for path in own} == {project.folder}
    assert project.lock.parent == project.folder
    assert str(project.cache) == cache_folder(str(project.root))
    assert project.path(BundlePath("models/sir.py")) == project.root / "models" / "sir.py"
    assert project.ignore_file == project.root / ".modelopsignore"
