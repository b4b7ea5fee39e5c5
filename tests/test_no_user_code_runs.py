"""Law 8: no command runs user code, however the program is started.

Each Python file of the project leaves a mark when it runs. Some lie where they hide modules that
the program itself imports. `runpy` is not among those: Python looks it up before any program of
ours has a say.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.demo.example import copy_example

HIDING = ("argparse", "ast", "dataclasses", "hashlib", "json", "pathspec", "sitecustomize", "yaml")
STARTS = (
    [str(Path(sys.executable).parent / "mops-bundle")],
    [sys.executable, "-m", "modelops_bundle"],
    [sys.executable, "-m", "modelops_bundle.cli"],
)
COMMANDS = (
    ["init"],
    ["register-model", "models/sir.py"],
    ["register-target", "targets/incidence.py"],
    ["sync", "--discover"],
    ["status", "--check-staleness"],
    ["check"],
    ["explain", "sir_starsimsir"],
    ["graph"],
    ["files"],
    ["list"],
    ["push"],
    ["diff"],
    ["pull"],
    ["push", "--tag", "v1"],
    ["versions"],
    ["inspect", "v1"],
    ["tag", "prod", "v1"],
    ["copy", "prod", "layout:../elsewhere"],
    ["ensure", "v1", "--dest", "../run", "--mirror"],
    ["delete", "v1", "--force"],
)


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A project in which everything that can be run leaves a mark."""
    project = tmp_path / "project"
    copy_example(project)
    for name in HIDING:
        (project / f"{name}.py").touch()
    mark = f"open({str(tmp_path / 'mark')!r}, 'a').write(__name__ + ' ')\n"
    for file in project.rglob("*.py"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        future = [at for at, line in enumerate(lines) if line.startswith("from __future__")]
        lines.insert(future[0] + 1 if future else 0, mark)
        file.write_text("".join(lines), encoding="utf-8")
    return project


def test_the_trap_works(trapped: Path) -> None:
    subprocess.run([sys.executable, "-c", "import json"], cwd=trapped, check=False)
    assert "json" in (trapped.parent / "mark").read_text()


@pytest.mark.parametrize("start", STARTS, ids=["script", "package", "cli"])
def test_no_command_runs_a_file_of_the_project(trapped: Path, start: list[str]) -> None:
    home = {"HOME": str(trapped.parent / "home"), "PATH": "/usr/bin:/bin"}
    for command in COMMANDS:
        done = subprocess.run(
            [*start, *command], cwd=trapped, env=home, capture_output=True, text=True, check=False
        )
        assert "unexpected" not in done.stderr
        assert not (trapped.parent / "mark").exists(), (command, done.stdout + done.stderr)
        assert done.returncode == 0, (command, done.stdout + done.stderr)
