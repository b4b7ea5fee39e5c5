"""Whether what a name was bound to is still what it stands for where it is used."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.resolve_modules import Evaluate, LoadedModules
from modelops_bundle.analysis.resolve_outside import Outside
from modelops_bundle.analysis.scope import Imported, Scope
from modelops_bundle.analysis.scope_effects import Effects, effects_of
from modelops_bundle.analysis.values import (
    Call,
    External,
    Module,
    Point,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    union,
)
from modelops_bundle.core.findings import Location

#: Functions outside the project that change a container they are given.
_CHANGING = frozenset({"random.shuffle", "numpy.random.shuffle", "heapq", "bisect"})


class Steadiness:
    """Widens values by what the code around them may do to them."""

    def __init__(self, modules: LoadedModules, outside: Outside, evaluate: Evaluate) -> None:
        self._modules = modules
        self._outside = outside
        self._evaluate = evaluate
        self._functions: dict[Scope, Effects] = {}

    def add_function(self, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Know the effects of a function's own code on its own names."""
        self._functions[scope] = effects_of(node)

    def effects(self, scope: Scope) -> Effects:
        """What the code of a scope's module, or of its function, may change."""
        own = self._functions.get(scope)
        if own is not None:
            return own
        loaded = self._modules.get(scope.path)
        return loaded.effects if loaded is not None else Effects()

    def name_effects(self, scope: Scope) -> Effects:
        """Those of them that concern what names are bound to."""
        own = self._functions.get(scope)
        if own is not None:
            return own
        loaded = self._modules.get(scope.path)
        return loaded.name_effects if loaded is not None else Effects()

    def widened(self, values: Values, name: str, scope: Scope) -> Values:
        effects = self.name_effects(scope)
        extra: list[Unknown] = []
        line = effects.rebound.get(name, 0)
        if line:
            extra.append(Unknown(name, "also bound elsewhere", Location(scope.path, line)))
        if effects.dynamic and not all(isinstance(v, External | Module) for v in values):
            where = Location(scope.path, effects.dynamic)
            extra.append(Unknown(name, "names of this file are written by other means", where))
        kept = tuple(self.steady(value, name, scope) for value in values)
        return union((*kept, *extra)) if extra or kept != values else values

    def steady(self, value: Value, name: str, scope: Scope) -> Value:
        """The value itself, or unknown if it is a container that may be changed in place.

        Args:
            value: What was found.
            name: The name under which it was reached; `.name` for an attribute.
            scope: Where that name is used.
        """
        if not _mutable(value):
            return value
        effects = self.effects(scope)
        line = effects.changed.get(name, 0)
        if not line and name in effects.leaked and _nested_mutable(value):
            line = effects.leaked[name]
        if not line:
            handed = effects.handed.get(name, ())
            line = next((one.lineno for one in handed if self._may_change(one, scope)), 0)
        if not line:
            return value
        return Unknown(name, "may be changed in place", Location(scope.path, line))

    def _may_change(self, function: ast.expr, scope: Scope) -> bool:
        """Whether a called function may change a container it is given: one of the project may."""
        if isinstance(function, ast.Name) and scope.module.rebinds(function.id):
            return True
        point = Point(scope.module)
        if isinstance(function, ast.Attribute):
            # A method of something made outside the project, such as a logger.
            made = self._evaluate(function.value, point)
            if all(isinstance(one, Call) and _outside(one.functions) for one in made):
                return False
        return not _outside(self._evaluate(function, point))

    def steady_elsewhere(self, value: Value, name: str) -> Value:
        """The value, or unknown if another file that takes part may change the container.

        Args:
            value: What a module or class binds to the name.
            name: The name there.
        """
        if not _mutable(value):
            return value
        for file in self._outside.files(name):
            loaded = self._modules.get(file)
            if loaded is None:
                continue
            for local in ("." + name, *_imported_as(loaded.scope, name)):
                value = self.steady(value, local, loaded.scope)
        return value


def _imported_as(scope: Scope, name: str) -> list[str]:
    """Names under which a module takes a name from another."""
    return [
        local
        for local, (_, versions) in scope.history.items()
        if any(
            isinstance(one, Imported) and one.name == name
            for bindings in versions
            for one in bindings
        )
    ]


def _mutable(value: Value) -> bool:
    if isinstance(value, Table):
        return True
    if isinstance(value, Sequence):
        return value.kind != "tuple" or _nested_mutable(value)
    return False


def _nested_mutable(value: Value) -> bool:
    if isinstance(value, Table):
        return any(_mutable(one) for _, values in value.items for one in values)
    if isinstance(value, Sequence):
        return any(_mutable(one) for values in value.elements for one in values)
    return False


def _outside(functions: Values) -> bool:
    """Whether all are from outside the project and leave their arguments alone."""
    return all(
        isinstance(one, External)
        and one.name not in _CHANGING
        and one.name.partition(".")[0] not in _CHANGING
        for one in functions
    )
