"""What a target function states: its decorator's arguments, and the target that it returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.discover_match import Match, Matcher, one_text
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.scope_locals import is_parameter, local_names
from modelops_bundle.analysis.values import (
    Call,
    FilePath,
    Function,
    Point,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    shown,
    text_of,
    union,
)
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import ListFact, TargetFacts, Unresolved

_MAX_DEPTH = 6
_NOTHING = ast.Lambda(
    ast.arguments([], [], None, [], [], None, []), ast.Constant(None), lineno=1, col_offset=0
)
_Output = str | Unresolved | None


@dataclass(frozen=True, slots=True)
class _Decorated:
    """What the decorator says; `sure` is False where it may be another decorator."""

    output: _Output
    data: ListFact | None
    sure: bool


class TargetReader:
    """Reads target functions of one convention."""

    def __init__(self, resolver: Resolver, matcher: Matcher, convention: Convention) -> None:
        self._resolver = resolver
        self._matcher = matcher
        self._convention = convention

    def read(self, value: Value) -> TargetFacts | None:
        """The facts of a function, None where it is no target.

        A function is one if it is decorated as one, or if it returns the framework's target with
        an output that does not depend on its own parameters (else it is a factory), and does not
        start with an underscore.
        """
        if isinstance(value, Call):
            return self._applied(value)
        if not isinstance(value, Function) or isinstance(value.node, ast.Lambda):
            return None
        function, node = value, value.node
        decorated = self._decoration(function)
        if decorated is None:
            if node.name.startswith("_"):
                return None
            output = self._body_output(function, factory=True)
            return None if output is None else TargetFacts(model_output=output)
        body = self._body_output(function, factory=False)
        output = decorated.output if decorated.output is not None else body
        if not decorated.sure and isinstance(output, str):
            where = Location(function.path, function.line)
            output = Unresolved(
                expression=node.name,
                reason="it may be another decorator",
                location=where,
                candidates=(output,),
            )
        agreed = isinstance(body, str) and decorated.output is not None
        return TargetFacts(
            model_output=output,
            data=decorated.data,
            body_output=body if agreed and isinstance(body, str) else None,
        )

    def _decoration(self, function: Function) -> _Decorated | None:
        """What the outermost of the convention's decorators says, None without one."""
        names = self._convention.target_decorators
        if not names or isinstance(function.node, ast.Lambda):
            return None
        for decorator in function.node.decorator_list:
            values = self._resolver.evaluate(decorator, function.point)
            bare = self._matcher.match(values, names)
            if bare is Match.ALL:
                return _Decorated(None, None, sure=True)
            called = [self._matcher.calls(value, names) for value in values]
            if all(match is Match.NONE for match in called):
                if bare is Match.SOME:
                    return _Decorated(None, None, sure=False)
                continue
            sure = all(match is Match.ALL for match in called)
            calls = [value for value in values if isinstance(value, Call)]
            return self._metadata(calls, decorator, function, sure)
        return None

    def _applied(self, call: Call) -> TargetFacts | None:
        """A decorator that is called by hand: `name = decorator(…)(function)`."""
        names = self._convention.target_decorators
        inner = [one for one in call.functions if isinstance(one, Call)]
        called = [self._matcher.calls(one, names) for one in inner]
        if not inner or len(inner) != len(call.functions) or set(called) != {Match.ALL}:
            return None
        functions = self._resolver.arguments(call).get("", 0) or ()
        given = functions[0] if len(functions) == 1 else None
        if not isinstance(given, Function):
            given = Function(call.path, "", call.line, call.at, _NOTHING, call.point)
        decorated = self._metadata(inner, call.node.func, given, sure=True)
        output = decorated.output
        if output is None:
            output = self._body_output(given, factory=False)
        return TargetFacts(model_output=output, data=decorated.data)

    def _metadata(
        self, calls: list[Call], decorator: ast.expr, function: Function, sure: bool
    ) -> _Decorated:
        convention = self._convention
        outputs: list[Value] = []
        data: list[Value] = []
        for call in calls:
            given = self._resolver.arguments(call)
            outputs += given.get(convention.output_argument) or ()
            data += given.get(convention.data_argument) or ()
        where = Location(function.path, decorator.lineno)
        output: _Output = None
        if outputs:
            text = self._argument_text(calls, convention.output_argument, decorator, function)
            output = one_text(union(outputs), text, where)
        paths = self._paths(union(data), decorator, function) if data else None
        return _Decorated(output, paths, sure)

    def _argument_text(
        self, calls: list[Call], keyword: str, decorator: ast.expr, function: Function
    ) -> str:
        """Source of a keyword argument, or of the whole decorator."""
        for call in calls:
            for one in call.node.keywords:
                if one.arg == keyword:
                    return self._resolver.names.unknown(one.value, call.point, "").expression
        return self._resolver.names.unknown(decorator, function.point, "").expression

    def _paths(self, values: Values, decorator: ast.expr, function: Function) -> ListFact:
        found: dict[str, None] = {}
        unresolved: dict[Unresolved, None] = {}
        where = Location(function.path, decorator.lineno)
        if len(values) > 1:
            candidates = sorted({text for value in values for text in _texts_in(value, 0)})
            reason = "several values are possible"
            expression = self._convention.data_argument
            unresolved[
                Unresolved(
                    expression=expression,
                    reason=reason,
                    location=where,
                    candidates=tuple(candidates),
                )
            ] = None
            return ListFact((), tuple(unresolved))
        for path in self._flattened(values, where, 0):
            if isinstance(path, str):
                found[path] = None
            else:
                unresolved[path] = None
        return ListFact(tuple(found), tuple(unresolved))

    def _flattened(self, values: Values, where: Location, depth: int) -> Iterator[str | Unresolved]:
        """Paths in a mapping, a list or a single value; `None` gives none."""
        value = values[0]
        if len(values) == 1 and depth < _MAX_DEPTH and isinstance(value, Sequence | Table):
            below = (
                value.elements
                if isinstance(value, Sequence)
                else tuple(item for _, item in _last_items(value))
            )
            for element in below:
                yield from self._flattened(element, where, depth + 1)
            for missing in value.missing:
                yield Unresolved(
                    expression=missing.expression,
                    reason=missing.reason,
                    location=missing.location,
                )
        elif shown(value) != "None" or len(values) > 1:
            expression = shown(value) if len(values) == 1 else self._convention.data_argument
            yield one_text(values, expression, where)

    def _body_output(self, function: Function, *, factory: bool) -> _Output:
        """The output of the targets that the function returns; None where it returns none."""
        node = function.node
        if isinstance(node, ast.Lambda) or not self._might_construct(function):
            return None
        scope = self._resolver.names.function_scope(function)
        if scope is None:
            return None
        outputs: list[Value] = []
        place: ast.expr | None = None
        for returned in scope.returns:
            if returned.value is None:
                continue
            point = Point(scope, returned.at)
            for value in self._resolver.evaluate(returned.value, point):
                if not isinstance(value, Call):
                    continue
                match = self._matcher.calls(value, self._convention.target_constructors)
                if match is Match.NONE:
                    continue
                given = self._resolver.arguments(value).get(
                    self._convention.output_argument, self._convention.output_position
                )
                if given is None:
                    continue
                outputs += given
                place = place or value.node
        if place is None:
            return None
        if self._sets_output(node):
            reason = f"{self._convention.output_argument} is set after the target was made"
            outputs.append(self._resolver.names.unknown(place, function.point, reason))
        if factory and any(_is_parameter(value, node) for value in outputs):
            return None
        where = Location(function.path, place.lineno)
        expression = self._resolver.names.unknown(place, function.point, "").expression
        return one_text(union(outputs), expression, where)

    def _might_construct(self, function: Function) -> bool:
        """Whether the body calls a constructor with an output: cheap, before scopes are built."""
        node = function.node
        names = self._convention.target_constructors
        if not names or isinstance(node, ast.Lambda):
            return False
        calls = [
            call
            for statement in node.body
            for call in ast.walk(statement)
            if isinstance(call, ast.Call) and self._may_name_output(call)
        ]
        calls += (
            one.value
            for statement in node.body
            for one in ast.walk(statement)
            if isinstance(one, ast.Return) and isinstance(one.value, ast.Call)
        )
        if not calls:
            return False
        local = local_names(node)
        module = Point(function.point.scope.module)
        for call in calls:
            root = call.func
            while isinstance(root, ast.Attribute):
                root = root.value
            if not isinstance(root, ast.Name) or is_parameter(root.id, (node,)):
                continue
            if root.id in local:
                return True
            values = self._resolver.evaluate(call.func, module)
            if self._matcher.match(values, names) is not Match.NONE:
                return True
            if any(isinstance(value, Function) and self._hands_on(value) for value in values):
                return True
        return False

    def _hands_on(self, function: Function) -> bool:
        """Whether what a function of the project returns may be a target that it makes."""
        names = self._convention.target_constructors
        module = Point(function.point.scope.module)
        return any(
            self._matcher.match(self._resolver.evaluate(one.func, module), names) is not Match.NONE
            for one in ast.walk(function.node)
            if isinstance(one, ast.Call) and self._may_name_output(one)
        )

    def _may_name_output(self, call: ast.Call) -> bool:
        keyword, position = self._convention.output_argument, self._convention.output_position
        return (
            0 <= position < len(call.args)
            or any(one.arg in (keyword, None) for one in call.keywords)
            or any(isinstance(one, ast.Starred) for one in call.args)
        )

    def _sets_output(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        wanted = self._convention.output_argument
        return any(
            isinstance(one, ast.Attribute)
            and one.attr == wanted
            and not isinstance(one.ctx, ast.Load)
            for one in ast.walk(node)
        )


def _is_parameter(value: Value, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return (
        isinstance(value, Unknown)
        and value.reason == "parameter"
        and value.expression in local_names(node)
    )


def _last_items(table: Table) -> list[tuple[Values, Values]]:
    """Items that are not replaced by a later one with the same key."""
    return list({keys: (keys, values) for keys, values in table.items}.values())


def _texts_in(value: Value, depth: int) -> Iterator[str]:
    text = value.text if isinstance(value, FilePath) else text_of(value)
    if text is not None:
        yield text
    elif depth < _MAX_DEPTH and isinstance(value, Sequence | Table):
        groups = (
            value.elements
            if isinstance(value, Sequence)
            else tuple(item for _, item in value.items)
        )
        for alternatives in groups:
            for one in alternatives:
                yield from _texts_in(one, depth + 1)
