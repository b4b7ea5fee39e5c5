"""What may bind a file's names out of sequence, scanned only where its text says that it may.

It is a part of what `scope_effects` finds, and all that is asked about most files: a file that is
long and only lends a class is not scanned for what is done to containers in it.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from modelops_bundle.analysis.scope_effects import Effects, effects_of
from modelops_bundle.analysis.source import ParsedSource

# Without one of these no statement is among what counts; elsewhere they cost a closer look.
_TELLING = re.compile(r"exec|global|nonlocal|locals|vars|setattr|delattr|:=")


def name_effects_of(source: ParsedSource) -> Effects:
    """The `rebound` and `dynamic` of `effects_of` the file, and nothing else of it."""
    lines = _telling_lines(source.text)
    if not lines:
        return Effects()
    found = effects_of(ast.Module(list(_at(source.tree.body, lines)), []))
    return Effects(rebound=found.rebound, dynamic=found.dynamic)


def _telling_lines(text: str) -> list[int]:
    # Python normalises identifiers: letters that merely look different are the same.
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    lines: list[int] = []
    line, start = 1, 0
    for match in _TELLING.finditer(plain):
        line += plain.count("\n", start, match.start())
        start = match.start()
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def _at(body: Iterable[ast.stmt], lines: Sequence[int]) -> Iterator[ast.stmt]:
    """The statements that stand at one of these lines, in order; of classes the same again."""
    for node in body:
        first = min((node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))))
        place = bisect_left(lines, first)
        if place == len(lines) or lines[place] > (node.end_lineno or node.lineno):
            continue
        if isinstance(node, ast.ClassDef):
            yield ast.ClassDef(**{**vars(node), "body": list(_at(node.body, lines))})
        else:
            yield node
