"""Walks the statements of a module, class or function and records who binds which name when.

The walk follows Python's order of execution: arms of `if` keep their test, `try`, `with`, `match`
and loops join what may have happened, code after `return` or `raise` is not reached.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from modelops_bundle.analysis.bindings_imports import RelativeNames, imported
from modelops_bundle.analysis.bindings_loops import Round, rounds_of
from modelops_bundle.analysis.bindings_state import (
    Bindings,
    Clock,
    Outcome,
    Steady,
    catches_import_errors,
)
from modelops_bundle.analysis.bindings_writes import NAMESPACE_WORDS, namespace_writes
from modelops_bundle.analysis.scope import (
    MAX_BINDINGS,
    NOTHING,
    UNBOUND,
    Assigned,
    Augmented,
    Binding,
    Defined,
    Fallback,
    Guarded,
    Looped,
    Opaque,
    Returned,
    Scope,
    ScopeKind,
    StarImport,
    Unbound,
    Written,
    innermost,
)
from modelops_bundle.analysis.scope_targets import (
    bound_below,
    captured_names,
    stored_names,
    unpacked,
)

#: Statements nested deeper than this are not followed.
MAX_NESTING = 30


class Walk:
    """Walks the statements of one scope; class bodies in it get walks of their own."""

    def __init__(
        self,
        scope: Scope,
        absolute: RelativeNames,
        clock: Clock,
        steady: Steady,
        outer: Walk | None = None,
    ) -> None:
        self._scope = scope
        self._absolute = absolute
        self._clock = clock
        self._steady = steady
        self._outer = outer
        #: How many constructs that may not run, or run again, are around.
        self._unsure = 0
        self._current: dict[str, Bindings] = {}
        self._journal: list[tuple[str, Bindings, Bindings]] = []
        self._dead = False
        self._nesting = 0

    def statements(self, body: Iterable[ast.stmt]) -> None:
        """Walk statements in order, as far as they are reached."""
        for statement in body:
            if self._dead:
                return
            self._statement(statement)

    @property
    def dead(self) -> bool:
        """Whether the end is not reached."""
        return self._dead

    def bind(self, name: str, *bindings: Binding) -> None:
        """From here on the name has one of these bindings."""
        if name in self._scope.global_names:
            return
        before = self._current.get(name, NOTHING)
        if len(bindings) > MAX_BINDINGS:
            bindings = (Opaque("bound in too many places", 0, name),)
        self._current[name] = bindings
        self._journal.append((name, before, bindings))
        self._scope.record(name, self._clock.tick(), bindings)

    def _statement(self, node: ast.stmt) -> None:
        at = self._clock.tick()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.bind(node.name, Defined(node, at))
            case ast.ClassDef():
                self.bind(node.name, Defined(node, at, self._class_body(node, at)))
            case ast.Expr():
                self._write(node, at)
            case ast.Assign():
                self._write(node, at)
                for target in node.targets:
                    self._assign(target, node.value, at)
            case ast.AnnAssign(value=ast.expr() as value):
                self._assign(node.target, value, at)
            case ast.AugAssign(target=ast.Name(id=name)):
                self.bind(name, Augmented(node, self._current.get(name, NOTHING), at))
            case ast.Delete():
                for name in stored_names(node):
                    self.bind(name, UNBOUND)
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.Global():
                if self._scope.kind is not ScopeKind.MODULE:
                    self._scope.global_names.update(node.names)
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                self._leave(node, at)
            case _:
                self._compound(node, at)

    def _leave(self, node: ast.stmt, at: int) -> None:
        if isinstance(node, ast.Return):
            self._scope.returns.append(Returned(node.value, node.lineno, at))
        self._dead = True

    def _compound(self, node: ast.stmt, at: int) -> None:
        if self._nesting >= MAX_NESTING:
            for name in bound_below([node]):
                self.bind(name, Opaque("bound in deeply nested code", node.lineno, name))
            if NAMESPACE_WORDS & {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}:
                self._scope.writes.append(Written(None, None, at, False, node.lineno))
            return
        self._nesting += 1
        self._unsure += 1
        match node:
            case ast.If():
                self._if(node, at)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._loop(node, at)
            case ast.Try():
                self._try(node)
            case ast.With() | ast.AsyncWith():
                self._with(node)
            case ast.Match():
                self._match(node)
            case _:
                # `try … except*` and `type X = …` do not exist in all versions of `ast`.
                if type(node).__name__ == "TryStar":
                    self._try(node)
                elif type(node).__name__ == "TypeAlias":
                    for name in stored_names(node):
                        self.bind(name, Opaque("type alias", node.lineno, name))
        self._nesting -= 1
        self._unsure -= 1

    def _write(self, node: ast.Assign | ast.Expr, at: int) -> None:
        """Note what a statement writes into the namespace as a dictionary."""
        for key, value in namespace_writes(node, self._scope.kind):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and value is not None:
                self.bind(key.value, Assigned(value, at))
            else:
                written = Written(key, value, self._clock.tick(), not self._unsure, node.lineno)
                self._scope.writes.append(written)

    def _class_body(self, node: ast.ClassDef, at: int) -> Scope:
        name = self._scope.qualify(node.name)
        body = Scope(
            ScopeKind.CLASS,
            self._scope.path,
            name,
            self._scope,
            at,
            instance=self._scope.instance,
        )
        if self._nesting >= MAX_NESTING:
            for inner in bound_below(node.body):
                body.record(inner, at, (Opaque("bound in deeply nested code", node.lineno, inner),))
            return body
        walk = Walk(body, self._absolute, self._clock, self._steady, self)
        walk._nesting = self._nesting + 1
        walk.statements(node.body)
        for inner in sorted(body.global_names):
            self._module_rebound(inner, node)
        return body

    def _module_rebound(self, name: str, node: ast.ClassDef) -> None:
        # `global` in a class body; the effects scan widens the name for the whole module.
        if self._scope.kind is ScopeKind.MODULE:
            self.bind(name, Opaque("bound by a class body", node.lineno, name))

    def _assign(self, target: ast.expr, value: ast.expr, at: int) -> None:
        for name, unpack, lengths in unpacked(target):
            if unpack is None:
                self.bind(name, Opaque("bound by starred unpacking", target.lineno, name))
            else:
                self.bind(name, Assigned(value, at, unpack, lengths))

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, binding in imported(node, self._absolute):
            if isinstance(binding, str):
                star = StarImport(binding, self._clock.tick(), False, node.lineno)
                self._scope.stars.append(star)
            else:
                self.bind(name, binding)

    def _block(
        self, body: Iterable[ast.stmt], prepare: Callable[[], None] | None = None
    ) -> Outcome:
        """Walk a block and put everything back as it was before it."""
        mark, stars, dead = len(self._journal), len(self._scope.stars), self._dead
        if prepare is not None:
            prepare()
        self.statements(body)
        outcome = Outcome(dead=self._dead, stars=self._scope.stars[stars:])
        for star in outcome.stars:
            star.until = min(star.until, self._clock.tick())
        before: dict[str, Bindings] = {}
        for name, previous, bindings in self._journal[mark:]:
            before.setdefault(name, previous)
            outcome.made.setdefault(name, []).extend(bindings)
        for name, previous in before.items():
            outcome.changed[name] = self._current[name]
            self._current[name] = previous
            self._scope.record(name, self._clock.tick(), previous)
        # What was made stays in the journal: enclosing blocks need to know of it.
        self._dead = dead
        return outcome

    def _join(self, outcomes: list[Outcome], guard: tuple[ast.expr, int] | None = None) -> None:
        """Go on with whatever one of these blocks has left behind.

        Args:
            outcomes: Alternatives, of which exactly one happened; with a guard the first is the
                one where the test holds, the second the one where it does not.
            guard: The test and where it stands.
        """
        live = [(index, outcome) for index, outcome in enumerate(outcomes) if not outcome.dead]
        if not live:
            self._dead = True
        names = dict.fromkeys(name for _, outcome in live for name in outcome.changed)
        for name in names:
            alternatives: list[Binding] = []
            for index, outcome in live:
                bindings = outcome.changed.get(name, self._current.get(name, NOTHING))
                if guard is not None and len(live) > 1:
                    test, at = guard
                    alternatives += (Guarded(one, test, index == 0, at) for one in bindings)
                else:
                    alternatives += bindings
            self.bind(name, *dict.fromkeys(alternatives))
        self._repeat_stars(outcome for outcome in outcomes)

    def _repeat_stars(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            for star in outcome.stars:
                at = self._clock.tick()
                self._scope.stars.append(StarImport(star.module, at, True, star.line))

    def _if(self, node: ast.If, at: int) -> None:
        then = self._block(node.body)
        otherwise = self._block(node.orelse)
        self._join([then, otherwise], (node.test, at))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, at: int) -> None:
        rounds = rounds_of(node, at, self._spelt) if isinstance(node, ast.For) else None
        if rounds is not None and self._steady.walks(len(rounds)):
            self._each(node, rounds)
            return
        repeats: set[Binding] = set()

        def next_round() -> None:
            for name in bound_below(node.body):
                again = Opaque("bound again in the next round of a loop", node.lineno, name)
                repeats.add(again)
                self.bind(name, *self._current.get(name, NOTHING), again)
            if not isinstance(node, ast.While):
                self._loop_target(node, at)

        once = self._block(node.body, next_round)
        for name, made in once.made.items():
            # A value of an earlier round is one of those made in the block.
            once.made[name] = [one for one in made if innermost(one) not in repeats]
        self._widen(once)
        after = self._block(node.orelse)
        self._join([after, Outcome()])

    def _each(self, node: ast.stmt, rounds: list[Round]) -> None:
        """Walk a loop whose rounds are known, round by round."""
        assert isinstance(node, ast.For)
        self._unsure -= 1
        for element, at in rounds:
            if not self._dead:
                self._assign(node.target, element, at)
                self.statements(node.body)
        if not self._dead:
            self.statements(node.orelse)
        self._unsure += 1

    def _spelt(self, name: str) -> Round | None:
        """The one expression that a name stands for here."""
        walk: Walk | None = self
        while walk is not None and name not in walk._scope.history:
            walk = walk._outer
        if walk is None:
            return None
        bindings = walk._current.get(name, NOTHING)
        one = bindings[0]
        plain = len(bindings) == 1 and isinstance(one, Assigned) and not one.unpack
        if not plain or not isinstance(one, Assigned) or not self._steady.keeps(name, one.value):
            # Something that is no container, as what a name is called by.
            return (ast.Constant(None), 0)
        if walk is not self and not all(
            isinstance(part, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.expr_context)
            for part in ast.walk(one.value)
        ):
            return (ast.Constant(None), 0)
        return one.value, one.at

    def _loop_target(self, node: ast.For | ast.AsyncFor, at: int) -> None:
        for name, unpack, lengths in unpacked(node.target):
            if unpack is None or isinstance(node, ast.AsyncFor):
                self.bind(name, Opaque("bound by a loop", node.lineno, name))
            else:
                self.bind(name, Looped(node.iter, at, unpack, lengths))

    def _widen(self, outcome: Outcome) -> None:
        """Go on as if the block had been left at any point, or not been entered."""
        for name, made in outcome.made.items():
            before = self._current.get(name, NOTHING)
            self.bind(name, *dict.fromkeys((*before, *made)))
        self._repeat_stars([outcome])

    def _try(self, node: ast.stmt) -> None:
        body: list[ast.stmt] = getattr(node, "body", [])
        handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
        final: list[ast.stmt] = getattr(node, "finalbody", [])
        done = self._block([*body, *getattr(node, "orelse", [])])
        outcomes = [done, *(self._handler(handler, done) for handler in handlers)]
        self._join(outcomes)
        if final:
            dead, self._dead = self._dead, False
            for outcome in outcomes:
                self._widen(outcome)
            self.statements(final)
            self._dead = self._dead or dead

    def _handler(self, handler: ast.ExceptHandler, done: Outcome) -> Outcome:
        def interrupted() -> None:
            for name, made in done.made.items():
                before = self._current.get(name, NOTHING)
                self.bind(name, *dict.fromkeys((*before, *made)))
            if handler.name:
                self.bind(handler.name, Opaque("bound by except", handler.lineno, handler.name))

        outcome = self._block(handler.body, interrupted)
        if handler.name and handler.name in outcome.changed:
            outcome.changed[handler.name] = NOTHING
        if catches_import_errors(handler):
            tried = {binding for made in done.made.values() for binding in made}
            for name, bindings in outcome.changed.items():
                outcome.changed[name] = tuple(
                    one if one in tried or isinstance(one, Unbound) else Fallback(one)
                    for one in bindings
                )
        return outcome

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            for name in stored_names(item.optional_vars) if item.optional_vars else ():
                self.bind(name, Opaque("bound by with", node.lineno, name))
        # The context manager may swallow an exception: the body may have stopped anywhere.
        self._widen(self._block(node.body))

    def _match(self, node: ast.Match) -> None:
        outcomes = []
        for case in node.cases:

            def captured(pattern: ast.pattern = case.pattern, line: int = node.lineno) -> None:
                for name in captured_names(pattern):
                    self.bind(name, Opaque("bound by a pattern", line, name))

            outcomes.append(self._block(case.body, captured))
        self._join([*outcomes, Outcome()])
