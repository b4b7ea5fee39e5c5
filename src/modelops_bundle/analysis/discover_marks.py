"""Which outputs and scenarios the attributes of a class are marked with.

A marking decorator leaves a note on the function and gives the function back. Decorators above it
can keep the note, lose it, or be anyone's guess; that is decided here, decorator by decorator,
from the inside out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.discover_match import Match, Matcher, one_text
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.scope import Assigned, Scope, innermost
from modelops_bundle.analysis.values import (
    Call,
    Class,
    External,
    Function,
    Point,
    Unknown,
    Value,
    Values,
)
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Unresolved

#: Decorators that give the function back, or one with the same attributes.
_KEEPING = frozenset(
    {
        "abc.abstractmethod",
        "functools.cache",
        "functools.lru_cache",
        "typing.final",
        "typing.no_type_check",
        "typing.override",
        "typing_extensions.final",
        "typing_extensions.override",
    }
)
#: Decorators whose result is not callable on the class, so that it is never registered.
_HIDING = frozenset({"builtins.classmethod", "builtins.property", "functools.cached_property"})
_PROPERTY_PARTS = frozenset({"setter", "getter", "deleter"})

Mark = str | Unresolved


@dataclass(frozen=True, slots=True)
class Marked:
    """What one attribute would be registered as.

    Attributes:
        marks: One per alternative of the attribute that is certain to exist; None where it is
            not marked.
    """

    marks: tuple[Mark | None, ...]

    def settled(self, name: str, location: Location) -> Mark | None:
        """The mark that all alternatives agree on, or why there is none."""
        found = dict.fromkeys(self.marks)
        if len(found) == 1:
            return next(iter(found))
        texts = sorted({mark for mark in found if isinstance(mark, str)})
        candidates = {c for m in found if isinstance(m, Unresolved) for c in m.candidates}
        return Unresolved(
            expression=name,
            reason="it depends on which definition is in force",
            location=location,
            candidates=tuple(sorted({*texts, *candidates})),
        )


class Marks:
    """Reads the marks of one kind (outputs, or scenarios)."""

    def __init__(
        self,
        resolver: Resolver,
        matcher: Matcher,
        decorators: tuple[str, ...],
        others: tuple[str, ...],
    ) -> None:
        self._resolver = resolver
        self._matcher = matcher
        self._decorators = decorators
        self._others = others
        self._held: dict[Class, dict[str, Mark | None]] = {}

    def of_class(self, cls: Class) -> dict[str, Mark]:
        """Attribute name -> mark, of the class body alone, in source order."""
        found: dict[str, Mark] = {}
        for name, mark in self.attributes(cls).items():
            if mark is not None:
                found[name] = mark
        return found

    def attributes(self, cls: Class) -> dict[str, Mark | None]:
        """Attribute name -> mark or None, of everything that the class body binds."""
        if not self._decorators:
            return {}
        held = self._held.get(cls)
        if held is None:
            held = self._held[cls] = self._read(cls)
        return held

    def _read(self, cls: Class) -> dict[str, Mark | None]:
        found: dict[str, Mark | None] = {}
        by_hand = self._by_hand(cls)
        for name in self._resolver.names.defined(cls.body):
            kept, certain = self._resolver.names.definitions(cls.body, name)
            if not kept:
                continue
            values = self._resolver.classes.own_attribute(cls, name)
            marks = [self._mark(value, by_hand, cls) for value in values]
            if not certain:
                marks.append(None)
            where = Location(cls.path, _line(values, cls))
            found[name] = Marked(tuple(marks)).settled(name, where)
        return found

    def _mark(self, value: Value, by_hand: dict[Value, Mark], cls: Class) -> Mark | None:
        if isinstance(value, Function):
            if value in by_hand:
                return by_hand[value]
            return self._of_function(value, read=value.point.scope is not cls.body)
        if isinstance(value, Call):
            for function in self._marked_by(value):
                if function in by_hand:
                    return by_hand[function]
            return self._applied(value)
        return None

    def _marked_by(self, call: Call) -> Values:
        """What a marking decorator is applied to by hand, as far as it is known."""
        inner = [one for one in call.functions if isinstance(one, Call)]
        if any(self._matcher.calls(one, self._decorators) is not Match.NONE for one in inner):
            return self._resolver.arguments(call).get("", 0) or ()
        return ()

    def _by_hand(self, cls: Class) -> dict[Value, Mark]:
        """The marks that calls in a class body leave on functions that have names of their own.

        The mark is on the function itself, under whichever names the class has it.
        """
        found: dict[Value, Mark] = {}
        plain = {one.value for one in cls.node.body if isinstance(one, ast.Assign)}
        for binding in _assigned(cls.body):
            for value in self._resolver.evaluate(binding.value, Point(cls.body, binding.at)):
                for function in self._marked_by(value) if isinstance(value, Call) else ():
                    mark = self._applied(value) if isinstance(value, Call) else None
                    if binding.value not in plain or mark is None:
                        reason = "it may be marked by hand"
                        point = Point(cls.body, binding.at)
                        mark = self._unsure(mark, binding.value, point, reason)
                    if isinstance(function, Function):
                        found[function] = mark
        return found

    def _of_function(self, function: Function, *, read: bool = False) -> Mark | None:
        """The mark that its decorators leave; `read` where it is taken from another class."""
        mark: Mark | None = None
        if isinstance(function.node, ast.Lambda):
            return None
        for decorator in reversed(function.node.decorator_list):
            before, mark = mark, self._decorated(mark, decorator, function.point)
            if read and before is not None and mark is None:
                # Read through its class, a class method is a method that shows its marks.
                mark = self._unsure(before, decorator, function.point, "it may show its mark")
        return mark

    def _decorated(self, mark: Mark | None, decorator: ast.expr, point: Point) -> Mark | None:
        values = self._resolver.evaluate(decorator, point)
        marking = [self._matcher.calls(value, self._decorators) for value in values]
        if all(match is Match.ALL for match in marking):
            return self._named(values, decorator, point)
        if any(match is not Match.NONE for match in marking):
            return self._unsure(mark, decorator, point, "it may be another decorator")
        if all(self._keeps(value) for value in values):
            return mark
        if isinstance(decorator, ast.Attribute) and decorator.attr in _PROPERTY_PARTS:
            return None
        if all(isinstance(value, External) and value.name in _HIDING for value in values):
            return None
        if mark is not None:
            return self._unsure(mark, decorator, point, "a decorator above it may hide it")
        if any(self._may_mark(value) for value in values):
            return self._unsure(mark, decorator, point, "the decorator may mark it")
        return None

    def _keeps(self, value: Value) -> bool:
        """Whether a decorator, or what a call of it gives, leaves marks alone."""
        if isinstance(value, External):
            return value.name in _KEEPING
        if isinstance(value, Call):
            if self._matcher.calls(value, self._others) is Match.ALL:
                return True
            return all(isinstance(f, External) and f.name in _KEEPING for f in value.functions)
        return isinstance(value, Function) and self._gives_back(value)

    def _gives_back(self, function: Function) -> bool:
        """Whether a decorator of the project returns what it is given, or a copy of its marks.

        That is: each of its returns is its first parameter, or a nested function under
        `functools.wraps` of it.
        """
        node = function.node
        if isinstance(node, ast.Lambda) or node.decorator_list or not node.args.args:
            return False
        first = node.args.args[0].arg
        if self._uses_decorators(function) or not isinstance(node.body[-1], ast.Return):
            return False
        keeping = {first}
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                self._wraps(decorator, first, function) for decorator in statement.decorator_list
            ):
                keeping.add(statement.name)
        for one in _own_nodes(node):
            if isinstance(one, ast.Name) and one.id in keeping and isinstance(one.ctx, ast.Store):
                return False
            if isinstance(one, ast.Return) and not (
                isinstance(one.value, ast.Name) and one.value.id in keeping
            ):
                return False
        return True

    def _wraps(self, decorator: ast.expr, first: str, function: Function) -> bool:
        if not isinstance(decorator, ast.Call) or len(decorator.args) != 1 or decorator.keywords:
            return False
        argument = decorator.args[0]
        module = Point(function.point.scope.module)
        return (
            isinstance(argument, ast.Name)
            and argument.id == first
            and self._resolver.evaluate(decorator.func, module) == (External("functools.wraps"),)
        )

    def _may_mark(self, value: Value) -> bool:
        """Whether code of the project behind a decorator might use a marking decorator."""
        if isinstance(value, Unknown):
            return True
        if isinstance(value, Call):
            given = self._resolver.arguments(value)
            handed = (*given.positional, *given.named.values())
            return any(self._may_mark(function) for function in value.functions) or any(
                self._matcher.match(values, self._decorators) is not Match.NONE for values in handed
            )
        return isinstance(value, Function | Class) and self._uses_decorators(value)

    def _uses_decorators(self, code: Function | Class) -> bool:
        scope = code.point.scope.module
        for node in ast.walk(code.node):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                values = self._resolver.evaluate(node, Point(scope))
                if self._matcher.match(values, self._decorators) is not Match.NONE:
                    return True
        return False

    def _applied(self, call: Call) -> Mark | None:
        """A marking decorator that is called by hand: `name = decorator("x")(function)`."""
        inner = [one for one in call.functions if isinstance(one, Call)]
        point = call.point
        if inner and len(inner) == len(call.functions):
            matches = {self._matcher.calls(one, self._decorators) for one in inner}
            if matches == {Match.ALL}:
                return self._named(tuple(inner), call.node.func, point)
            if matches != {Match.NONE}:
                return self._unsure(None, call.node, point, "it may be another decorator")
        given = self._resolver.arguments(call)
        others = [self._matcher.calls(one, self._others) for one in inner]
        if others and len(inner) == len(call.functions) and set(others) == {Match.ALL}:
            marked = given.get("", 0) or ()
            if all(isinstance(one, Function) and not self._of_function(one) for one in marked):
                return None
        handed = (value for one in (*given.positional, *given.named.values()) for value in one)
        made = all(isinstance(one, Class) or _is_constructor(one) for one in call.functions)
        passed = not made and any(isinstance(one, Function | Class | Unknown) for one in handed)
        if passed or any(self._may_mark(one) for one in call.functions):
            return self._unsure(None, call.node, point, "the call may mark it")
        return None

    def _named(self, values: Values, node: ast.expr, point: Point) -> Mark:
        texts: list[Value] = []
        where = Location(point.scope.path, node.lineno)
        expression = self._resolver.names.unknown(node, point, "").expression
        for value in values:
            if isinstance(value, Call):
                given = self._resolver.arguments(value).get("name", 0)
                if given is None:
                    reason = "the decorator is called without a name"
                    return Unresolved(expression=expression, reason=reason, location=where)
                texts += given
        return one_text(tuple(dict.fromkeys(texts)), expression, where)

    def _unsure(self, mark: Mark | None, node: ast.expr, point: Point, reason: str) -> Unresolved:
        unknown = self._resolver.names.unknown(node, point, reason)
        candidates: tuple[str, ...] = ()
        if isinstance(mark, str):
            candidates = (mark,)
        elif isinstance(mark, Unresolved):
            candidates = mark.candidates
        return Unresolved(
            expression=unknown.expression,
            reason=reason,
            location=unknown.location,
            candidates=candidates,
        )


def _is_constructor(value: Value) -> bool:
    """Whether it is a class outside the project, by its name: what it makes has no marks."""
    return isinstance(value, External) and value.name.rpartition(".")[2][:1].isupper()


def _assigned(scope: Scope) -> list[Assigned]:
    """Calls that a class body assigns to names, in order."""
    bindings = {
        innermost(one): None
        for _, versions in scope.history.values()
        for version in versions
        for one in version
    }
    found = [
        one for one in bindings if isinstance(one, Assigned) and isinstance(one.value, ast.Call)
    ]
    return sorted(found, key=lambda one: one.at)


def _line(values: Values, cls: Class) -> int:
    lines = [value.line for value in values if isinstance(value, Function | Class)]
    return min(lines, default=cls.line)


def _own_nodes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Nodes of a function's body without those of functions and classes in it."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
