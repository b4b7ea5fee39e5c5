"""A name that the installed framework does not have is a warning with the closest one."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.project import Shell, make_project, register_all


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A folder for a project."""
    (tmp_path / "sir").mkdir()
    return Shell(tmp_path / "sir", capsys)


def install(shell: Shell) -> None:
    """A framework in the project's own environment, as source alone."""
    packages = ".venv/lib/python3.12/site-packages/modelops_calabaria"
    shell.write(".venv/pyvenv.cfg", "home = /nowhere\n")
    shell.write(f"{packages}/__init__.py", "from .api import *\nraise SystemExit('it was run')\n")
    names = "BaseModel ParameterSpace ParameterSpec model_output model_scenario calibration_target"
    shell.write(f"{packages}/api.py", "".join(f"{name} = None\n" for name in names.split()))


def found(shell: Shell) -> list[dict[str, object]]:
    document = shell.json("status")
    return [one for one in document["preflight"] if one["code"] == "MB329"]


def test_a_misspelt_name_is_found_where_the_framework_is_installed(shell: Shell) -> None:
    make_project(shell)
    register_all(shell)
    assert found(shell) == []
    shell.write("lib/rates.py", "from modelops_calabaria import model_outputs\nRATE = 2.0\n")
    assert found(shell) == []
    install(shell)
    (one,) = found(shell)
    assert (one["severity"], one["path"], one["line"]) == ("warning", "lib/rates.py", 1)
    assert "'model_outputs'" in str(one["message"])
    assert "'model_output'" in str(one["hint"])


def test_what_a_remembered_status_says_follows_the_installed_framework(shell: Shell) -> None:
    make_project(shell)
    install(shell)
    register_all(shell)
    assert found(shell) == []
    assert found(shell) == []
    shell.edit(
        ".venv/lib/python3.12/site-packages/modelops_calabaria/api.py", "BaseModel = None\n", ""
    )
    assert [one["line"] for one in found(shell)] == [
        next(
            number
            for number, line in enumerate(shell.read("models/sir.py").splitlines(), 1)
            if "BaseModel" in line
        )
    ]
