"""Walks the statements of a module, class or function and records who binds which name when.

The walk follows Python's order of execution: arms of `if` keep their test, `try`, `with`, `match`
and loops join what may have happened, code after `return` or `raise` is not reached.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

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
    Imported,
    Looped,
    Opaque,
    Returned,
    Scope,
    ScopeKind,
    StarImport,
    Unbound,
)
from modelops_bundle.analysis.scope_targets import (
    bound_below,
    captured_names,
    stored_names,
    unpacked,
)
from modelops_bundle.core.paths import BundlePath

_Bindings = tuple[Binding, ...]
#: Absolute module name of `from …module import`, or None where it leaves its package.
RelativeNames = Callable[[int, str | None], str | None]

#: Statements nested deeper than this are not followed.
MAX_NESTING = 30

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def module_scope(path: BundlePath, tree: ast.Module, absolute: RelativeNames) -> Scope:
    """The scope of a module, with those of the classes in it.

    Args:
        path: The file.
        tree: Its syntax tree.
        absolute: Resolves relative imports.
    """
    scope = Scope(ScopeKind.MODULE, path)
    _Walk(scope, absolute, _Clock()).statements(tree.body)
    return scope


def function_scope(
    parent: Scope,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    absolute: RelativeNames,
    *,
    parent_at: int,
) -> Scope:
    """The scope of a function's body; its parameters are `Opaque`."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
    scope = Scope(
        ScopeKind.FUNCTION,
        parent.path,
        parent.qualify(node.name),
        parent,
        parent_at,
        frozenset(argument.arg for argument in named),
    )
    walk = _Walk(scope, absolute, _Clock())
    for argument in named:
        walk.bind(argument.arg, Opaque("parameter", argument.lineno, argument.arg))
    walk.statements(node.body)
    return scope


@dataclass(slots=True)
class _Clock:
    now: int = 0

    def tick(self) -> int:
        self.now += 1
        return self.now


@dataclass(slots=True)
class _Outcome:
    """What a block of statements did.

    Attributes:
        changed: Names with their bindings at its end.
        made: All bindings made on the way.
        stars: Star imports in it.
        dead: Its end is not reached.
    """

    changed: dict[str, _Bindings] = field(default_factory=dict)
    made: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[StarImport] = field(default_factory=list)
    dead: bool = False


class _Walk:
    def __init__(self, scope: Scope, absolute: RelativeNames, clock: _Clock) -> None:
        self._scope = scope
        self._absolute = absolute
        self._clock = clock
        self._current: dict[str, _Bindings] = {}
        self._journal: list[tuple[str, _Bindings, _Bindings]] = []
        self._dead = False
        self._nesting = 0

    def statements(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            if self._dead:
                return
            self._statement(statement)

    def bind(self, name: str, *bindings: Binding) -> None:
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
            case ast.Assign():
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
                self._import(node, at)
            case ast.Global():
                if self._scope.kind is not ScopeKind.MODULE:
                    self._scope.global_names.update(node.names)
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                if isinstance(node, ast.Return):
                    self._scope.returns.append(Returned(node.value, node.lineno, at))
                self._dead = True
            case _:
                self._compound(node, at)

    def _compound(self, node: ast.stmt, at: int) -> None:
        if self._nesting >= MAX_NESTING:
            for name in bound_below([node]):
                self.bind(name, Opaque("bound in deeply nested code", node.lineno, name))
            return
        self._nesting += 1
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

    def _class_body(self, node: ast.ClassDef, at: int) -> Scope:
        name = self._scope.qualify(node.name)
        body = Scope(ScopeKind.CLASS, self._scope.path, name, self._scope, at)
        if self._nesting >= MAX_NESTING:
            for inner in bound_below(node.body):
                body.record(inner, at, (Opaque("bound in deeply nested code", node.lineno, inner),))
            return body
        walk = _Walk(body, self._absolute, self._clock)
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

    def _import(self, node: ast.Import | ast.ImportFrom, at: int) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    self.bind(alias.asname, Imported(alias.name, "", node.lineno))
                else:
                    head = alias.name.partition(".")[0]
                    self.bind(head, Imported(head, "", node.lineno))
            return
        module = self._absolute(node.level, node.module)
        for alias in node.names:
            name = alias.asname or alias.name
            if module is None:
                self.bind(name, Opaque("import leaves its package", node.lineno, name, True))
            elif alias.name == "*":
                star = StarImport(module, self._clock.tick(), False, node.lineno)
                self._scope.stars.append(star)
            else:
                self.bind(name, Imported(module, alias.name, node.lineno))

    def _block(
        self, body: Iterable[ast.stmt], prepare: Callable[[], None] | None = None
    ) -> _Outcome:
        """Walk a block and put everything back as it was before it."""
        mark, stars, dead = len(self._journal), len(self._scope.stars), self._dead
        if prepare is not None:
            prepare()
        self.statements(body)
        outcome = _Outcome(dead=self._dead, stars=self._scope.stars[stars:])
        for star in outcome.stars:
            star.until = min(star.until, self._clock.tick())
        before: dict[str, _Bindings] = {}
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

    def _join(self, outcomes: list[_Outcome], guard: tuple[ast.expr, int] | None = None) -> None:
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

    def _repeat_stars(self, outcomes: Iterable[_Outcome]) -> None:
        for outcome in outcomes:
            for star in outcome.stars:
                at = self._clock.tick()
                self._scope.stars.append(StarImport(star.module, at, True, star.line))

    def _if(self, node: ast.If, at: int) -> None:
        then = self._block(node.body)
        otherwise = self._block(node.orelse)
        self._join([then, otherwise], (node.test, at))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, at: int) -> None:
        repeats: set[Binding] = set()

        def next_round() -> None:
            for name in bound_below(node.body):
                again = Opaque("bound again in the next round of a loop", node.lineno, name)
                repeats.add(again)
                self.bind(name, *self._current.get(name, NOTHING), again)
            if not isinstance(node, ast.While):
                self._loop_target(node, at)

        rounds = self._block(node.body, next_round)
        for name, made in rounds.made.items():
            # A value of an earlier round is one of those made in the block.
            rounds.made[name] = [one for one in made if _innermost(one) not in repeats]
        self._widen(rounds)
        after = self._block(node.orelse)
        self._join([after, _Outcome()])

    def _loop_target(self, node: ast.For | ast.AsyncFor, at: int) -> None:
        for name, unpack, lengths in unpacked(node.target):
            if unpack is None or isinstance(node, ast.AsyncFor):
                self.bind(name, Opaque("bound by a loop", node.lineno, name))
            else:
                self.bind(name, Looped(node.iter, at, unpack, lengths))

    def _widen(self, outcome: _Outcome) -> None:
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

    def _handler(self, handler: ast.ExceptHandler, done: _Outcome) -> _Outcome:
        def interrupted() -> None:
            for name, made in done.made.items():
                before = self._current.get(name, NOTHING)
                self.bind(name, *dict.fromkeys((*before, *made)))
            if handler.name:
                self.bind(handler.name, Opaque("bound by except", handler.lineno, handler.name))

        outcome = self._block(handler.body, interrupted)
        if handler.name and handler.name in outcome.changed:
            outcome.changed[handler.name] = NOTHING
        if _catches_import_errors(handler):
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
        self._join([*outcomes, _Outcome()])


def _innermost(binding: Binding) -> Binding:
    while isinstance(binding, Guarded | Fallback):
        binding = binding.binding
    return binding


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(one, ast.Name) and one.id in _IMPORT_ERRORS for one in types)
