"""Whether a Python version is one that `requires-python` admits (PEP 440, "Version specifiers")."""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"\s*(~=|==|!=|<=|>=|<|>|===)\s*(\d+(?:\.\d+)*)(\.\*)?\s*")


def admits(specifier: str, version: str) -> bool | None:
    """Whether the version satisfies every clause; None where one is not understood.

    Args:
        specifier: Such as `>=3.11,<3.14`.
        version: A released one, such as `3.12.1`.
    """
    have = tuple(int(part) for part in version.split(".") if part.isdigit())
    outcome: bool | None = True
    for clause in filter(None, (part.strip() for part in specifier.split(","))):
        found = _CLAUSE.fullmatch(clause)
        if found is None or not have:
            outcome = None
            continue
        wanted = tuple(int(part) for part in found[2].split("."))
        if not _satisfies(have, found[1], wanted, prefix=found[3] is not None):
            return False
    return outcome


def _satisfies(
    have: tuple[int, ...], operator: str, wanted: tuple[int, ...], *, prefix: bool
) -> bool:
    if operator == "~=":
        return have >= wanted and have[: len(wanted) - 1] == wanted[:-1]
    length = len(wanted) if prefix else max(len(have), len(wanted))
    left = (*have, *(0,) * length)[:length]
    right = (*wanted, *(0,) * length)[:length]
    return {
        "==": left == right,
        "===": left == right,
        "!=": left != right,
        "<=": left <= right,
        ">=": left >= right,
        "<": left < right,
        ">": left > right,
    }[operator]
