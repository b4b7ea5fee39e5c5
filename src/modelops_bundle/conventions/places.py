"""Where in the text of a `pyproject.toml` a key of a table stands."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"' -]+?)\s*=")


def line_of(text: str, table: str, key: str = "") -> int:
    """The 1-based line of a key, of the table's header where the key is not found, or 0.

    Args:
        text: The document.
        table: Its dotted name, such as `tool.modelops-bundle.conventions.simkit`.
        key: A key of the table, or "".
    """
    current, header = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        found = _HEADER.match(line)
        if found is not None:
            current = _plain(found[1])
            if current == table:
                header = number
                if not key:
                    return number
            continue
        named = _KEY.match(line)
        if named is None:
            continue
        whole = f"{current}.{_plain(named[1])}"
        if whole == f"{table}.{key}" if key else whole == table:
            return number
        if key and whole == table:
            # `simkit = { … }`: the table is on this line.
            return number
    return header


def _plain(dotted: str) -> str:
    """A dotted name without quotes and blanks."""
    return ".".join(part.strip().strip("\"'") for part in dotted.split("."))
