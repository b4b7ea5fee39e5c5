"""Lines that are wider than the terminal, broken at blanks: no word, path or digest is cut."""

from __future__ import annotations

import re

from modelops_bundle.cli.render.layout import cells

#: A terminal narrower than this breaks lines where it likes.
_NARROWEST = 20
#: What is left for a text beside its label, or it goes below it.
_ROOM = 24
_TREE = re.compile(r"((?:\|   |    )*)([|`])-- ")
_LABEL = re.compile(r" *(?:error|warning|help|hint|note|Next|Fix): | {2,}[^ ]+(?: [^ ]+)? {2,}")
#: An arrow stays with what it leads to.
_WORD = re.compile(r"(?:-> )?[^ ]+")
_CELL = re.compile(r"( *)((?:[^ ]| (?! ))+)")


class Verbatim(str):
    """A line for programs, or of a source: it is never broken."""

    __slots__ = ()


def reflowed(line: str, columns: int) -> list[str]:
    """The line, or several where it is too wide for the terminal.

    What stands apart by several blanks, as the cells of a table do, goes to a line of its own
    before it is broken itself. A word that is wider than the terminal stays whole.

    Args:
        line: As it will be shown, without colour.
        columns: Width of the terminal.
    """
    if columns < _NARROWEST or cells(line) <= columns:
        return [line]
    rest = _continuation(line, columns)
    lines: list[str] = []
    current, empty = "", True
    for gap, text in _CELL.findall(line):
        if not empty and cells(current) + len(gap) + cells(text) > columns:
            whole = cells(rest) + cells(text) <= columns
            if whole:
                lines.append(current)
                current, empty, gap = rest, True, ""
        for at, word in enumerate(_WORD.findall(text)):
            between = gap if at == 0 else " "
            if not empty and cells(current) + len(between) + cells(word) > columns:
                lines.append(current)
                current, between = rest, ""
            current += between + word
            empty = False
    return [*lines, current]


def _continuation(line: str, columns: int) -> str:
    """What further lines begin with: below the text of a label, or of a branch of a tree."""
    branch = _TREE.match(line)
    if branch:
        stem = "|   " if branch[2] == "|" else "    "
        return f"{branch[1]}{stem}    "
    indent = len(line) - len(line.lstrip(" "))
    label = _LABEL.match(line)
    start = label.end() if label else 0
    places = [indent + 4 if indent else 2, indent, 2]
    if label and columns - start >= _ROOM:
        places.insert(0, start)
    widest = max(map(cells, line[start:].split(" ")))
    fitting = (place for place in places if place + widest <= columns)
    return " " * next(fitting, places[-1])
