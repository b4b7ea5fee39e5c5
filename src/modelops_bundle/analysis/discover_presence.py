"""Whether a symbol that is defined under a test is there when its file has run."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.scope import END, Binding, Fallback, Guarded, Scope, Unbound
from modelops_bundle.analysis.values import Call, Constant, External, Point, Value, truth
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import ListFact, ModelFacts, TargetFacts, Unresolved


class Presence:
    """Tells symbols that may never be made from those that some environments have."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def doubt(self, name: str, scope: Scope) -> Unresolved | None:
        """Why a name that a scope defines may not be there; None where it is.

        A test of what is outside the project (the environment, a version, a platform), or one
        whose outcomes are known to be both, says that there are runs with the symbol: then it
        counts as there, and the facts are those that it has in these runs.
        """
        _, certain = self._resolver.names.definitions(scope, name)
        if certain:
            return None
        bindings, _ = scope.bindings(name, END)
        for binding in bindings:
            test = self._open_test(binding, scope)
            if test is not None:
                unknown = self._resolver.names.unknown(test, Point(scope), "")
                return Unresolved(
                    expression=unknown.expression,
                    reason=f"whether {name} is defined depends on it",
                    location=Location(scope.path, test.lineno),
                )
        return None

    def _open_test(self, binding: Binding, scope: Scope) -> ast.expr | None:
        """The test that may leave a name unbound and cannot be told."""
        found: ast.expr | None = None
        while isinstance(binding, Guarded | Fallback):
            if isinstance(binding, Guarded):
                point = Point(scope, binding.at)
                values = self._resolver.evaluate(binding.test, point)
                outcome = truth(values)
                if outcome is (not binding.expected):
                    return None
                both = all(truth((value,)) is not None for value in values)
                if outcome is None and not both and not self._is_outside(binding.test, point):
                    found = found or binding.test
            binding = binding.binding
        return found if isinstance(binding, Unbound) else None

    def _is_outside(self, test: ast.expr, point: Point) -> bool:
        leaves: set[str] = set()
        outside = self._outside(test, point, leaves)
        return outside and any(not name.startswith("builtins.") for name in leaves)

    def _outside(self, node: ast.expr, point: Point, leaves: set[str]) -> bool:
        """Whether an expression is made of literals and of what is outside the project alone."""
        if isinstance(node, ast.Name | ast.Attribute | ast.Call):
            values = self._resolver.evaluate(node, point)
            if all(self._comes_from_outside(value, leaves) for value in values):
                return True
            if isinstance(node, ast.Name):
                return False
        return all(self._outside(one, point, leaves) for one in _parts(node))

    def _comes_from_outside(self, value: Value, leaves: set[str]) -> bool:
        if isinstance(value, External):
            leaves.add(value.name)
        if isinstance(value, Call):
            return all(isinstance(one, External) for one in value.functions) and all(
                self._outside(one, value.point, leaves) for one in _parts(value.node)
            )
        return isinstance(value, Constant | External)


def _parts(node: ast.expr) -> Iterable[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.keyword):
            yield child.value
        elif isinstance(child, ast.expr):
            yield child


def with_doubt(facts: ModelFacts | TargetFacts, doubt: Unresolved) -> ModelFacts | TargetFacts:
    """The facts of a symbol that may not be there: what it puts out is open, and says why."""
    if isinstance(facts, ModelFacts):
        values = facts.outputs.values
        told = replace(doubt, candidates=tuple(sorted(values)))
        return replace(facts, outputs=ListFact((), (*facts.outputs.unresolved, told)))
    output = facts.model_output
    if isinstance(output, Unresolved):
        return facts
    candidates = (output,) if output is not None else ()
    return replace(facts, model_output=replace(doubt, candidates=candidates))
