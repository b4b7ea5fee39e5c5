"""Packages installed from folders of this machine: every way of naming one, read and never run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelops_bundle.workspace.local_packages import local_packages
from support.disk import write

SITE = ".venv/lib/python3.11/site-packages"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two siblings: one with `src`, one without."""
    project = tmp_path.resolve() / "project"
    write(project, "pyproject.toml", "")
    write(tmp_path, "shared/pyproject.toml", '[project]\nname = "shared"\n')
    write(tmp_path, "shared/src/shared/__init__.py", "")
    write(tmp_path, "flat/flat.py", "")
    write(tmp_path, "flat/docs/index.md", "")
    return project


def found(root: Path, module: str) -> str | None:
    """Where a module is, relative to the folder that holds project and siblings."""
    place = local_packages(str(root)).find(module)
    return None if place is None else str(Path(place[0]).relative_to(root.parent))


@pytest.mark.parametrize(
    "text",
    [
        '[tool.uv.sources]\nshared = { path = "../shared", editable = true }',
        '[tool.uv.sources]\nshared = [{ path = "../shared", marker = "x" }, { index = "i" }]',
        '[tool.poetry.dependencies]\nshared = { path = "../shared", develop = true }',
        '[tool.poetry.group.dev.dependencies]\nshared = { path = "../shared" }',
        '[project]\ndependencies = ["shared @ file:///{parent}/shared"]',
        '[dependency-groups]\ndev = ["shared @ {root:uri}/../shared"]\n[project]\n'
        "dependencies = [\"shared @ file:///{parent}/shared ; python_version > '3'\"]",
        '[tool.pdm.dev-dependencies]\ndev = ["-e file:///${PROJECT_ROOT}/../shared"]',
    ],
)
def test_pyproject_names_them(root: Path, text: str) -> None:
    write(root, "pyproject.toml", text.replace("{parent}", str(root.parent).lstrip("/")))
    assert found(root, "shared") == "shared/src/shared"
    assert found(root, "flat") is None


def test_a_uv_workspace_names_its_members(root: Path) -> None:
    write(root, "pyproject.toml", "[tool.uv.sources]\nshared = { workspace = true }\n")
    write(root, "../pyproject.toml", '[tool.uv.workspace]\nmembers = ["sha*", "project"]\n')
    assert found(root, "shared") == "shared/src/shared"


@pytest.mark.parametrize("line", ["-e ../flat", "--editable=../flat", "../flat", "-e ../flat # x"])
def test_requirements_name_them(root: Path, line: str) -> None:
    write(root, "requirements-dev.txt", f"numpy==2.0\n{line}\n")
    assert found(root, "flat") == "flat/flat.py"


def test_the_virtual_environment_names_them(root: Path) -> None:
    write(root, ".venv/pyvenv.cfg", "")
    url = (root.parent / "shared").as_uri()
    record = {"url": url, "dir_info": {"editable": True}}
    write(root, f"{SITE}/shared-1.dist-info/direct_url.json", json.dumps(record))
    write(root, f"{SITE}/flat.pth", f"# a comment\nimport os; os.abort()\n{root.parent}/flat\n")
    assert found(root, "shared") == "shared/src/shared"
    assert found(root, "flat") == "flat/flat.py"


@pytest.mark.parametrize(
    "record", ["", "[", "[]", '{"url": 1}', '{"url": "https://x/y", "archive_info": {}}']
)
def test_records_that_name_no_folder_are_passed_over(root: Path, record: str) -> None:
    write(root, ".venv/pyvenv.cfg", "")
    write(root, f"{SITE}/shared-1.dist-info/direct_url.json", record)
    assert found(root, "shared") is None


def test_a_folder_without_python_and_another_case_are_no_module(root: Path) -> None:
    write(root, "requirements.txt", "-e ../flat\n-e ../shared\n")
    assert found(root, "docs") is None
    assert found(root, "Flat") is None
    assert found(root, "shared") == "shared/src/shared"


def test_everything_that_the_answer_depends_on_is_named(root: Path) -> None:
    write(root, "requirements.txt", "-e ../flat\n")
    packages = local_packages(str(root))
    packages.find("flat")
    looked_at = {str(Path(path).relative_to(root.parent)) for path in packages.looked_at}
    assert {"flat", "flat/src", "project/requirements.txt", "flat/flat.py"} <= looked_at
