"""What an expression of a project may be worth, without running anything.

Every answer is a set of alternatives. What cannot be told is an alternative of its own, so an
answer with one known alternative is a fact.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import product

from modelops_bundle.analysis.resolve_bindings import external
from modelops_bundle.analysis.resolve_budget import Budget
from modelops_bundle.analysis.resolve_by_name import ByName
from modelops_bundle.analysis.resolve_calls import Arguments, Calls
from modelops_bundle.analysis.resolve_classes import Classes
from modelops_bundle.analysis.resolve_containers import Containers
from modelops_bundle.analysis.resolve_followed import Followed
from modelops_bundle.analysis.resolve_methods import Methods, formatting
from modelops_bundle.analysis.resolve_modules import LoadedModules
from modelops_bundle.analysis.resolve_names import Names
from modelops_bundle.analysis.resolve_operators import binary, compared, subscripted, unary
from modelops_bundle.analysis.resolve_outside import Outside
from modelops_bundle.analysis.resolve_text import formatted, joined
from modelops_bundle.analysis.values import (
    MAX_CANDIDATES,
    Call,
    Class,
    Constant,
    External,
    Function,
    Member,
    Module,
    Point,
    Sequence,
    Unknown,
    Value,
    Values,
    text_of,
    truth,
    union,
)
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath

_PARTIAL: Values = (External("functools.partial"),)


class Resolver:
    """Evaluates expressions for one question; what it found out is kept until it is dropped.

    Args:
        modules: The project's files.
        root: The file that the question is about.
        known: Qualified names of frameworks that conventions give a meaning to.
        containers: Constructors outside the project whose first argument can be read back as an
            attribute, with that attribute's name.
        budget: What the question may cost.
    """

    def __init__(
        self,
        modules: LoadedModules,
        root: BundlePath,
        known: frozenset[str] = frozenset(),
        containers: dict[str, str] | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._budget = budget or Budget()
        self._fields = containers or {}
        self.outside = Outside(modules, self.evaluate, root)
        self.names = Names(
            modules, self.outside, self._budget, known, self.evaluate, self._augmented
        )
        spelt_out = self._spelt_out = Containers(self.names, self.evaluate)
        self.classes = Classes(self.names, self.outside, self.evaluate)
        self.calls = Calls(self.names, self.evaluate)
        self.followed = Followed(self.names, self.calls, self.evaluate, self._budget)
        self._by_name = ByName(self.names, self.classes, self.evaluate, self._attribute)
        self._methods = Methods(self.names, self.calls, self.evaluate)
        self._evaluators: dict[type[ast.expr], Callable[..., Values]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.JoinedStr: self._joined_text,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._boolean,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.List: spelt_out.display,
            ast.Tuple: spelt_out.display,
            ast.Set: spelt_out.display,
            ast.Dict: spelt_out.table,
            ast.ListComp: spelt_out.comprehension,
            ast.SetComp: spelt_out.comprehension,
            ast.GeneratorExp: spelt_out.comprehension,
            ast.DictComp: spelt_out.comprehension,
            ast.NamedExpr: self._walrus,
            ast.Lambda: self._lambda,
            ast.Call: self._call,
        }

    def evaluate(self, node: ast.expr, point: Point) -> Values:
        """The alternatives for an expression at a point; never empty."""
        evaluator = self._evaluators.get(type(node))
        if evaluator is None:
            return (self.names.unknown(node, point, "not followed"),)
        if not self._budget.enter():
            # Elsewhere the same expression may be within reach: what led here is not kept.
            self.names.cut = -1
            return (self.names.unknown(node, point, "too deeply nested"),)
        try:
            values = evaluator(node, point)
        finally:
            self._budget.leave()
        if len(values) > MAX_CANDIDATES:
            return (self.names.unknown(node, point, "too many values are possible"),)
        return values

    def arguments(self, call: Call) -> Arguments:
        """The arguments of a call that was not followed."""
        return self.calls.arguments(call.node, call.point, call.bound)

    def _constant(self, node: ast.Constant, point: Point) -> Values:
        value = node.value
        if isinstance(value, str | bytes | bool | int | float | complex) or value is None:
            return (Constant.of(value, _place(node, point)),)
        return (self.names.unknown(node, point, "not a name"),)

    def _name(self, node: ast.Name, point: Point) -> Values:
        return self.names.lookup(node.id, point)

    def _attribute(self, node: ast.Attribute, point: Point) -> Values:
        return union(
            found
            for value in self.evaluate(node.value, point)
            for found in self._attribute_of(value, node, point)
        )

    def _attribute_of(self, value: Value, node: ast.Attribute, point: Point) -> Values:
        name = node.attr
        path = point.scope.path
        match value:
            case Module():
                found = self.names.attribute(value, name, path)
                return tuple(
                    self.names.steadiness.steady(one, "." + name, point.scope) for one in found
                )
            case External():
                return (external(f"{value.name}.{name}"),)
            case Class():
                found = self.classes.attribute(value, name, path)
                return tuple(
                    self.names.steadiness.steady(one, "." + name, point.scope) for one in found
                )
            case Member() if name in ("value", "_value_"):
                return value.value
            case Member() if name in ("name", "_name_"):
                return (Constant.of(value.name, _place(node, point)),)
            case Call():
                return self._field(value, node, point)
            case Unknown():
                return (value,)
        return (self.names.unknown(node, point, "attribute is not followed"),)

    def _steady(self, values: Values, name: str, point: Point) -> Values:
        steadiness = self.names.steadiness
        return tuple(steadiness.steady(value, "." + name, point.scope) for value in values)

    def _field(self, call: Call, node: ast.Attribute, point: Point) -> Values:
        fields = {
            self._fields.get(one.name) if isinstance(one, External) else None
            for one in call.functions
        }
        if fields == {node.attr}:
            content = self.arguments(call).get(node.attr, 0)
            if content is not None and all(isinstance(one, Sequence) for one in content):
                return tuple(
                    Sequence("tuple", one.elements, one.missing, one.weight)
                    for one in content
                    if isinstance(one, Sequence)
                )
        return (self.names.unknown(node, point, "attribute is not followed"),)

    def _subscript(self, node: ast.Subscript, point: Point) -> Values:
        bases = self.evaluate(node.value, point)
        if all(isinstance(base, External | Class) for base in bases):
            found: list[Value] = []
            for base in bases:
                if isinstance(base, Class) and self.classes.is_enum(base):
                    found += self._member_by_name(base, node, point)
                else:
                    # `Base[T]` of a generic class stands for the class.
                    found.append(base)
            return union(found)
        if isinstance(node.slice, ast.Slice):
            return self._spelt_out.sliced(bases, node.slice, node, point)
        keys = self.evaluate(node.slice, point)
        results: list[Value] = []
        for base, key in product(bases, keys):
            if isinstance(base, Unknown):
                results.append(base)
            elif isinstance(key, Unknown):
                results.append(key)
            else:
                picked = subscripted(base, key)
                results += picked or (self.names.unknown(node, point, "no such element known"),)
        return union(results)

    def _member_by_name(self, cls: Class, node: ast.Subscript, point: Point) -> Values:
        names = [text_of(key) for key in self.evaluate(node.slice, point)]
        if None in names:
            return (self.names.unknown(node, point, "no such member known"),)
        return union(
            found
            for name in names
            for found in self.classes.attribute(cls, str(name), point.scope.path)
        )

    def _joined_text(self, node: ast.JoinedStr, point: Point) -> Values:
        parts: list[list[str]] = []
        for piece in node.values:
            if isinstance(piece, ast.Constant):
                parts.append([str(piece.value)])
                continue
            if not isinstance(piece, ast.FormattedValue):
                return (self.names.unknown(node, point, "not followed"),)
            texts = self._formatted(piece, point)
            if texts is None:
                return (self.names.unknown(node, point, "a part of the text is unknown"),)
            parts.append(texts)
        return self._texts(parts, node, point)

    def _formatted(self, piece: ast.FormattedValue, point: Point) -> list[str] | None:
        specs = [""]
        if isinstance(piece.format_spec, ast.JoinedStr):
            found = self._joined_text(piece.format_spec, point)
            texts = [text_of(one) for one in found]
            if None in texts:
                return None
            specs = [str(text) for text in texts]
        conversion = "" if piece.conversion < 0 else chr(piece.conversion)
        results = []
        for value, spec in product(self.evaluate(piece.value, point), specs):
            constant = formatting(value)
            text = formatted(constant.value, conversion, spec) if constant is not None else None
            if text is None:
                return None
            results.append(text)
        return results

    def _texts(self, parts: list[list[str]], node: ast.expr, point: Point) -> Values:
        """Every way of joining one alternative of each part."""
        count = 1
        for part in parts:
            count *= len(part)
            if count > MAX_CANDIDATES:
                return (self.names.unknown(node, point, "too many values are possible"),)
        texts = [joined("", list(choice)) for choice in product(*parts)]
        if any(text is None for text in texts):
            return (self.names.unknown(node, point, "the text is too long"),)
        return union(Constant.of(text, _place(node, point)) for text in texts)

    def _binary(self, node: ast.BinOp, point: Point) -> Values:
        left = self.evaluate(node.left, point)
        right = self.evaluate(node.right, point)
        return self._combined(node.op, left, right, node, point)

    def _combined(
        self, op: ast.operator, left: Values, right: Values, node: ast.expr, point: Point
    ) -> Values:
        if len(left) * len(right) > MAX_CANDIDATES:
            return (self.names.unknown(node, point, "too many values are possible"),)
        results: list[Value] = []
        for one, other in product(left, right):
            value = binary(op, one, other, _place(node, point))
            results.append(value or self.names.unknown(node, point, "operands are not known"))
        return union(results)

    def _augmented(self, node: ast.AugAssign, before: Values, point: Point) -> Values:
        right = self.evaluate(node.value, point)
        if not before:
            return (self.names.unknown(node.value, point, "what is added to is unknown"),)
        return self._combined(node.op, before, right, node.value, point)

    def _unary(self, node: ast.UnaryOp, point: Point) -> Values:
        results: list[Value] = []
        for value in self.evaluate(node.operand, point):
            found = unary(node.op, value)
            results.append(found or self.names.unknown(node, point, "operand is not known"))
        return union(results)

    def _boolean(self, node: ast.BoolOp, point: Point) -> Values:
        wanted = isinstance(node.op, ast.Or)
        results: list[Value] = []
        for operand in node.values:
            values = self.evaluate(operand, point)
            last = operand is node.values[-1]
            # `a or b` is a if a is true; where that is open both are possible.
            results += (one for one in values if last or truth((one,)) is not (not wanted))
            if truth(values) is wanted:
                break
        return union(results) or (self.names.unknown(node, point, "not followed"),)

    def _compare(self, node: ast.Compare, point: Point) -> Values:
        if len(node.ops) == 1:
            left = self.evaluate(node.left, point)
            right = self.evaluate(node.comparators[0], point)
            answers = {compared(node.ops[0], one, other) for one, other in product(left, right)}
            if None not in answers:
                return union(Constant.of(answer) for answer in sorted(map(bool, answers)))
        return (self.names.unknown(node, point, "the comparison is open"),)

    def _choice(self, node: ast.IfExp, point: Point) -> Values:
        outcome = truth(self.evaluate(node.test, point))
        if outcome is not None:
            return self.evaluate(node.body if outcome else node.orelse, point)
        return union((*self.evaluate(node.body, point), *self.evaluate(node.orelse, point)))

    def _walrus(self, node: ast.NamedExpr, point: Point) -> Values:
        return self.evaluate(node.value, point)

    def _lambda(self, node: ast.Lambda, point: Point) -> Values:
        name = point.scope.qualify(f"<lambda>:{node.lineno}:{node.col_offset}")
        return (Function(point.scope.path, name, node.lineno, point.at, node, point),)

    def _call(self, node: ast.Call, point: Point) -> Values:
        if isinstance(node.func, ast.Attribute):
            found = self._methods.call(node.func, node, point)
            if found is not None:
                return found
        results: list[Value] = []
        opaque: dict[Call | None, list[Value]] = {}
        for function, bound in self._called(node.func, point):
            values = self._called_result(function, bound, node, point)
            if values is None:
                opaque.setdefault(bound, []).append(function)
            else:
                results += values
        for bound, functions in opaque.items():
            results.append(_call_of(union(functions), node, point, bound))
        return union(results)

    def _called(self, function: ast.expr, point: Point) -> Iterator[tuple[Value, Call | None]]:
        """What may be called, and the `partial` that it is wrapped in."""
        for value in self.evaluate(function, point):
            if isinstance(value, Call) and value.functions == _PARTIAL and value.bound is None:
                wrapped = self.arguments(value).get("", 0)
                if wrapped is not None and not any(isinstance(one, Unknown) for one in wrapped):
                    yield from ((one, value) for one in wrapped)
                    continue
            yield value, None

    def _called_result(
        self, function: Value, bound: Call | None, node: ast.Call, point: Point
    ) -> Values | None:
        if isinstance(function, External) and bound is None:
            if function.name == "builtins.getattr" and len(node.args) in (2, 3):
                return self._by_name.call(node, point)
            if function.name == "builtins.type" and len(node.args) == 3:
                made = self.followed.made(node, point)
                return (made,) if made is not None else None
            return self.calls.builtin(function, node, point)
        if isinstance(function, Function):
            inlined = self.calls.inlined(function, node, point, bound)
            if inlined is not None:
                return self.evaluate(*inlined)
            return self.followed.call(function, node, point, bound)
        if isinstance(function, Class) and self.classes.is_enum(function):
            return (self.names.unknown(node, point, "the member is computed"),)
        return None


def _call_of(functions: Values, node: ast.Call, point: Point, bound: Call | None) -> Call:
    place = point.scope.path, node.lineno, node.col_offset
    return Call(functions, *place, point.local, point.at, node, point, bound)


def _place(node: ast.expr, point: Point) -> Location:
    return Location(point.scope.path, node.lineno)
