"""Projects that the scenarios play on: copies of the examples, with a home of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.project import Shell
from support.scenarios import copy_example


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder in which nothing of the user's is read or written."""
    folder = tmp_path / "home"
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def sir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A copy of the Starsim example: one model, two targets of one file, a target set; in sync."""
    return Shell(copy_example("starsim-sir", tmp_path / "sir"), capsys)


@pytest.fixture
def colleague(sir: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A folder that is nothing but the same remote's project."""
    root = tmp_path / "colleague"
    root.mkdir()
    other = Shell(root, capsys)
    other.write(".modelops-bundle/config.yaml", sir.read(".modelops-bundle/config.yaml"))
    return other
