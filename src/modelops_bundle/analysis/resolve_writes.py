"""Names that code writes into a namespace as a dictionary, with keys that it computes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modelops_bundle.analysis.resolve_modules import Evaluate
from modelops_bundle.analysis.scope import END, Assigned, Scope, Written
from modelops_bundle.analysis.values import Point, text_of


class Writes:
    """Evaluates the keys of such writes, once for each scope."""

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._keys: dict[Scope, dict[Written, frozenset[str] | None]] = {}
        self._bound: dict[Written, Assigned] = {}

    def names(self, scope: Scope) -> list[str]:
        """Names that are, or may be, written, in order of execution."""
        keys = self._of(scope).values() if scope.writes else ()
        return list(dict.fromkeys(name for texts in keys for name in sorted(texts or ())))

    def unclear(self, scope: Scope) -> int:
        """The line of a write to a name that cannot be told, or 0."""
        if not scope.writes:
            return 0
        keys = self._of(scope)
        return next((one.line for one, texts in keys.items() if texts is None), 0)

    def bindings(
        self, scope: Scope, name: str, after: int, until: int = END
    ) -> Iterator[tuple[Assigned, bool]]:
        """Writes to a name between two positions, latest first, and whether each is certain."""
        if not scope.writes:
            return
        keys = self._of(scope)
        for one in reversed(scope.writes):
            texts = keys.get(one)
            if one.value is not None and after < one.at <= until and texts and name in texts:
                yield self._assigned(one), one.sure and len(texts) == 1

    def _assigned(self, one: Written) -> Assigned:
        known = self._bound.get(one)
        if known is None:
            assert one.value is not None
            known = self._bound[one] = Assigned(one.value, one.at)
        return known

    def _of(self, scope: Scope) -> dict[Written, frozenset[str] | None]:
        known = self._keys.get(scope)
        if known is None:
            # While the keys are looked at none of the names in them is taken to be written.
            self._keys[scope] = {}
            known = {one: self._texts(one, scope) for one in scope.writes}
            written = {name for texts in known.values() for name in texts or ()}
            used = {
                node.id
                for one in scope.writes
                for node in (ast.walk(one.key) if one.key is not None else ())
                if isinstance(node, ast.Name)
            }
            if written & used:
                known = dict.fromkeys(known, None)
            self._keys[scope] = known
        return known

    def _texts(self, one: Written, scope: Scope) -> frozenset[str] | None:
        if one.key is None or one.value is None:
            return None
        texts = [text_of(value) for value in self._evaluate(one.key, Point(scope, one.at))]
        return None if None in texts else frozenset(text for text in texts if text is not None)
