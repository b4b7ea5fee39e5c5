"""The examples' registries say what their code says, and every dependency of theirs travels."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/.modelops-bundle"))


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelops_bundle", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(params=NAMES)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns("cache", "__pycache__")
    return Path(shutil.copytree(EXAMPLES / request.param, tmp_path / "copy", ignore=ignore))


def test_an_example_is_in_sync_and_passes_preflight(project: Path) -> None:
    done = run(project, "check", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_python_and_data_file_of_an_example_travels(project: Path) -> None:
    listed = run(project, "files").stdout
    for file in [*project.rglob("*.py"), *project.rglob("*.csv")]:
        assert f"  {file.relative_to(project).as_posix()} " in listed


def test_a_registry_made_anew_says_the_same(project: Path) -> None:
    registry = project / ".modelops-bundle" / "registry.yaml"
    shipped = registry.read_text(encoding="utf-8")
    done = run(project, "sync")
    assert done.returncode == 0, done.stdout + done.stderr
    assert registry.read_text(encoding="utf-8") == shipped
