"""Finds the models and targets of a file by convention, and describes symbols by name.

The line of a symbol is that of its `def` or `class`, below its decorators.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from modelops_bundle.analysis.discover_session import Session
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.outcome import FileDiscovery
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.resolve_budget import WORK, WORK_PER_DEFINITION, Budget
from modelops_bundle.analysis.resolve_modules import LoadedModule, LoadedModules
from modelops_bundle.analysis.scope import Defined
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.observation import (
    Discovered,
)
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind


def settle_abstract(files: Iterable[FileDiscovery]) -> tuple[Discovered, ...]:
    """All symbols of these files with `abstract` settled, sorted by path, line and kind.

    A model class is abstract, and registered only when it is named, if it says so (`abc.ABC`
    among its own bases, `metaclass=ABCMeta`, an abstract method left undefined), or if another
    model of the project derives from it and it is not complete: its name starts with an
    underscore, `Base` or `Abstract` or ends with `Base` or `Mixin`, or it has no implementation
    of a method that the framework requires. A complete class that others derive from is a model
    like any other, and so is an incomplete-looking class that nothing derives from.
    """
    files = tuple(files)
    extended = {symbol for file in files for symbol in file.extended}
    settled = []
    for file in files:
        for one in file.discovered:
            intermediate = one.symbol in file.partial and (one.path, one.symbol) in extended
            settled.append(replace(one, abstract=True) if intermediate else one)
    return tuple(sorted(settled, key=lambda one: (one.path, one.location.line, one.kind.value)))


class Discovery:
    """Reads files of one project under one set of conventions; keeps what it has parsed.

    What it says of a file depends on that file and on what it imports, directly or not.

    Args:
        index: The project's modules.
        conventions: In order of precedence.
        linker: Knows what imports what; one is made if none is shared.
    """

    def __init__(
        self,
        index: ModuleIndex,
        conventions: Sequence[Convention],
        linker: Linker | None = None,
    ) -> None:
        self._modules = LoadedModules(index, linker)
        self._conventions = tuple(conventions)
        self._known = frozenset(name for one in self._conventions for name in one.names())
        self._containers = {
            name: one.parameters_field
            for one in self._conventions
            if one.parameters_field
            for name in one.parameter_containers
        }

    def file(self, path: BundlePath) -> FileDiscovery:
        """The models and targets at the top level of a file; none if it cannot be parsed."""
        loaded = self._modules.get(path)
        if loaded is None:
            return FileDiscovery()
        session = Session(self._resolver(loaded), self._conventions, loaded)
        found = [one for name in session.names() for one in session.symbol(name)]
        found.sort(key=lambda one: (one.discovered.location.line, one.discovered.kind.value))
        models = [one.model for one in found if one.model is not None]
        return FileDiscovery(
            discovered=tuple(one.discovered for one in found),
            findings=tuple(finding for model in models for finding in model.findings),
            extended=frozenset(
                (parent.path, parent.qualified_name)
                for parent in (
                    *(parent for model in models for parent in model.parents),
                    *session.bases_of_types(),
                )
            ),
            partial=frozenset(
                one.discovered.symbol
                for one in found
                if one.model is not None and one.model.partial
            ),
        )

    def describe(
        self, path: BundlePath, symbol: str, kind: Kind, *, possible: bool = True
    ) -> Discovered | None:
        """A symbol by its qualified name, None where the file does not define it.

        A symbol that a convention finds as this kind has the convention's facts. Any other
        definition or top-level assignment has convention "" and no facts: it exists, and what it
        offers only a person can say. Names that the file merely imports are not its own.

        Args:
            path: The file.
            symbol: The qualified name.
            kind: What it is asked for as.
            possible: Give a symbol too that the file may make in a way that is not followed;
                everything about it is unresolved.
        """
        loaded = self._modules.get(path)
        if loaded is None or not symbol:
            return None
        session = Session(self._resolver(loaded), self._conventions, loaded)
        scope = loaded.scope
        *outer, name = symbol.split(".")
        for part in outer:
            inner = session.class_scope(scope, part)
            if inner is None:
                return None
            scope = inner
        for one in session.symbol(name, scope):
            if one.discovered.kind is kind:
                return one.discovered
        plain = session.plain(name, scope, kind)
        return session.possible(name, scope, kind) if plain is None and possible else plain

    def plain(self, path: BundlePath, kind: Kind) -> tuple[Discovered, ...]:
        """Top-level classes (or functions) that no convention finds, in source order.

        They are what a registered symbol that no convention finds may have been renamed to.
        """
        loaded = self._modules.get(path)
        if loaded is None:
            return ()
        session = Session(self._resolver(loaded), self._conventions, loaded)
        wanted = ast.ClassDef if kind is Kind.MODEL else ast.FunctionDef | ast.AsyncFunctionDef
        found = []
        for name in session.names():
            definition = session.definition(name, loaded.scope)
            if not isinstance(definition, Defined) or not isinstance(definition.node, wanted):
                continue
            if any(one.discovered.kind is kind for one in session.symbol(name)):
                continue
            plain = session.plain(name, loaded.scope, kind)
            if plain is not None:
                found.append(plain)
        return tuple(sorted(found, key=lambda one: one.location.line))

    def _resolver(self, loaded: LoadedModule) -> Resolver:
        # One per question: what was found does not depend on what was asked before (law 3).
        budget = Budget(WORK + WORK_PER_DEFINITION * len(loaded.scope.history))
        path = loaded.source.path
        return Resolver(self._modules, path, self._known, self._containers, budget)


def discover_file(
    index: ModuleIndex, path: BundlePath, conventions: Sequence[Convention]
) -> FileDiscovery:
    """`Discovery.file` for one file."""
    return Discovery(index, conventions).file(path)


def describe_symbol(
    index: ModuleIndex,
    path: BundlePath,
    symbol: str,
    kind: Kind,
    conventions: Sequence[Convention],
) -> Discovered | None:
    """`Discovery.describe` for one symbol."""
    return Discovery(index, conventions).describe(path, symbol, kind)


def plain_candidates(
    index: ModuleIndex, path: BundlePath, kind: Kind, conventions: Sequence[Convention]
) -> tuple[Discovered, ...]:
    """`Discovery.plain` for one file."""
    return Discovery(index, conventions).plain(path, kind)
