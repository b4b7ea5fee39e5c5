"""Colour on finished lines: nothing is said by colour alone, and taking it off loses nothing."""

from __future__ import annotations

RED, GREEN, YELLOW, CYAN, BOLD, DIM = "31", "32", "33", "36", "1", "2"

_BY_SYMBOL = {"!": RED, ">": CYAN, "~": YELLOW, "+": GREEN, "-": RED, "=": DIM}
_BY_START = (
    ("In sync", GREEN),
    ("Registry is stale", RED),
    ("Registry conflict", RED),
    ("Preflight Errors:", RED),
    ("Preflight Warnings:", YELLOW),
    ("Next:", BOLD),
    ("Plan", BOLD),
    ("Nothing written", RED),
    ("Nothing uploaded", RED),
)


def paint(line: str) -> str:
    """The line, with colour where its beginning asks for one."""
    if line[:2] == "  " and line[3:4] == " " and line[2:3] in _BY_SYMBOL:
        return f"  {_painted(line[2], _BY_SYMBOL[line[2]])}{line[3:]}"
    for start, colour in _BY_START:
        if line.startswith(start):
            return _painted(line, colour)
    return line


def _painted(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m"
