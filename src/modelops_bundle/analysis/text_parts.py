"""The expressions that a text is put together from, whatever the way of writing it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

_PERCENT = re.compile(r"%(?:[sd]|(%))")
#: Stands for a part that cannot be told.
UNKNOWN = ast.Constant(None)


def parts_of(node: ast.expr) -> list[ast.expr]:
    """The parts of `"%s" % x`, `"{}".format(x)`, `".".join([x])` and f-strings, in order.

    What cannot be followed is one part that has no text.
    """
    match node:
        case ast.JoinedStr(values=parts):
            return parts
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
            given = right.elts if isinstance(right, ast.Tuple) else [right]
            return list(_percent(text, given))
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), args=args
        ) if not node.keywords:
            return list(_braces(text, args))
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="join"),
            args=[ast.List(elts=items) | ast.Tuple(elts=items)],
        ):
            return list(_joined(text, items))
        case _:
            return [UNKNOWN]


def _percent(text: str, given: list[ast.expr]) -> Iterator[ast.expr]:
    waiting = iter(given)
    at = 0
    for match in _PERCENT.finditer(text):
        yield ast.Constant(text[at : match.start()])
        yield ast.Constant("%") if match.group(1) else next(waiting, UNKNOWN)
        at = match.end()
    rest = text[at:]
    yield UNKNOWN if "%" in rest else ast.Constant(rest)


def _braces(text: str, given: list[ast.expr]) -> Iterator[ast.expr]:
    try:
        fields = list(Formatter().parse(text))
    except ValueError:
        yield UNKNOWN
        return
    number = 0
    for literal, name, spec, conversion in fields:
        yield ast.Constant(literal)
        if name is None:
            continue
        place = number if name == "" else int(name) if name.isdecimal() else len(given)
        number += 1
        plain = not spec and not conversion and place < len(given)
        yield given[place] if plain else UNKNOWN


def _joined(text: str, items: list[ast.expr]) -> Iterator[ast.expr]:
    for number, item in enumerate(items):
        if number:
            yield ast.Constant(text)
        yield UNKNOWN if isinstance(item, ast.Starred) else item
