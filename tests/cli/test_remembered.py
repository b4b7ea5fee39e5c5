"""A remembered status is given only while it would be the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import modelops_bundle
from support.project import FILES


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program, to be edited."""
    folder = tmp_path / "program"
    source = Path(modelops_bundle.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(source, folder / "modelops_bundle", ignore=ignored)
    return folder


@pytest.fixture
def project(tmp_path: Path, program: Path) -> Path:
    """A project whose status has been worked out once."""
    folder = tmp_path / "project"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    run(program, folder, "init")
    status(program, folder)
    return folder


def run(program: Path, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-X", "importtime", "-m", "modelops_bundle", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(program), "HOME": str(folder.parent / "home")},
        capture_output=True,
        text=True,
        check=True,
    )
    (folder.parent / "imports").write_text(done.stderr)
    return done.stdout


def status(program: Path, folder: Path) -> tuple[Any, bool]:
    """The document, and whether it was remembered."""
    document = json.loads(run(program, folder, "status", "--json"))
    return document, "core.planner" not in (folder.parent / "imports").read_text()


def test_it_is_remembered_while_nothing_changes(program: Path, project: Path) -> None:
    first, _ = status(program, project)
    assert status(program, project) == (first, True)


def test_it_is_forgotten_when_the_program_changes(program: Path, project: Path) -> None:
    module = program / "modelops_bundle/operations/report_documents.py"
    module.write_text(module.read_text().replace("mops-bundle.status/1", "mops-bundle.status/9"))
    document, remembered = status(program, project)
    assert (document["schema"], remembered) == ("mops-bundle.status/9", False)


def test_it_is_forgotten_when_the_project_changes(program: Path, project: Path) -> None:
    for path in (
        "lib/rates.py",
        "pyproject.toml",
        ".modelopsignore",
        ".modelops-bundle/registry.yaml",
        ".modelops-bundle/config.yaml",
        ".modelops-bundle/state.json",
        ".modelops-bundle/tracked.txt",
        "models/new.py",
    ):
        with (project / path).open("a") as file:
            file.write("\n")
        assert not status(program, project)[1], path
    assert status(program, project)[1]
