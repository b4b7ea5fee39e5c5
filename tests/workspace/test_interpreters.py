"""Which Python is chosen, and why."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from modelops_bundle.errors import UsageError
from modelops_bundle.workspace.interpreters import choose_interpreter


def environment(folder: Path) -> Path:
    """A folder that looks like a virtual environment."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text("")
    return folder


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)


def test_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_interpreter(None, tmp_path).executable == sys.executable
    monkeypatch.setenv("CONDA_PREFIX", str(environment(tmp_path / "conda")))
    assert choose_interpreter(None, tmp_path).why == "CONDA_PREFIX"
    environment(tmp_path / "venv")
    assert choose_interpreter(None, tmp_path).why == "venv"
    environment(tmp_path / ".venv")
    chosen = choose_interpreter(None, tmp_path)
    assert (chosen.executable, chosen.why) == (str(tmp_path / ".venv/bin/python"), ".venv")
    monkeypatch.setenv("VIRTUAL_ENV", str(environment(tmp_path / "active")))
    assert choose_interpreter(None, tmp_path).why == "VIRTUAL_ENV"
    assert choose_interpreter(str(tmp_path / "venv"), tmp_path).executable == str(
        tmp_path / "venv/bin/python"
    )


def test_an_environment_that_is_gone_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    assert choose_interpreter(None, None).executable == sys.executable


def test_a_program_may_be_named_as_in_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))
    name = os.path.basename(sys.executable)
    assert choose_interpreter(name, None).executable == os.path.abspath(sys.executable)


@pytest.mark.parametrize("asked", ["", "no-such-python", "/nowhere"])
def test_what_is_no_program_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match="no Python at"):
        choose_interpreter(asked, None)
