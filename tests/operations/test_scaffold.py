"""Making a folder a project, and letting git see its registry."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from modelops_bundle.errors import BundleError, UsageError
from modelops_bundle.operations.gitignore import registry_is_ignored
from modelops_bundle.operations.scaffold import add_gitattributes, fix_gitignore, init


def test_a_project_inside_the_folder_of_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / ".modelops-bundle" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    with pytest.raises(UsageError, match=r"inside \.modelops-bundle"):
        init(Path("."))
    assert list(inside.iterdir()) == []


def test_a_file_cannot_be_made_a_project(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="nothing was made"):
        init(tmp_path / "file")


def test_an_environment_that_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        init(tmp_path / "new", env="no-such-environment")
    assert not (tmp_path / "new").exists()


def test_an_ignore_file_that_is_no_utf8_is_mended_byte_for_byte(tmp_path: Path) -> None:
    project = init(tmp_path).project
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9/\n.modelops-bundle/\n")
    assert registry_is_ignored(project)
    assert fix_gitignore(project)
    assert not registry_is_ignored(project)
    assert (tmp_path / ".gitignore").read_bytes().startswith(b"caf\xe9/\n")
    assert not fix_gitignore(project)


def test_line_endings_of_data_are_kept_once(tmp_path: Path) -> None:
    project = init(tmp_path).project
    assert add_gitattributes(project)
    assert "data/** -text" in (tmp_path / ".gitattributes").read_text()
    assert not add_gitattributes(project)


@pytest.mark.parametrize(("folders", "packages"), [((), []), (("src",), None)])
def test_workers_can_install_a_new_project_of_several_folders(
    tmp_path: Path, folders: tuple[str, ...], packages: list[str] | None
) -> None:
    for name in folders:
        (tmp_path / name).mkdir()
    init(tmp_path)
    document = tomllib.loads((tmp_path / "pyproject.toml").read_text())
    assert document.get("tool", {}).get("setuptools", {}).get("packages") == packages
