"""One question about one file: which of its names are models and targets."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from modelops_bundle.analysis.discover_match import Matcher
from modelops_bundle.analysis.discover_merge import merged_models, merged_targets
from modelops_bundle.analysis.discover_models import ModelFound, ModelReader
from modelops_bundle.analysis.discover_presence import Presence, with_doubt
from modelops_bundle.analysis.discover_targets import TargetReader
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.resolve_bindings import definition as value_of
from modelops_bundle.analysis.resolve_modules import LoadedModule
from modelops_bundle.analysis.scope import Assigned, Defined, Scope
from modelops_bundle.analysis.semantic import symbol_digest
from modelops_bundle.analysis.values import Call, Class, Function, Point, Value
from modelops_bundle.analysis.walk import canonical
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.behavior import SCHEME
from modelops_bundle.core.digest import SemanticDigest, digest_of_fields
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import (
    Discovered,
    ListFact,
    ModelFacts,
    TargetFacts,
    Unresolved,
)
from modelops_bundle.core.paths import Entrypoint
from modelops_bundle.core.registry import Kind

#: The reason of facts of a symbol that only the registry or the command line names.
NO_CONVENTION = "no convention finds this symbol"
#: The reason of facts of a symbol that may exist, or not.
MADE_BY_OTHER_MEANS = "the file may make this symbol in a way that is not followed"


@dataclass(frozen=True, slots=True)
class Found:
    """A symbol, and for a model what else is known of it."""

    discovered: Discovered
    model: ModelFound | None = None


def _one(found: list[Found]) -> Found:
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
    return Found(replace(one, facts=merged), last.model)


def _doubted(found: Found, doubt: Unresolved) -> Found:
    one = found.discovered
    return replace(found, discovered=replace(one, facts=with_doubt(one.facts, doubt)))


class Session:
    """One question about one file."""

    def __init__(
        self, resolver: Resolver, conventions: tuple[Convention, ...], loaded: LoadedModule
    ) -> None:
        self._resolver = resolver
        self._loaded = loaded
        self._presence = Presence(resolver)
        matcher = Matcher(resolver, (name for one in conventions for name in one.names()))
        self._models = [(one, ModelReader(resolver, matcher, one)) for one in conventions]
        self._targets = [(one, TargetReader(resolver, matcher, one)) for one in conventions]

    def symbol(self, name: str, scope: Scope | None = None) -> list[Found]:
        """The model or the target that a name stands for, if conventions say so.

        Of several definitions that may be in force the last one gives the place and the digest,
        and all of them the facts.
        """
        scope = scope or self._loaded.scope
        models: list[Found] = []
        targets: list[Found] = []
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
        found = [_one(found) for found in (models, targets) if found]
        doubt = self._presence.doubt(name, scope) if found else None
        return [_doubted(one, doubt) for one in found] if doubt is not None else found

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

    def bases_of_types(self) -> list[Class]:
        """Classes of the project from which `type(…)` makes others, under whatever names."""
        if not any("type(" in line for line in self._loaded.source.lines):
            return []
        point = Point(self._loaded.scope)
        return [
            value
            for call in ast.walk(self._loaded.source.tree)
            if isinstance(call, ast.Call) and len(call.args) == 3
            if isinstance(call.func, ast.Name) and call.func.id == "type"
            for base in getattr(call.args[1], "elts", ())
            for value in self._resolver.evaluate(base, point)
            if isinstance(value, Class)
        ]

    def possible(self, name: str, scope: Scope, kind: Kind) -> Discovered | None:
        """A symbol that code may make in a way that is not followed; None where none does."""
        line = self._resolver.names.writes.unclear(scope) or self._loaded.name_effects.dynamic
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

    def _model(self, cls: Class, name: str, definition: Defined | Assigned) -> list[Found]:
        for convention, reader in self._models:
            if reader.is_model(cls):
                model = reader.read(cls)
                symbol = name if isinstance(definition, Assigned) else cls.qualified_name
                found = self._discovered(
                    Kind.MODEL, symbol, model.facts, definition, convention.name
                )
                return [Found(replace(found, abstract=model.abstract), model)]
        return []

    def _target(self, value: Value, name: str, definition: Defined | Assigned) -> list[Found]:
        for convention, reader in self._targets:
            facts = reader.read(value)
            if facts is not None:
                found = self._discovered(Kind.TARGET, name, facts, definition, convention.name)
                return [Found(found)]
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
