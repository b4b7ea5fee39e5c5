"""The programs that run in the user's interpreter need nothing but an old Python."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.workspace import probe
from support.scenarios import copy_example

PROGRAMS = sorted(Path(probe.__file__).parent.glob("*.py"))
#: What may be imported: all of it is in the standard library of every Python since 3.9.
LIBRARY = sys.stdlib_module_names


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_is_one_that_python_3_9_understands(program: Path) -> None:
    tree = ast.parse(program.read_text(encoding="utf-8"), feature_version=(3, 9))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Match)
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= LIBRARY
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert node.module is not None
            assert node.module.split(".")[0] in LIBRARY
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            # `zip(strict=…)` and `dataclass(slots=…)` are newer.
            assert not {"strict", "slots", "kw_only"} & {word.arg for word in node.keywords}


def interpreters() -> list[str]:
    """Every other Python of this machine, the oldest first."""
    found: dict[str, str] = {}
    folders = [Path(one) for one in os.environ.get("PATH", "").split(os.pathsep) if one]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    for minor in (9, 10, 12, 13, 14):
        for folder in folders:
            program = folder / f"python3.{minor}"
            if "shims" not in folder.parts and program.is_file():
                found.setdefault(program.name, str(program))
    return list(found.values())


def test_every_python_of_this_machine_runs_them(tmp_path: Path) -> None:
    pythons = interpreters()
    if not pythons:
        pytest.skip("only one Python version on this machine")
    project = copy_example("plain-decay", tmp_path / "decay")
    for python in pythons:
        done = subprocess.run(
            [sys.executable, "-m", "modelops_bundle", "verify", "--call", "--python", python],
            cwd=project,
            env={**os.environ, "HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.endswith("Verified and called: 2 entries.\n"), (python, done)
    shutil.rmtree(tmp_path / "home", ignore_errors=True)
