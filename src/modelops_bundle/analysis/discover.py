"""Finds the models and targets of a file by convention, and describes symbols by name.

The line of a symbol is that of its `def` or `class`, below its decorators.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from modelops_bundle.analysis.discover_match import Matcher
from modelops_bundle.analysis.discover_merge import merged_models, merged_targets
from modelops_bundle.analysis.discover_models import ModelFound, ModelReader
from modelops_bundle.analysis.discover_targets import TargetReader
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.resolve_bindings import definition as value_of
from modelops_bundle.analysis.resolve_budget import WORK, WORK_PER_DEFINITION, Budget
from modelops_bundle.analysis.resolve_modules import LoadedModule, LoadedModules
from modelops_bundle.analysis.scope import Assigned, Defined, Scope
from modelops_bundle.analysis.semantic import symbol_digest
from modelops_bundle.analysis.values import Call, Class, Function, Value
from modelops_bundle.analysis.walk import canonical
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.behavior import SCHEME
from modelops_bundle.core.digest import SemanticDigest, digest_of_fields
from modelops_bundle.core.findings import Finding, Location
from modelops_bundle.core.observation import (
    Discovered,
    ListFact,
    ModelFacts,
    TargetFacts,
    Unresolved,
)
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import Kind

#: The reason of facts of a symbol that only the registry or the command line names.
NO_CONVENTION = "no convention finds this symbol"
#: The reason of facts of a symbol that may exist, or not.
MADE_BY_OTHER_MEANS = "the file makes names in a way that is not followed"

Symbol = tuple[BundlePath, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiscovery:
    """What one file defines, as far as the file and what it imports can tell.

    Attributes:
        discovered: In source order. `abstract` is set for classes that say so themselves;
            `settle_abstract` adds those that others make so.
        findings: MB205 outputs lost on a mixin, MB206 outputs of a second model base lost,
            MB207 parameters in a method. Unresolved facts are not reported here.
        extended: Model classes of the project, in any file, that models of this file derive from.
        partial: Symbols of this file that are intermediates if a model derives from them.
    """

    discovered: tuple[Discovered, ...] = ()
    findings: tuple[Finding, ...] = ()
    extended: frozenset[Symbol] = frozenset()
    partial: frozenset[str] = frozenset()


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
        session = _Session(self._resolver(loaded), self._conventions, loaded)
        found = [one for name in session.names() for one in session.symbol(name)]
        found.sort(key=lambda one: (one.discovered.location.line, one.discovered.kind.value))
        models = [one.model for one in found if one.model is not None]
        return FileDiscovery(
            discovered=tuple(one.discovered for one in found),
            findings=tuple(finding for model in models for finding in model.findings),
            extended=frozenset(
                (parent.path, parent.qualified_name) for model in models for parent in model.parents
            ),
            partial=frozenset(
                one.discovered.symbol
                for one in found
                if one.model is not None and one.model.partial
            ),
        )

    def describe(self, path: BundlePath, symbol: str, kind: Kind) -> Discovered | None:
        """A symbol by its qualified name, None where the file does not define it.

        A symbol that a convention finds as this kind has the convention's facts. Any other
        definition or top-level assignment has convention "" and no facts: it exists, and what it
        offers only a person can say. Names that the file merely imports are not its own.
        """
        loaded = self._modules.get(path)
        if loaded is None or not symbol:
            return None
        session = _Session(self._resolver(loaded), self._conventions, loaded)
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
        return session.plain(name, scope, kind) or session.possible(name, scope, kind)

    def plain(self, path: BundlePath, kind: Kind) -> tuple[Discovered, ...]:
        """Top-level classes (or functions) that no convention finds, in source order.

        They are what a registered symbol that no convention finds may have been renamed to.
        """
        loaded = self._modules.get(path)
        if loaded is None:
            return ()
        session = _Session(self._resolver(loaded), self._conventions, loaded)
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


@dataclass(frozen=True, slots=True)
class _Found:
    discovered: Discovered
    model: ModelFound | None = None


def _one(found: list[_Found]) -> _Found:
    last = found[-1]
    if len(found) == 1:
        return last
    one = last.discovered
    facts = [each.discovered.facts for each in found]
    models = [fact for fact in facts if isinstance(fact, ModelFacts)]
    targets = [fact for fact in facts if isinstance(fact, TargetFacts)]
    merged = (
        merged_models(models, one.symbol, one.location)
        if models
        else merged_targets(targets, one.symbol, one.location)
    )
    return _Found(replace(one, facts=merged), last.model)


class _Session:
    """One question about one file."""

    def __init__(
        self, resolver: Resolver, conventions: tuple[Convention, ...], loaded: LoadedModule
    ) -> None:
        self._resolver = resolver
        self._loaded = loaded
        matcher = Matcher(resolver, (name for one in conventions for name in one.names()))
        self._models = [(one, ModelReader(resolver, matcher, one)) for one in conventions]
        self._targets = [(one, TargetReader(resolver, matcher, one)) for one in conventions]

    def symbol(self, name: str, scope: Scope | None = None) -> list[_Found]:
        """The model or the target that a name stands for, if conventions say so.

        Of several definitions that may be in force the last one gives the place and the digest,
        and all of them the facts.
        """
        scope = scope or self._loaded.scope
        models: list[_Found] = []
        targets: list[_Found] = []
        for definition in self.definitions(name, scope):
            if isinstance(definition, Defined):
                values: tuple[Value, ...] = (value_of(definition, scope),)
            elif scope is self._loaded.scope:
                values = self._made(name, definition)
            else:
                values = ()
            for value in values:
                if isinstance(value, Class):
                    models += self._model(value, name, definition)
                elif scope is self._loaded.scope:
                    targets += self._target(value, name, definition)
        return [_one(found) for found in (models, targets) if found]

    def _made(self, name: str, definition: Assigned) -> tuple[Value, ...]:
        """What code made and gave to a name, other names of what is defined left out."""
        names, scope = self._resolver.names, self._loaded.scope
        found = []
        for value in names.value(definition, scope, name):
            if isinstance(value, Class | Function):
                alias = value.qualified_name
                elsewhere = not value.made and value.path != scope.path
                if elsewhere or (alias != name and value in names.bound_in(scope, alias)):
                    continue
            elif not isinstance(value, Call):
                continue
            found.append(value)
        return tuple(found)

    def possible(self, name: str, scope: Scope, kind: Kind) -> Discovered | None:
        """A symbol that code may make in a way that is not followed; None where none does."""
        line = self._resolver.names.writes.unclear(scope) or self._loaded.effects.dynamic
        if not line or scope is not self._loaded.scope:
            return None
        where = Location(scope.path, line)
        doubt = Unresolved(expression=name, reason=MADE_BY_OTHER_MEANS, location=where)
        return Discovered(
            kind=kind,
            entrypoint=Entrypoint.of(self._loaded.name, name),
            path=scope.path,
            facts=_open_facts(kind, doubt),
            location=where,
            symbol_digest=SemanticDigest(f"{SCHEME}:{digest_of_fields('possible', name)}"),
        )

    def names(self) -> list[str]:
        """The names at the top level of the file."""
        return self._resolver.names.defined(self._loaded.scope)

    def definitions(self, name: str, scope: Scope) -> list[Defined | Assigned]:
        """What a name may be bound to by the file itself when the scope has run."""
        kept, _ = self._resolver.names.definitions(scope, name)
        return [one for one in kept if isinstance(one, Defined | Assigned)]

    def definition(self, name: str, scope: Scope) -> Defined | Assigned | None:
        """The last of them."""
        found = self.definitions(name, scope)
        return found[-1] if found else None

    def class_scope(self, scope: Scope, name: str) -> Scope | None:
        """The body of a class that a scope defines."""
        definition = self.definition(name, scope)
        return definition.body if isinstance(definition, Defined) else None

    def plain(self, name: str, scope: Scope, kind: Kind) -> Discovered | None:
        """A definition or assignment as itself."""
        definition = self.definition(name, scope)
        nested = scope is not self._loaded.scope
        if definition is None or (nested and isinstance(definition, Assigned)):
            return None
        where = Unresolved(
            expression=scope.qualify(name),
            reason=NO_CONVENTION,
            location=Location(scope.path, _line(definition)),
        )
        facts: ModelFacts | TargetFacts = TargetFacts()
        if kind is Kind.MODEL:
            facts = _open_facts(kind, where)
        return self._discovered(kind, scope.qualify(name), facts, definition, "")

    def _model(self, cls: Class, name: str, definition: Defined | Assigned) -> list[_Found]:
        for convention, reader in self._models:
            if reader.is_model(cls):
                model = reader.read(cls)
                symbol = name if isinstance(definition, Assigned) else cls.qualified_name
                found = self._discovered(
                    Kind.MODEL, symbol, model.facts, definition, convention.name
                )
                return [_Found(replace(found, abstract=model.abstract), model)]
        return []

    def _target(self, value: Value, name: str, definition: Defined | Assigned) -> list[_Found]:
        for convention, reader in self._targets:
            facts = reader.read(value)
            if facts is not None:
                found = self._discovered(Kind.TARGET, name, facts, definition, convention.name)
                return [_Found(found)]
        return []

    def _discovered(
        self,
        kind: Kind,
        symbol: str,
        facts: ModelFacts | TargetFacts,
        definition: Defined | Assigned,
        convention: str,
    ) -> Discovered:
        path = self._loaded.source.path
        if isinstance(definition, Defined):
            digest = symbol_digest(definition.node)
        else:
            texts = canonical([definition.value]).texts
            digest = SemanticDigest(f"{SCHEME}:{digest_of_fields('assigned', *texts)}")
        return Discovered(
            kind=kind,
            entrypoint=Entrypoint.of(self._loaded.name, symbol),
            path=path,
            facts=facts,
            location=Location(path, _line(definition)),
            symbol_digest=digest,
            convention=convention,
        )


def _open_facts(kind: Kind, doubt: Unresolved) -> ModelFacts | TargetFacts:
    if kind is Kind.TARGET:
        return TargetFacts(model_output=doubt)
    fact = ListFact((), (doubt,))
    return ModelFacts(outputs=fact, scenarios=fact, parameters=fact)


def _line(binding: Defined | Assigned) -> int:
    return binding.node.lineno if isinstance(binding, Defined) else binding.value.lineno
