"""Verifications as tests look at them: nothing is left behind, and nothing is written back."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from support.project import Shell
from support.scenarios import user_contents
from support.schemas import assert_documented


def verified(decay: Shell, *arguments: str, code: int = 1) -> dict[str, Any]:
    """The entries of a verification by id, after its document was checked."""
    before = user_contents(decay.root)
    shown = decay("verify", *arguments, "--json")
    assert shown.code == code, shown
    # A machine that is busy takes longer than half a second over little, and then says so.
    assert re.sub(r"^(?:Copying|Hashing|Verifying) [^\n]*\n", "", shown.err, flags=re.M) == ""
    assert_documented(shown.document)
    assert shown.document["ok"] is (code == 0)
    assert user_contents(decay.root) == before
    assert os.listdir(os.environ["TMPDIR"]) == []
    return {entry["id"]: entry for entry in shown.document["entries"]}


def is_running(process: int) -> bool:
    """Whether a process has not ended."""
    try:
        # A process that has ended may wait for somebody to ask how.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
