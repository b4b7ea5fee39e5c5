"""Lists, tuples, sets and dicts as they are spelt out, and comprehensions over them."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.resolve_calls import iterated
from modelops_bundle.analysis.resolve_modules import Evaluate
from modelops_bundle.analysis.resolve_names import Names
from modelops_bundle.analysis.resolve_operators import sliced
from modelops_bundle.analysis.values import (
    MAX_WEIGHT,
    Constant,
    Point,
    Sequence,
    Table,
    Unknown,
    Values,
    truth,
    union,
    unknowns,
    weight,
)

#: The most rounds of a comprehension that are followed.
_MAX_ROUNDS = 512


class Containers:
    """Evaluates displays and comprehensions."""

    def __init__(self, names: Names, evaluate: Evaluate) -> None:
        self._names = names
        self._evaluate = evaluate

    def display(self, node: ast.List | ast.Tuple | ast.Set, point: Point) -> Values:
        """A list, tuple or set, `*` taken apart."""
        elements: list[Values] = []
        missing: list[Unknown] = []
        for element in node.elts:
            if not isinstance(element, ast.Starred):
                elements.append(self._evaluate(element, point))
                continue
            values = self._evaluate(element.value, point)
            known = iterated(values[0]) if len(values) == 1 else None
            if known is not None:
                elements += known
            elif len(values) == 1 and isinstance(values[0], Sequence):
                elements += values[0].elements
                missing += values[0].missing
            else:
                missing += unknowns(values) or (
                    self._names.unknown(element.value, point, "what is unpacked is unknown"),
                )
        return self._sequence(type(node).__name__.lower(), elements, missing, node, point)

    def _sequence(
        self,
        kind: str,
        elements: list[Values],
        missing: list[Unknown],
        node: ast.expr,
        point: Point,
    ) -> Values:
        size = weight(elements)
        if size > MAX_WEIGHT:
            return (self._names.unknown(node, point, "too large"),)
        return (Sequence(kind, tuple(elements), tuple(missing), size),)

    def sliced(self, bases: Values, cut: ast.Slice, node: ast.Subscript, point: Point) -> Values:
        """`base[lower:upper:step]` with whole numbers."""
        bounds: list[int | None] = []
        for part in (cut.lower, cut.upper, cut.step):
            values = self._evaluate(part, point) if part is not None else (Constant.of(None),)
            number = values[0].value if isinstance(values[0], Constant) else ""
            whole = number is None or type(number) is int
            if len(values) != 1 or not whole or (part is cut.step and number == 0):
                return (self._names.unknown(node, point, "the slice is not known"),)
            bounds.append(number if type(number) is int else None)
        unknown = self._names.unknown(node, point, "what is sliced is not known")
        return union(
            base if isinstance(base, Unknown) else sliced(base, slice(*bounds)) or unknown
            for base in bases
        )

    def table(self, node: ast.Dict, point: Point) -> Values:
        """A dict, `**` taken apart."""
        items: list[tuple[Values, Values]] = []
        missing: list[Unknown] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                items.append((self._evaluate(key, point), self._evaluate(value, point)))
                continue
            values = self._evaluate(value, point)
            if len(values) == 1 and isinstance(values[0], Table):
                items += values[0].items
                missing += values[0].missing
            else:
                missing.append(self._names.unknown(value, point, "what is unpacked is unknown"))
        size = weight(values for item in items for values in item)
        if size > MAX_WEIGHT:
            return (self._names.unknown(node, point, "too large"),)
        return (Table(tuple(items), tuple(missing), size),)

    def comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        point: Point,
    ) -> Values:
        """A comprehension over something spelt out; a generator counts as the list it gives."""
        rounds = self._rounds(node, point)
        if isinstance(rounds, Unknown):
            return (rounds,)
        if isinstance(node, ast.DictComp):
            items = tuple(
                (self._evaluate(node.key, one), self._evaluate(node.value, one)) for one in rounds
            )
            return (Table(items, (), weight(values for item in items for values in item)),)
        kind = "set" if isinstance(node, ast.SetComp) else "list"
        return self._sequence(
            kind, [self._evaluate(node.elt, one) for one in rounds], [], node, point
        )

    def _rounds(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        point: Point,
    ) -> list[Point] | Unknown:
        """The points at which a comprehension's element is evaluated, in order."""
        rounds = [point]
        for number, generator in enumerate(node.generators):
            below: list[Point] = []
            for one in rounds:
                # Only the first iterable is evaluated in the scope around.
                values = self._evaluate(generator.iter, one)
                known = iterated(values[0]) if len(values) == 1 else None
                if known is None or generator.is_async or len(below) + len(known) > _MAX_ROUNDS:
                    return self._names.unknown(generator.iter, point, "what it loops over is open")
                for element in known:
                    local = _bound(generator.target, element)
                    if local is None:
                        return self._names.unknown(generator.iter, point, "elements do not fit")
                    inner = Point(one.scope, one.at, (*one.local, *local), inner=True)
                    kept = [truth(self._evaluate(test, inner)) for test in generator.ifs]
                    if None in kept:
                        return self._names.unknown(node, point, f"condition {number + 1} is open")
                    if all(kept):
                        below.append(inner)
            rounds = below
        return rounds


def _bound(target: ast.expr, values: Values) -> list[tuple[str, Values]] | None:
    """Names that a comprehension's target gives to one element; None if it does not fit."""
    if isinstance(target, ast.Name):
        return [(target.id, values)]
    if not isinstance(target, ast.Tuple | ast.List) or len(values) != 1:
        return None
    parts = iterated(values[0])
    if parts is None or len(parts) != len(target.elts):
        return None
    if isinstance(values[0], Sequence) and values[0].kind == "set":
        return None
    found: list[tuple[str, Values]] = []
    for element, part in zip(target.elts, parts, strict=True):
        below = _bound(element, part)
        if below is None:
            return None
        found += below
    return found
