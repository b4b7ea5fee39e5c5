"""Operators on values that are spelt out in the code."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.resolve_text import joined, percent_formatted
from modelops_bundle.analysis.values import (
    MAX_TEXT_LENGTH,
    MAX_WEIGHT,
    Class,
    Constant,
    ConstantValue,
    FilePath,
    Function,
    Member,
    Module,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    text_of,
    truth,
    union,
    weight,
)
from modelops_bundle.core.findings import Location

_MAX_INTEGER = 1 << 62


def binary(op: ast.operator, left: Value, right: Value, place: Location) -> Value | None:
    """`left op right`, None where it is not known. An unknown operand is the result."""
    for operand in (left, right):
        if isinstance(operand, Unknown):
            return operand
    if isinstance(left, FilePath) and isinstance(op, ast.Div):
        return _below(left, right)
    if isinstance(op, ast.Add) and isinstance(left, Sequence) and isinstance(right, Sequence):
        if left.kind != right.kind or left.kind == "set":
            return None
        missing = (*left.missing, *right.missing)
        size = left.weight + right.weight
        if size > MAX_WEIGHT:
            return None
        return Sequence(left.kind, (*left.elements, *right.elements), missing, size)
    if isinstance(op, ast.BitOr) and isinstance(left, Table) and isinstance(right, Table):
        size = left.weight + right.weight
        if size > MAX_WEIGHT:
            return None
        return Table((*left.items, *right.items), (*left.missing, *right.missing), size)
    text = _text(op, left, right)
    if text is not None:
        return Constant.of(text, place)
    if isinstance(left, Constant) and isinstance(right, Constant):
        number = _number(op, left.value, right.value)
        return Constant.of(number, place) if number is not None else None
    return None


def _below(path: FilePath, part: Value) -> FilePath | None:
    text = part.text if isinstance(part, FilePath) else text_of(part)
    if text is None:
        return None
    if text.startswith("/") or path.text == ".":
        return FilePath(text)
    return FilePath(f"{path.text.rstrip('/')}/{text}")


def _text(op: ast.operator, left: Value, right: Value) -> str | None:
    base = text_of(left)
    if base is None:
        return None
    other = text_of(right)
    if isinstance(op, ast.Add) and other is not None:
        return joined("", [base, other])
    if isinstance(op, ast.Mult) and isinstance(right, Constant) and type(right.value) is int:
        count = right.value
        return base * count if count * len(base) <= MAX_TEXT_LENGTH else None
    if isinstance(op, ast.Mod):
        if isinstance(right, Sequence) and right.kind == "tuple" and not right.missing:
            parts = [one[0] for one in right.elements if len(one) == 1]
            if len(parts) != len(right.elements):
                return None
        else:
            parts = [right]
        constants = [part.value for part in parts if isinstance(part, Constant)]
        if len(constants) == len(parts):
            return percent_formatted(base, tuple(constants))
    return None


def _number(op: ast.operator, left: ConstantValue, right: ConstantValue) -> int | None:
    if type(left) is not int or type(right) is not int:
        return None
    if max(abs(left), abs(right)) > _MAX_INTEGER:
        return None
    if isinstance(op, ast.Add):
        return left + right
    if isinstance(op, ast.Sub):
        return left - right
    if isinstance(op, ast.Mult):
        return left * right
    return None


def unary(op: ast.unaryop, value: Value) -> Value | None:
    """`op value`, None where it is not known."""
    if isinstance(op, ast.Not):
        outcome = truth((value,))
        return Constant.of(not outcome) if outcome is not None else None
    if not isinstance(op, ast.USub) or not isinstance(value, Constant):
        return None
    number = value.value
    if type(number) is int or type(number) is float:
        return Constant.of(-number, value.origin)
    return None


def compared(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    """`left op right`, None where it is not known."""
    if isinstance(op, ast.In | ast.NotIn):
        found = _contains(right, left)
        return found if found is None or isinstance(op, ast.In) else not found
    one, other = _comparable(left), _comparable(right)
    if one is None or other is None:
        return _same_definition(op, left, right)
    if isinstance(op, ast.Eq):
        return one.value == other.value
    if isinstance(op, ast.NotEq):
        return one.value != other.value
    if isinstance(op, ast.Is | ast.IsNot):
        # Identity of equal texts or numbers is the interpreter's affair.
        if None not in (one.value, other.value) and not isinstance(one.value, bool):
            return None
        same = one == other
        return same if isinstance(op, ast.Is) else not same
    return _ordered(op, one.value, other.value)


def _ordered(op: ast.cmpop, one: ConstantValue, other: ConstantValue) -> bool | None:
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return None
    if isinstance(op, ast.Lt):
        return one < other
    if isinstance(op, ast.LtE):
        return one <= other
    if isinstance(op, ast.Gt):
        return one > other
    if isinstance(op, ast.GtE):
        return one >= other
    return None


def _same_definition(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    definite = Function | Class | Module | Sequence | Table
    if isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        nothing = Constant.of(None)
        if (left == nothing and isinstance(right, definite)) or (
            right == nothing and isinstance(left, definite)
        ):
            return isinstance(op, ast.IsNot | ast.NotEq)
    return None


def _comparable(value: Value) -> Constant | None:
    if isinstance(value, Constant):
        return value
    if isinstance(value, Member) and value.text:
        text = text_of(value)
        return Constant.of(text) if text is not None else None
    return None


def _contains(container: Value, element: Value) -> bool | None:
    wanted = _comparable(element)
    if wanted is None:
        return None
    text = text_of(container)
    if text is not None and isinstance(wanted.value, str):
        return wanted.value in text
    if isinstance(container, Table):
        groups = [key for key, _ in container.items]
    elif isinstance(container, Sequence):
        groups = list(container.elements)
    else:
        return None
    if container.missing:
        return None
    for alternatives in groups:
        constants = [_comparable(one) for one in alternatives]
        if len(constants) != 1 or constants[0] is None:
            return None
        if constants[0].value == wanted.value:
            return True
    return False


def sliced(base: Value, cut: slice) -> Value | None:
    """`base[cut]`, None where it is not known."""
    if isinstance(base, Sequence) and base.kind != "set" and not base.missing:
        elements = base.elements[cut]
        return Sequence(base.kind, elements, (), weight(elements))
    text = text_of(base)
    return Constant.of(text[cut]) if text is not None else None


def subscripted(base: Value, key: Value) -> Values | None:
    """`base[key]`, None where it is not known or would fail."""
    if isinstance(base, Sequence) and isinstance(key, Constant):
        position = key.value
        if base.kind == "set" or base.missing or type(position) is not int:
            return None
        if -len(base.elements) <= position < len(base.elements):
            return base.elements[position]
        return None
    if isinstance(base, Table):
        return _item(base, key)
    text = text_of(base)
    if text is None or not isinstance(key, Constant) or type(key.value) is not int:
        return None
    inside = -len(text) <= key.value < len(text)
    return (Constant.of(text[key.value]),) if inside else None


def _item(table: Table, key: Value) -> Values | None:
    wanted = _hashable(key)
    if wanted is None:
        return None
    if table.missing:
        return (table.missing[0],)
    found: list[Value] = []
    # The last item with the key counts; a key that is not certain may or may not be it.
    for keys, values in reversed(table.items):
        known = [_hashable(one) for one in keys]
        if wanted in known:
            found += values
            if len(known) == 1:
                return union(found)
        elif None in known:
            return None
    return None


def _hashable(value: Value) -> object:
    """What a key is looked up by, None where that is not known."""
    constant = _comparable(value)
    if constant is not None:
        return constant
    if isinstance(value, Member):
        return (value.owner, value.name)
    if isinstance(value, Sequence) and value.kind == "tuple" and not value.missing:
        parts = [_hashable(one[0]) if len(one) == 1 else None for one in value.elements]
        return tuple(parts) if None not in parts else None
    return None
