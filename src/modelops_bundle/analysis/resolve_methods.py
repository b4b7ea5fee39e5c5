"""Methods of text, dicts and sequences that change nothing."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.resolve_calls import Arguments, Calls
from modelops_bundle.analysis.resolve_modules import Evaluate
from modelops_bundle.analysis.resolve_names import Names
from modelops_bundle.analysis.resolve_operators import compared, subscripted
from modelops_bundle.analysis.resolve_text import brace_formatted, call_method, joined
from modelops_bundle.analysis.values import (
    Constant,
    ConstantValue,
    FilePath,
    Member,
    Point,
    Sequence,
    Table,
    Value,
    Values,
    text_of,
    union,
    weight,
)
from modelops_bundle.core.findings import Location


class Methods:
    """Evaluates calls of such methods."""

    def __init__(self, names: Names, calls: Calls, evaluate: Evaluate) -> None:
        self._names = names
        self._calls = calls
        self._evaluate = evaluate

    def call(self, function: ast.Attribute, node: ast.Call, point: Point) -> Values | None:
        """A call of a method of text, a dict or a sequence; None where it is something else."""
        bases = self._evaluate(function.value, point)
        if not all(isinstance(base, Constant | Member | Table | Sequence) for base in bases):
            return None
        given = self._calls.arguments(node, point)
        unknown = self._names.unknown(node, point, "the method is not followed")
        if given.missing is not None or any(len(one) > 1 for one in given.positional):
            return (unknown,)
        first = [values[0] for values in given.positional]
        results: list[Value] = []
        for base in bases:
            if isinstance(base, Table):
                results += self._table_method(base, function.attr, first) or (unknown,)
            elif isinstance(base, Sequence) and function.attr == "copy":
                results.append(base)
            else:
                results.append(self._text_method(base, function.attr, first, given, node, point))
        return union(results)

    def _text_method(
        self,
        base: Value,
        method: str,
        first: list[Value],
        given: Arguments,
        node: ast.Call,
        point: Point,
    ) -> Value:
        unknown = self._names.unknown(node, point, "the method is not followed")
        text = text_of(base)
        if text is None:
            return unknown
        result: str | None = None
        if method == "join" and len(first) == 1 and isinstance(first[0], Sequence):
            parts = [text_of(one[0]) if len(one) == 1 else None for one in first[0].elements]
            if None not in parts and not first[0].missing and first[0].kind != "set":
                result = joined(text, [str(part) for part in parts])
        else:
            plain = _plain(first)
            named = {key: _plain(list(values)) for key, values in given.named.items()}
            if plain is None or any(one is None or len(one) != 1 for one in named.values()):
                return unknown
            if method == "format":
                words = {key: one[0] for key, one in named.items() if one}
                result = brace_formatted(text, plain, words)
            elif not named:
                result = call_method(text, method, plain)
        return (
            Constant.of(result, Location(point.scope.path, node.lineno))
            if result is not None
            else unknown
        )

    @staticmethod
    def _table_method(table: Table, method: str, first: list[Value]) -> Values | None:
        if table.missing:
            return None
        keys = tuple(key for key, _ in table.items)
        match method, len(first):
            case "keys", 0:
                return (Sequence("list", tuple(dict.fromkeys(keys)), (), weight(keys)),)
            case "copy", 0:
                return (table,)
            case (("values" | "items"), 0) if len(set(keys)) == len(keys):
                pairs = tuple(
                    value
                    if method == "values"
                    else (Sequence("tuple", (key, value), (), weight((key, value))),)
                    for key, value in table.items
                )
                return (Sequence("list", pairs, (), weight(pairs)),)
            case "get", (1 | 2):
                default = first[1] if len(first) == 2 else Constant.of(None)
                return subscripted(table, first[0]) or (
                    (default,) if compared(ast.NotIn(), first[0], table) else None
                )
        return None


def formatting(value: Value) -> Constant | None:
    """The constant that formatting a value shows."""
    if isinstance(value, Constant):
        return value
    if isinstance(value, FilePath):
        return Constant.of(value.text)
    if isinstance(value, Member) and value.formats:
        return Constant.of(text_of(value))
    return None


def _plain(values: list[Value]) -> tuple[ConstantValue, ...] | None:
    constants = [formatting(value) for value in values]
    if any(constant is None for constant in constants):
        return None
    return tuple(constant.value for constant in constants if constant is not None)
