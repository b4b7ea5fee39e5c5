"""Calls of the project's functions, followed into their bodies; classes made by `type(…)`."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.resolve_budget import HOP, Budget
from modelops_bundle.analysis.resolve_calls import Calls
from modelops_bundle.analysis.resolve_modules import Evaluate
from modelops_bundle.analysis.resolve_names import Names
from modelops_bundle.analysis.scope import END, Given, Scope, ScopeKind
from modelops_bundle.analysis.values import (
    Call,
    Class,
    Constant,
    Function,
    Point,
    Sequence,
    Table,
    Values,
    text_of,
    union,
)

#: The most calls of one question whose bodies are walked, and the longest such body.
_MAX_CALLS = 256
_MAX_STATEMENTS = 60

_Key = tuple[Function, tuple[tuple[str, Values], ...], int]


class Followed:
    """Follows calls; what a call gives is kept for as long as the question lasts."""

    def __init__(self, names: Names, calls: Calls, evaluate: Evaluate, budget: Budget) -> None:
        self._names = names
        self._calls = calls
        self._evaluate = evaluate
        self._budget = budget
        self._scopes: dict[_Key, Scope] = {}
        self._walkable: dict[Function, bool] = {}

    def call(
        self, function: Function, node: ast.Call, point: Point, bound: Call | None
    ) -> Values | None:
        """What a call gives, None where the body is not followed."""
        if not self._can_walk(function):
            return None
        local = self._calls.bound_to(function, node, point, bound)
        if local is None:
            return None
        return self.given(function, local, point, (point.scope.path, node.lineno, node.col_offset))

    def given(
        self, function: Function, local: dict[str, Values], point: Point, place: tuple[object, ...]
    ) -> Values | None:
        """What a function gives for these arguments.

        Args:
            function: Of the project.
            local: Its parameters.
            point: Where it is called.
            place: What tells this call from others, beside the arguments.
        """
        if not self._can_walk(function) or not self._budget.enter(HOP):
            return None
        try:
            scope = self._scope(function, local, point, place)
            if scope is None:
                return None
            values = [
                value
                for one in scope.returns
                for value in (
                    self._evaluate(one.value, Point(scope, one.at))
                    if one.value is not None
                    else (Constant.of(None),)
                )
            ]
            if scope.open_end or not values:
                values.append(Constant.of(None))
            return union(values)
        finally:
            self._budget.leave(HOP)

    def _scope(
        self, function: Function, local: dict[str, Values], point: Point, place: tuple[object, ...]
    ) -> Scope | None:
        around = function.point.scope
        # A function sees its module as it is when it is called.
        same = point.scope.module is around.module and around.kind is ScopeKind.MODULE
        at = point.at if same and point.scope.kind is not ScopeKind.FUNCTION else END
        key = (function, tuple(local.items()), at)
        known = self._scopes.get(key)
        if known is None:
            if len(self._scopes) >= _MAX_CALLS:
                return None
            instance = (*around.instance, *place, at, *local.items())
            known = self._scopes[key] = self._names.called_scope(function, local, at, instance)
        return known

    def _can_walk(self, function: Function) -> bool:
        known = self._walkable.get(function)
        if known is None:
            known = self._walkable[function] = _walkable(function)
        return known and function not in self._calls.named and not function.point.local

    def made(self, node: ast.Call, point: Point) -> Class | None:
        """The class that `type(name, bases, namespace)` makes; None where it is not spelt out."""
        if len(node.args) != 3 or node.keywords:
            return None
        names, bases, namespaces = (self._evaluate(one, point) for one in node.args)
        name = text_of(names[0]) if len(names) == 1 else None
        base, namespace = bases[0], namespaces[0]
        if (
            name is None
            or not isinstance(base, Sequence)
            or not isinstance(namespace, Table)
            or base.missing
            or namespace.missing
            or len(bases) + len(namespaces) != 2
        ):
            return None
        path, instance = point.scope.path, ("type", node.lineno, node.col_offset, point.local)
        body = Scope(ScopeKind.CLASS, path, name, point.scope, point.at, instance=instance)
        for keys, values in namespace.items:
            key = text_of(keys[0]) if len(keys) == 1 else None
            if key is None:
                return None
            body.record(key, point.at, (Given(values),))
        written = ast.copy_location(ast.ClassDef(name, [], [], [], []), node)
        made = (*point.scope.instance, *instance)
        return Class(
            path, name, node.lineno, point.at, written, body, point, made, tuple(base.elements)
        )


def _walkable(function: Function) -> bool:
    node = function.node
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return False
    pending: list[ast.AST] = list(node.body)
    statements = 0
    while pending:
        one = pending.pop()
        statements += isinstance(one, ast.stmt)
        if isinstance(one, ast.Yield | ast.YieldFrom | ast.Await | ast.Global | ast.Nonlocal):
            return False
        if isinstance(one, ast.While | ast.Try) or statements > _MAX_STATEMENTS:
            return False
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(one))
    return True
