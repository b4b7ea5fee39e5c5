"""What a star import makes of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_bundle.analysis.resolve_bindings import Found, foreign_star, listed_texts
from modelops_bundle.analysis.resolve_budget import HOP, Budget
from modelops_bundle.analysis.resolve_modules import LoadedModule
from modelops_bundle.analysis.scope import END, Opaque, Scope, StarImport
from modelops_bundle.analysis.values import External, Module, Point, Unknown, Value
from modelops_bundle.core.findings import Location

if TYPE_CHECKING:
    from modelops_bundle.analysis.resolve_names import Names

_STAR = Opaque("star import", 0)


class Stars:
    """Looks names up in modules that are imported whole."""

    def __init__(self, names: Names, budget: Budget, known: frozenset[str]) -> None:
        self._names = names
        self._budget = budget
        self._known = known

    def values(self, star: StarImport, name: str, scope: Scope) -> tuple[list[Value], bool]:
        """The alternatives, none where it does not bring the name, and whether one is bound."""
        module = self._names.module(star.module)
        where = Location(scope.path, star.line)
        if isinstance(module, External):
            return foreign_star(star, name, scope, self._known), True
        if not isinstance(module, Module) or module.path is None:
            return [], False
        loaded = self._names.modules.get(module.path)
        if loaded is None:
            return [Unknown(name, f"{module.path} cannot be parsed", where)], False
        if loaded.scope is scope:
            return [], False
        values, bound = self._exported_value(loaded, name)
        doubts = self._names.doubts(module, name, scope.path) if values else []
        return [*values, *doubts], bound

    def _exported_value(self, loaded: LoadedModule, name: str) -> tuple[list[Value], bool]:
        key = (_STAR, f"{loaded.source.path}:{name}")
        if key in self._names.pending or not self._budget.enter(HOP):
            self._names.cut = min(self._names.cut, self._names.pending.get(key, -1))
            return [], False
        self._names.pending[key] = len(self._names.pending)
        exported = None
        visible, certain = not name.startswith("_"), True
        if "__all__" in loaded.scope.history:
            exported, certain = listed_texts(self._names.bound_in(loaded.scope, "__all__"))
            certain = certain and self._names.definitions(loaded.scope, "__all__")[1]
            visible = name in exported or not certain
        found = Found()
        if visible:
            self._names.in_module(found, loaded.scope, name, END, builtins=False)
        del self._names.pending[key]
        self._budget.leave(HOP)
        settled = (
            self._names.settled(found, name, Point(loaded.scope), empty=True) if visible else ()
        )
        values = [self._names.steadiness.steady_elsewhere(value, name) for value in settled]
        if visible and not values and exported is not None and name in exported:
            submodule = self._names.submodule(f"{loaded.name}.{name}")
            values += [submodule] if submodule is not None else []
        if values and not certain:
            where = Location(loaded.source.path)
            values.append(Unknown(name, "what __all__ holds is not certain", where))
        # With `__all__` the import fails where the name is not bound.
        return values, exported is not None or not found.unbound
