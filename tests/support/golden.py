"""Golden files: the exact text that a command prints."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "golden"


def assert_golden(name: str, actual: str) -> None:
    """Compare with a file of tests/golden; `UPDATE_GOLDEN=1` writes it instead.

    A run that writes fails, so that nothing passes by writing what it is compared with.
    """
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        before = path.read_text(encoding="utf-8") if path.exists() else None
        path.write_text(actual, encoding="utf-8")
        assert before == actual, f"{name} was written: read the difference, then run again"
    assert actual == path.read_text(encoding="utf-8")
