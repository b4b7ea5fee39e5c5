"""The scripts that shells load: one file each beside this module, with how to install it."""

from __future__ import annotations

from pathlib import Path


def script_of(shell: str) -> str:
    """The script for `bash`, `zsh` or `fish`."""
    return Path(__file__).with_name(f"mops-bundle.{shell}").read_text(encoding="utf-8")
