"""What a name means at a point: bindings, imports, star imports, and what may change them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import cast

from modelops_bundle.analysis.modules import PlaceKind
from modelops_bundle.analysis.resolve_bindings import (
    BUILTINS,
    Found,
    definition,
    external,
    is_open,
    loaded_by,
    unpacked,
)
from modelops_bundle.analysis.resolve_budget import HOP, Budget
from modelops_bundle.analysis.resolve_modules import Evaluate, LoadedModules
from modelops_bundle.analysis.resolve_outside import Outside
from modelops_bundle.analysis.resolve_stars import Stars
from modelops_bundle.analysis.resolve_steadiness import Steadiness
from modelops_bundle.analysis.resolve_writes import Writes
from modelops_bundle.analysis.scope import (
    END,
    Assigned,
    Augmented,
    Binding,
    Defined,
    Fallback,
    Given,
    Guarded,
    Imported,
    Looped,
    Opaque,
    Scope,
    ScopeKind,
    Unbound,
)
from modelops_bundle.analysis.values import (
    Constant,
    External,
    Function,
    Module,
    Point,
    Unknown,
    Value,
    Values,
    elements_of,
    truth,
    union,
)
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath

Combine = Callable[[ast.AugAssign, Values, Point], Values]


_UNCLEAR = "names are written here whose spelling is computed"


class Names:
    """Looks names up in the scopes of a project.

    One instance serves one question: it keeps what it found, and knows what it is looking up.
    """

    def __init__(
        self,
        modules: LoadedModules,
        outside: Outside,
        budget: Budget,
        known: frozenset[str],
        evaluate: Evaluate,
        combine: Combine,
    ) -> None:
        self.modules = modules
        self._outside = outside
        self._budget = budget
        self._known = known
        self._evaluate = evaluate
        self._combine = combine
        self.steadiness = Steadiness(modules, outside, evaluate)
        self.writes = Writes(evaluate)
        self._stars = Stars(self, budget, known)
        self._values: dict[tuple[Binding, str], Values] = {}
        self.pending: dict[tuple[Binding, str], int] = {}
        #: Depth of the outermost pending lookup that the current answer was cut short by.
        self.cut = END

    def lookup(self, name: str, point: Point) -> Values:
        """The alternatives for a name where it is used."""
        for parameter, values in reversed(point.local):
            if parameter == name:
                return values
        scope, at = point.scope, point.at
        while scope.kind is ScopeKind.CLASS and point.inner and scope.parent is not None:
            scope, at = scope.parent, scope.parent_at
        found = Found(unbound=True)
        while found.unbound:
            found.unbound = False
            if scope.kind is ScopeKind.MODULE:
                self.in_module(found, scope, name, at)
                break
            if name in scope.global_names:
                scope, at = scope.module, END if scope.kind is ScopeKind.FUNCTION else at
                found.unbound = True
                continue
            local = scope.kind is ScopeKind.FUNCTION and name in scope.history
            self._in_scope(found, scope, name, at)
            if local:
                break
            scope, at = self._outer(scope)
        return self.settled(found, name, point)

    def module(self, dotted: str) -> Value:
        """A module by its absolute name."""
        place = self.modules.index.locate(dotted)
        if place is None:
            return External(dotted)
        if place.kind is PlaceKind.NAMESPACE:
            return Module(dotted, None)
        if place.source is None:
            return Unknown(dotted, f"{dotted} is compiled", Location(place.file or BundlePath(".")))
        return Module(dotted, place.source)

    def attribute(self, module: Module, name: str, asking: BundlePath) -> Values:
        """A name of a module of the project, as an importer sees it when all has run.

        Args:
            module: The module.
            name: The name.
            asking: The file in which it is used, whose code may set it.
        """
        values = self._of_module(module, name)
        return union((*values, *self.doubts(module, name, asking)))

    def doubts(self, module: Module, name: str, asking: BundlePath) -> list[Unknown]:
        """Why a name of a module may be something else than the module makes it."""
        if module.path is None:
            return []
        doubts = self._outside.sets(module, module.path, name, asking)
        loaded = self.modules.get(module.path)
        rebinds = loaded is not None and loaded.scope.rebinds(name)
        if rebinds and self._outside.circular(module.path, asking):
            reason = f"{module.path} and {asking} import each other"
            doubts.append(Unknown(name, reason, Location(module.path)))
        return doubts

    def _of_module(self, module: Module, name: str) -> Values:
        submodule = f"{module.name}.{name}"
        if module.path is None:
            return (self.submodule(submodule) or self._missing(module, name),)
        loaded = self.modules.get(module.path)
        if loaded is None:
            where = Location(module.path)
            return (Unknown(submodule, f"{module.path} cannot be parsed", where),)
        found = Found()
        self.in_module(found, loaded.scope, name, END, builtins=False)
        shadow = self.submodule(submodule)
        if found.values or found.fallback:
            if shadow is not None and not loaded_by(loaded.scope, name, module.name):
                found.values.append(shadow)
            settled = self.settled(found, name, Point(loaded.scope))
            return tuple(self.steadiness.steady_elsewhere(value, name) for value in settled)
        if shadow is not None:
            return (shadow,)
        if "__getattr__" in loaded.scope.history:
            where = Location(module.path)
            return (Unknown(submodule, f"{module.name} computes its attributes", where),)
        return (self._missing(module, name),)

    def unknown(self, node: ast.expr, point: Point, reason: str) -> Unknown:
        """An alternative that cannot be told, with the text of its expression."""
        path = point.scope.path
        loaded = self.modules.get(path)
        text = loaded.shown(node) if loaded is not None else ""
        return Unknown(text, reason, Location(path, node.lineno))

    def function_scope(self, function: Function) -> Scope | None:
        """The scope of a function's body, None for a lambda."""
        if isinstance(function.node, ast.Lambda):
            return None
        parent = function.point.scope
        at = END if parent.kind is ScopeKind.MODULE else function.point.at
        scope = self.modules.function(parent, function.node, at)
        self.steadiness.add_function(scope, function.node)
        return scope

    def called_scope(
        self, function: Function, given: dict[str, Values], at: int, instance: tuple[object, ...]
    ) -> Scope:
        """The scope of a function's body in one call."""
        assert not isinstance(function.node, ast.Lambda)
        scope = self.modules.called(function.point.scope, function.node, at, given, instance)
        self.steadiness.add_function(scope, function.node)
        return scope

    def _outer(self, scope: Scope) -> tuple[Scope, int]:
        at = scope.parent_at
        outer = scope.parent
        while outer is not None and outer.kind is ScopeKind.CLASS:
            at, outer = min(at, outer.parent_at) if at != END else END, outer.parent
        return (outer or scope.module), at

    def _in_scope(self, found: Found, scope: Scope, name: str, at: int) -> None:
        bindings, made_at = scope.bindings(name, at)
        if not self._add_written(found, scope, name, made_at, at):
            self._add(found, bindings, scope, name)

    def _add_written(self, found: Found, scope: Scope, name: str, after: int, at: int) -> bool:
        """Add what is written under computed names; whether that certainly is what is in force."""
        if not scope.writes:
            return False
        found.unclear = found.unclear or self.writes.unclear(scope)
        for binding, certain in self.writes.bindings(scope, name, after, at):
            found.values += self.value(binding, scope, name)
            if certain:
                return True
        return False

    def in_module(
        self, found: Found, scope: Scope, name: str, at: int, *, builtins: bool = True
    ) -> None:
        """Add what a name means in a module at a position."""
        bindings, made_at = scope.bindings(name, at)
        for star in reversed(scope.stars):
            if not made_at < star.at <= at <= star.until:
                continue
            values, certain = self._stars.values(star, name, scope)
            found.values += values
            if values and certain and not star.conditional and not is_open(values):
                return
        if self._add_written(found, scope, name, made_at, at):
            return
        before = len(found.values) + len(found.fallback)
        self._add(found, bindings, scope, name)
        if not found.unbound or not builtins:
            return
        if name in BUILTINS:
            found.values = [External(f"builtins.{name}")]
        elif name == "__name__":
            loaded = self.modules.get(scope.path)
            found.values.append(Constant.of(loaded.name if loaded else ""))
        elif not before and not found.values:
            where = Location(scope.path)
            found.values.append(Unknown(name, f"{name} is not defined in {scope.path}", where))

    def _add(self, found: Found, bindings: tuple[Binding, ...], scope: Scope, name: str) -> None:
        for binding, fallback in self._alive(bindings, scope):
            if isinstance(binding, Unbound):
                found.unbound = True
                continue
            values = self.value(binding, scope, name)
            (found.fallback if fallback else found.values).extend(values)

    def _alive(self, bindings: tuple[Binding, ...], scope: Scope) -> Iterator[tuple[Binding, bool]]:
        """Bindings whose tests may hold, unwrapped, and whether they are fallbacks."""
        for binding in bindings:
            alive, fallback = True, False
            while isinstance(binding, Guarded | Fallback):
                if isinstance(binding, Fallback):
                    fallback = True
                elif truth(self._evaluate(binding.test, Point(scope, binding.at))) is (
                    not binding.expected
                ):
                    alive = False
                    break
                binding = binding.binding
            if alive:
                yield binding, fallback

    def bound_in(self, scope: Scope, name: str) -> Values:
        """What the body of a scope leaves the name bound to; empty if it does not bind it."""
        found = Found()
        self._in_scope(found, scope, name, END)
        return self.settled(found, name, Point(scope), empty=True)

    def definitions(self, scope: Scope, name: str) -> tuple[tuple[Binding, ...], bool]:
        """The bindings of a name that reach the end of a scope, and whether all do for certain.

        Tests that are constant are taken into account.
        """
        bindings, made_at = scope.bindings(name, END)
        alive: list[Binding] = []
        for written, certain in self.writes.bindings(scope, name, made_at):
            alive.append(written)
            if certain:
                return tuple(alive), True
        alive += (binding for binding, _ in self._alive(bindings, scope))
        kept = tuple(one for one in alive if not isinstance(one, Unbound))
        return kept, len(kept) == len(alive)

    def defined(self, scope: Scope) -> list[str]:
        """Names that a scope binds, in the order of their last binding, computed ones last."""
        names = [name for name, _ in scope.final()]
        return list(dict.fromkeys((*names, *self.writes.names(scope))))

    def value(self, binding: Binding, scope: Scope, name: str) -> Values:
        """What one binding of a name gives."""
        key = (binding, name)
        held = self._values.get(key)
        if held is not None:
            return held
        depth = self.pending.get(key)
        if depth is not None:
            self.cut = min(self.cut, depth)
            return (Unknown(name, f"{name} is defined in terms of itself", Location(scope.path)),)
        if not self._budget.enter(HOP):
            self.cut = -1
            return (Unknown(name, "too deeply nested", Location(scope.path)),)
        outer_cut, self.cut = self.cut, END
        depth = self.pending[key] = len(self.pending)
        values = self._bound(binding, scope, name)
        del self.pending[key]
        self._budget.leave(HOP)
        if self.cut >= depth:
            # Nothing outside this lookup cut it short: the answer holds everywhere.
            self._values[key] = values
            self.cut = outer_cut
        else:
            self.cut = min(self.cut, outer_cut)
        return values

    def _bound(self, binding: Binding, scope: Scope, name: str) -> Values:
        match binding:
            case Assigned():
                values = self._evaluate(binding.value, Point(scope, binding.at))
                return unpacked(values, binding, scope, name)
            case Looped():
                point = Point(scope, binding.at)
                whole = self._evaluate(binding.iterable, point)
                values = union(
                    one
                    for value in whole
                    for one in elements_of(value)
                    or (self.unknown(binding.iterable, point, "what it loops over is unknown"),)
                )
                return unpacked(values, binding, scope, name)
            case Augmented():
                found = Found()
                self._add(found, binding.before, scope, name)
                before = union([*found.values, *found.fallback])
                return self._combine(binding.node, before, Point(scope, binding.at))
            case Imported():
                return self._imported(binding, scope)
            case Defined():
                return (definition(binding, scope),)
            case Given():
                return cast(Values, binding.values)
            case Opaque():
                where = Location(scope.path, binding.line)
                expression = binding.expression or name
                return (Unknown(expression, binding.reason, where, binding.fails),)
        return (Unknown(name, "not bound", Location(scope.path)),)

    def _imported(self, binding: Imported, scope: Scope) -> Values:
        if not binding.name:
            return (self.module(binding.module),)
        module = self.module(binding.module)
        if isinstance(module, Module):
            return self.attribute(module, binding.name, scope.path)
        if isinstance(module, External):
            return (external(f"{module.name}.{binding.name}"),)
        return (module,)

    def settled(self, found: Found, name: str, point: Point, *, empty: bool = False) -> Values:
        """The alternatives that count, with what the code around may do to them."""
        values = found.values
        framework = [v for v in values if isinstance(v, External) and v.name in self._known]
        if framework:
            # A stub for where the framework is not installed is not what workers import, and a
            # star import of another library does not replace its names.
            values = [v for v in values if not isinstance(v, Unknown)]
        elif found.fallback:
            # What was tried first is no alternative where it certainly fails.
            tried = [v for v in values if not (isinstance(v, Unknown) and v.fails)]
            values = tried + found.fallback
        if not values:
            if empty:
                return ()
            return (Unknown(name, f"{name} is not defined", Location(point.scope.path)),)
        if found.unclear and not all(isinstance(one, External | Module) for one in values):
            where = Location(point.scope.path, found.unclear)
            values = [*values, Unknown(name, _UNCLEAR, where)]
        return self.steadiness.widened(union(values), name, point.scope)

    def submodule(self, dotted: str) -> Value | None:
        """A module by its absolute name, None where there is none."""
        return self.module(dotted) if self.modules.index.locate(dotted) else None

    def _missing(self, module: Module, name: str) -> Value:
        whole = f"{module.name}.{name}"
        if module.path is None and whole in self._known:
            # A folder that happens to have the framework's name: an installed package wins.
            return External(whole)
        where = Location(module.path or BundlePath("."))
        return Unknown(whole, f"{module.name} does not define {name}", where, True)
