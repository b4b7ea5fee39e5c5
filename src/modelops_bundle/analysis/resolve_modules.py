"""Scopes and effects of project files, built once and kept within a bound."""

from __future__ import annotations

import ast
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from modelops_bundle.analysis.attribute_sets import may_set
from modelops_bundle.analysis.bindings import function_scope, module_scope
from modelops_bundle.analysis.facts import FileFacts
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.scope import Scope
from modelops_bundle.analysis.scope_effects import AttributeSet, Effects, effects_of
from modelops_bundle.analysis.scope_names import name_effects_of
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.analysis.values import Point, Values
from modelops_bundle.core.paths import BundlePath

#: Evaluates an expression at a point.
Evaluate = Callable[[ast.expr, Point], Values]

#: How much source may be held as scopes at once; a scope holds on to its syntax tree.
HELD_LINES = 40_000
#: The longest expression that is shown.
MAX_SHOWN = 160


@dataclass(slots=True, eq=False)
class LoadedModule:
    """A parsed file with its scope.

    Attributes:
        name: Its dotted name.
    """

    name: str
    source: ParsedSource
    scope: Scope
    _effects: Effects | None = None
    _name_effects: Effects | None = None

    @property
    def effects(self) -> Effects:
        """What its code may change; scanned when first asked for."""
        if self._effects is None:
            self._effects = effects_of(self.source.tree)
        return self._effects

    @property
    def name_effects(self) -> Effects:
        """Which names its code may bind out of sequence, and no more of its effects."""
        if self._name_effects is None:
            self._name_effects = self._effects or name_effects_of(self.source)
        return self._name_effects

    def shown(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node on one line, cut where it is very long."""
        text = self.source.segment(node)
        return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


class LoadedModules:
    """Project files by path, the least recently used given up first."""

    def __init__(self, index: ModuleIndex, linker: Linker | None = None) -> None:
        self.index = index
        self._linker = linker or Linker(FactsStore(index))
        self._held: OrderedDict[BundlePath, LoadedModule] = OrderedDict()
        self._lines = 0
        self._sites: dict[BundlePath, Mapping[str, Sequence[AttributeSet]]] = {}
        self._reached: dict[BundlePath, tuple[BundlePath, ...]] = {}

    def get(self, path: BundlePath) -> LoadedModule | None:
        """The module in a file, None where it cannot be parsed."""
        held = self._held.get(path)
        if held is not None:
            self._held.move_to_end(path)
            return held
        source = self.index.parsed(path)
        if not isinstance(source, ParsedSource):
            return None
        scope = module_scope(path, source.tree, self._absolute(path))
        module = LoadedModule(self.index.module_name(path), source, scope)
        self._held[path] = module
        self._lines += len(source.lines)
        while self._lines > HELD_LINES and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            self._lines -= len(dropped.source.lines)
        return module

    def reached(self, path: BundlePath) -> tuple[BundlePath, ...]:
        """The file and all project files that importing it may import, nearest first."""
        known = self._reached.get(path)
        if known is None:
            found = {path: None}
            queue = [path]
            for file in queue:
                for target in self._linker.links(file).edges:
                    if target not in found:
                        found[target] = None
                        queue.append(target)
            known = self._reached[path] = tuple(queue)
        return known

    def mentioning(self, path: BundlePath, name: str) -> list[BundlePath]:
        """Those of the reached files that mention a name, or set attributes by computed names."""
        found = []
        for file in self.reached(path):
            facts = self._facts(file)
            if facts is not None and (name in facts.words or "setattr" in facts.words):
                found.append(file)
        return found

    def attributes_set(self, path: BundlePath, name: str) -> Mapping[str, Sequence[AttributeSet]]:
        """Where a file sets attributes from outside; kept when the module itself is given up.

        Args:
            path: The file.
            name: The attribute that matters: a file that never sets it is not read for others.
        """
        known = self._sites.get(path)
        if known is None and not self._may_set(path, name):
            return {}
        if known is None:
            loaded = self.get(path)
            known = self._sites[path] = loaded.effects.attributes_set if loaded is not None else {}
        return known

    def _facts(self, path: BundlePath) -> FileFacts | None:
        return self._linker.store.parsed_facts(path) if path.endswith(".py") else None

    def _may_set(self, path: BundlePath, name: str) -> bool:
        facts = self._facts(path)
        if facts is None:
            return False
        return may_set(facts.attributes_set, name)

    def function(
        self, parent: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef, parent_at: int
    ) -> Scope:
        """The scope of a function's body."""
        return function_scope(parent, node, self._absolute(parent.path), parent_at=parent_at)

    def called(
        self,
        parent: Scope,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        parent_at: int,
        given: Mapping[str, Values],
        instance: tuple[object, ...],
    ) -> Scope:
        """The scope of a function's body in one call."""
        absolute = self._absolute(parent.path)
        return function_scope(
            parent, node, absolute, parent_at=parent_at, given=given, instance=instance
        )

    def _absolute(self, path: BundlePath) -> _Relative:
        return _Relative(self.index, path)


@dataclass(frozen=True, slots=True)
class _Relative:
    index: ModuleIndex
    path: BundlePath

    def __call__(self, level: int, module: str | None) -> str | None:
        return self.index.resolve_relative(self.path, level, module)
