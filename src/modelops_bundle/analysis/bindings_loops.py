"""Loops over what the code spells out: their rounds, so that each can be walked on its own."""

from __future__ import annotations

import ast
from collections.abc import Callable

#: A round's element, and the position at which it is evaluated.
Round = tuple[ast.expr, int]
#: What a name stands for at this point if that is one expression, and where that was evaluated.
Spelt = Callable[[str], Round | None]

#: The most rounds of one loop that are walked one by one.
MAX_ROUNDS = 64
_MAX_DEPTH = 6


def rounds_of(node: ast.For, at: int, spelt: Spelt) -> list[Round] | None:
    """The elements of a loop in order, None where they are not spelt out or a round may be cut off.

    Args:
        node: The loop.
        at: Its position.
        spelt: Looks up names.
    """
    if _jumps(node.body):
        return None
    found = _elements(node.iter, at, spelt, 0)
    return found if found is not None and len(found) <= MAX_ROUNDS else None


def _jumps(body: list[ast.stmt]) -> bool:
    """Whether `break` or `continue` may leave a round early."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Break | ast.Continue):
            return True
        inner = ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, inner | ast.ClassDef):
            continue
        pending += [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.expr)]
    return False


def _elements(node: ast.expr, at: int, spelt: Spelt, depth: int) -> list[Round] | None:
    if depth > _MAX_DEPTH:
        return None
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return _displayed(elements, at, spelt, depth)
        case ast.Dict(keys=keys):
            return None if None in keys else [(key, at) for key in keys if key is not None]
        case ast.Name(id=name):
            found = spelt(name)
            return None if found is None else _elements(*found, spelt, depth + 1)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _called(name, arguments, at, spelt, depth)
        case ast.Call(func=ast.Attribute(value=table, attr=view), args=[], keywords=[]):
            return _viewed(table, view, at, spelt)
    return None


def _displayed(elements: list[ast.expr], at: int, spelt: Spelt, depth: int) -> list[Round] | None:
    found: list[Round] = []
    for element in elements:
        if not isinstance(element, ast.Starred):
            found.append((element, at))
            continue
        below = _elements(element.value, at, spelt, depth + 1)
        if below is None:
            return None
        found += below
    return found


def _called(
    name: str, arguments: list[ast.expr], at: int, spelt: Spelt, depth: int
) -> list[Round] | None:
    if spelt(name) is not None:
        return None
    if name == "range" and 1 <= len(arguments) <= 3:
        numbers = [_number(one) for one in arguments]
        whole = [one for one in numbers if one is not None]
        if len(whole) != len(numbers) or (len(whole) == 3 and whole[2] == 0):
            return None
        counted = range(*whole)
        place = arguments[0]
        if len(counted) > MAX_ROUNDS:
            return None
        return [(ast.copy_location(ast.Constant(one), place), at) for one in counted]
    if name in ("list", "tuple", "reversed", "enumerate") and len(arguments) == 1:
        below = _elements(arguments[0], at, spelt, depth + 1)
        if below is None or name in ("list", "tuple"):
            return below
        if name == "reversed":
            return below[::-1]
        return [
            (_pair(ast.copy_location(ast.Constant(index), one), one), where)
            for index, (one, where) in enumerate(below)
        ]
    if name == "zip" and len(arguments) == 2:
        first, second = (_elements(one, at, spelt, depth + 1) for one in arguments)
        if first is None or second is None:
            return None
        both = list(zip(first, second, strict=False))
        if any(here != there for (_, here), (_, there) in both):
            return None
        return [(_pair(one, other), here) for (one, here), (other, _) in both]
    return None


def _viewed(table: ast.expr, view: str, at: int, spelt: Spelt) -> list[Round] | None:
    if isinstance(table, ast.Name):
        found = spelt(table.id)
        if found is None:
            return None
        table, at = found
    if not isinstance(table, ast.Dict) or None in table.keys:
        return None
    keys = [key for key in table.keys if key is not None]
    texts = [key.value if isinstance(key, ast.Constant) else None for key in keys]
    if None in texts or len(set(texts)) != len(texts):
        return None
    if view == "items":
        pairs = zip(keys, table.values, strict=True)
        return [(_pair(key, value), at) for key, value in pairs]
    if view == "keys":
        return [(key, at) for key in keys]
    return [(value, at) for value in table.values] if view == "values" else None


def _pair(one: ast.expr, other: ast.expr) -> ast.Tuple:
    return ast.copy_location(ast.Tuple([one, other], ast.Load()), one)


def _number(node: ast.expr) -> int | None:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    return None
