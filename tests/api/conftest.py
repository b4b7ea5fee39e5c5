"""A project that is in sync, and what is done to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "plain-decay"


@pytest.fixture
def decay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, in sync, with a remote that others can reach."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return copied_example(tmp_path / "decay", tmp_path / "store")


def copied_example(root: Path, store: Path) -> Path:
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__"))
    config = root / ".modelops-bundle" / "config.yaml"
    config.write_text(f"name: decay\nremote: 'layout:{store}'\n")
    return root
