"""What a model class offers: outputs, scenarios and parameters, as its framework registers them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from modelops_bundle.analysis.discover_lineage import NEUTRAL, Lineage, Lineages, doubt_of
from modelops_bundle.analysis.discover_losses import lost_on_the_way
from modelops_bundle.analysis.discover_marks import Mark, Marks
from modelops_bundle.analysis.discover_match import Matcher, one_text
from modelops_bundle.analysis.discover_merge import fact_of, joined
from modelops_bundle.analysis.discover_parameters import parameter_names
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.values import (
    Class,
    External,
    Function,
    Sequence,
    Unknown,
    Value,
    text_of,
)
from modelops_bundle.conventions.base import Convention, Inheritance
from modelops_bundle.core.findings import Finding, Location
from modelops_bundle.core.observation import ListFact, ModelFacts, Unresolved


@dataclass(frozen=True, slots=True)
class ModelFound:
    """A model class.

    Attributes:
        facts: What it offers.
        findings: What was lost on the way.
        abstract: It says of itself that it is not to be used as it is.
        partial: It is an intermediate if the project derives another model from it.
        parents: Project classes among its ancestors that are models.
    """

    facts: ModelFacts
    findings: tuple[Finding, ...]
    abstract: bool
    partial: bool
    parents: tuple[Class, ...]


class ModelReader:
    """Reads model classes of one convention."""

    def __init__(self, resolver: Resolver, matcher: Matcher, convention: Convention) -> None:
        self._resolver = resolver
        self._matcher = matcher
        self._convention = convention
        outputs, scenarios = convention.output_decorators, convention.scenario_decorators
        self._outputs = Marks(resolver, matcher, outputs, scenarios)
        self._scenarios = Marks(resolver, matcher, scenarios, outputs)
        self._is_model: dict[Class, bool] = {}
        self._chains: dict[tuple[Class, Marks], ListFact] = {}
        self._methods: dict[Class, dict[str, bool]] = {}
        self._undefined: dict[Class, frozenset[str]] = {}
        self._lineages = Lineages(resolver, self.is_model, self.is_framework)

    def is_model(self, cls: Class) -> bool:
        """Whether the class derives from one of the convention's bases, whichever applies."""
        known = self._is_model.get(cls)
        if known is None:
            known = self._is_model[cls] = self._derives(cls)
        return known

    def _derives(self, cls: Class) -> bool:
        names = self._convention.model_bases
        if not names or self._matcher.is_named(cls, names):
            return False
        seen: dict[Class, None] = {cls: None}
        queue = [cls]
        for one in queue:
            for _, values in self._resolver.classes.bases(one):
                for value in values:
                    if self._matcher.is_named(value, names):
                        return True
                    if not isinstance(value, Class) or value in seen:
                        continue
                    if self._is_model.get(value):
                        return True
                    if value not in self._is_model:
                        seen[value] = None
                        queue.append(value)
        self._is_model.update(dict.fromkeys(seen, False))
        return False

    def read(self, cls: Class) -> ModelFound:
        """The facts of a model class."""
        line = self._lineages.of(cls)
        outputs = self._registered(line, self._outputs, self._convention.output_hooks)
        declared = self._declared_outputs(line)
        scenarios = self._registered(line, self._scenarios, self._convention.scenario_hooks)
        parameters, findings = parameter_names(
            self._resolver, self._matcher, self._convention, cls, line.attribute_order
        )
        facts = ModelFacts(
            outputs=joined(outputs, declared),
            scenarios=joined(ListFact(self._convention.implicit_scenarios), scenarios),
            parameters=parameters,
        )
        findings = (*findings, *self._losses(line, facts))
        return ModelFound(
            facts=facts,
            findings=findings,
            abstract=self._says_abstract(cls, line),
            partial=self._is_partial(cls, line),
            parents=line.parents,
        )

    def _registered(self, line: Lineage, marks: Marks, hooks: tuple[str, ...]) -> ListFact:
        """The names that the framework registers for the class."""
        if self._convention.inheritance is Inheritance.ATTRIBUTES:
            found = fact_of(self._attribute_marks(line, marks).values())
        else:
            found = self._chained(line, marks)
        return ListFact(found.values, (*found.unresolved, *line.doubts, *line.overrides(hooks)))

    def _chained(self, line: Lineage, marks: Marks) -> ListFact:
        """Those of the first model among the ancestors, then those of the class body.

        That model's own come in the same way, so that its first model among *its* ancestors
        counts, and not the next one of this class.
        """
        chain: dict[Class, tuple[Unresolved, ...]] = {}
        first: Class | None = line.cls
        known: ListFact | None = None
        while first is not None:
            known = self._chains.get((first, marks))
            if known is not None or first in chain:
                break
            cls = first
            first, chain[cls] = self._first_model(cls)
        fact = known or ListFact()
        for cls, doubts in reversed(chain.items()):
            if doubts:
                # Another model may come first: then nothing of this one's comes along.
                fact = ListFact((), (*fact.unresolved, *(_with(one, fact) for one in doubts)))
            fact = joined(fact, fact_of(marks.of_class(cls).values()))
            self._chains[cls, marks] = fact
        return fact

    def _first_model(self, cls: Class) -> tuple[Class | None, tuple[Unresolved, ...]]:
        """The first model among the ancestors, and what may come before it and be one."""
        doubts: list[Unresolved] = []
        for one in self._resolver.classes.ancestry(cls).order[1:]:
            if isinstance(one, Class):
                if self.is_model(one):
                    return one, tuple(doubts)
            elif isinstance(one, Unknown):
                doubts.append(doubt_of(one.expression, one.reason, one.location))
            elif one.name not in NEUTRAL and not self.is_framework(one):
                where = Location(cls.path, cls.line)
                doubts.append(doubt_of(one.name, f"base {one.name} is not of the project", where))
        return None, tuple(doubts)

    def _attribute_marks(self, line: Lineage, marks: Marks) -> dict[str, Mark]:
        found: dict[str, Mark | None] = {}
        for ancestor in line.ancestors:
            for name, mark in marks.attributes(ancestor).items():
                found.setdefault(name, mark)
        return {name: mark for name, mark in found.items() if mark is not None}

    def _declared_outputs(self, line: Lineage) -> ListFact:
        """Outputs that the class lists in an attribute or a class keyword."""
        name = self._convention.outputs_attribute
        if not name:
            return ListFact()
        facts = []
        for keyword in line.cls.node.keywords:
            if keyword.arg == name:
                values = self._resolver.evaluate(keyword.value, line.cls.point)
                facts.append(self._listed(values, keyword.value, line.cls))
        for ancestor in line.ancestors:
            if name not in ancestor.body.history and not ancestor.body.writes:
                continue
            values = self._resolver.classes.own_attribute(ancestor, name)
            if values:
                facts.append(self._listed(values, None, ancestor))
                break
        return joined(*facts)

    def _listed(self, values: Iterable[Value], node: ast.expr | None, cls: Class) -> ListFact:
        expression = self._convention.outputs_attribute
        where = Location(cls.path, node.lineno if node is not None else cls.line)
        values = tuple(values)
        if len(values) > 1 or isinstance(values[0], Unknown):
            reason = "several values are possible"
            if isinstance(values[0], Unknown):
                reason = values[0].reason
            candidates = {
                text
                for value in values
                if isinstance(value, Sequence)
                for alternatives in value.elements
                for text in map(text_of, alternatives)
                if text is not None
            }
            unresolved = Unresolved(
                expression=expression,
                reason=reason,
                location=where,
                candidates=tuple(sorted(candidates)),
            )
            return ListFact((), (unresolved,))
        value = values[0]
        if not isinstance(value, Sequence):
            return ListFact()
        marks: list[Mark] = [one_text(element, expression, where) for element in value.elements]
        marks += (
            Unresolved(expression=one.expression, reason=one.reason, location=one.location)
            for one in value.missing
        )
        return fact_of(marks)

    def _losses(self, line: Lineage, facts: ModelFacts) -> Iterator[Finding]:
        """Decorated methods of ancestors that the framework does not register."""
        if self._convention.inheritance is not Inheritance.FIRST_MODEL:
            return
        if len(line.cls.node.bases) < 2:
            return
        kinds = (
            ("output", self._outputs, facts.outputs),
            ("scenario", self._scenarios, facts.scenarios),
        )
        lines = [set(self._local_order(model)) for model in line.direct_models]
        kept = set(self._local_order(line.parents[0])) if line.parents else set()
        for ancestor in line.ancestors[1:]:
            model = self.is_model(ancestor)
            # A mixin of a base was lost, and reported, when that base was made.
            if ancestor in kept or (not model and any(ancestor in one for one in lines)):
                continue
            for kind, marks, fact in kinds:
                if not fact.complete:
                    continue  # it may have come along after all
                lost = [
                    mark
                    for mark in marks.of_class(ancestor).values()
                    if isinstance(mark, str) and mark not in fact.values
                ]
                if lost:
                    yield lost_on_the_way(line.cls, ancestor, kind, lost, model=model)

    def _local_order(self, cls: Class) -> tuple[Class, ...]:
        order = self._resolver.classes.ancestry(cls).order
        return tuple(one for one in order if isinstance(one, Class))

    def _says_abstract(self, cls: Class, line: Lineage) -> bool:
        """`ABC` among its own bases, `metaclass=ABCMeta`, or an abstract method left undefined."""
        for _, values in self._resolver.classes.bases(cls):
            if External("abc.ABC") in values:
                return True
        for keyword in cls.node.keywords:
            if keyword.arg == "metaclass":
                values = self._resolver.evaluate(keyword.value, cls.point)
                if External("abc.ABCMeta") in values:
                    return True
        return bool(self._left_undefined(line))

    def _left_undefined(self, line: Lineage) -> frozenset[str]:
        """Abstract methods whose nearest definition is the abstract one."""
        known = self._undefined.get(line.behind) if line.behind is not None else None
        pending = line.ancestors if known is None else line.ancestors[:1]
        undefined = set(known or ())
        for ancestor in reversed(pending):
            for name, abstract in self._own_methods(ancestor).items():
                (undefined.add if abstract else undefined.discard)(name)
        found = self._undefined[line.cls] = frozenset(undefined)
        return found

    def _own_methods(self, cls: Class) -> dict[str, bool]:
        """What the class body binds, and whether it is an abstract method."""
        known = self._methods.get(cls)
        if known is None:
            known = self._methods[cls] = {}
            for name in self._resolver.names.defined(cls.body):
                values = self._resolver.classes.own_attribute(cls, name)
                if values:
                    known[name] = any(map(self._is_abstract_method, values))
        return known

    def _is_abstract_method(self, value: Value) -> bool:
        if not isinstance(value, Function) or isinstance(value.node, ast.Lambda):
            return False
        return any(
            External("abc.abstractmethod") in self._resolver.evaluate(decorator, value.point)
            for decorator in value.node.decorator_list
        )

    def _is_partial(self, cls: Class, line: Lineage) -> bool:
        """A name that says "base", or a required method that neither it nor an ancestor has."""
        name = cls.node.name
        if name.startswith(("_", "Base", "Abstract")) or name.endswith(("Base", "Mixin")):
            return True
        return any(
            not any(method in ancestor.body.history for ancestor in line.ancestors)
            for method in self._convention.required_methods
        )

    def is_framework(self, value: Value) -> bool:
        """Whether a value is one of the convention's bases itself."""
        return self._matcher.is_named(value, self._convention.model_bases)


def _with(doubt: Unresolved, fact: ListFact) -> Unresolved:
    """The doubt with the names that are at stake."""
    return replace(doubt, candidates=tuple(sorted({*doubt.candidates, *fact.values})))
