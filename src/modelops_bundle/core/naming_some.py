"""How a message names the first few of many, and counts the others."""

from __future__ import annotations

from collections.abc import Sequence


def some_of(names: Sequence[str], at_most: int = 5) -> str:
    """`a, b, c`; of more than `at_most`, so many and how many more."""
    rest = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {rest} more" if rest > 0 else "")
