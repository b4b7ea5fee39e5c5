"""Projects for the tests of commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.project import Shell, make_project, register_all
from support.scenarios import copy_example


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's is read or written."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A project with a model and two targets, in sync."""
    root = tmp_path / "sir"
    root.mkdir()
    made = Shell(root, capsys)
    make_project(made)
    register_all(made)
    return made


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """An empty folder."""
    root = tmp_path / "bare"
    root.mkdir()
    return Shell(root, capsys)


@pytest.fixture
def decay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A project with a framework of its own, so that any Python can run it."""
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    return Shell(copy_example("plain-decay", tmp_path / "decay"), capsys)
