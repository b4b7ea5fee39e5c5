"""Names of a model's parameters: the first arguments of the framework's parameter calls."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.analysis.discover_match import Match, Matcher, one_text
from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.values import (
    Call,
    Class,
    External,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    shown,
)
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.observation import ListFact, Unresolved

_MAX_DEPTH = 12
_Ancestors = tuple[Class | External | Unknown, ...]


def parameter_names(
    resolver: Resolver,
    matcher: Matcher,
    convention: Convention,
    cls: Class,
    order: _Ancestors,
) -> tuple[ListFact, tuple[Finding, ...]]:
    """The parameters of a model class, and what is wrong with how it states them.

    Args:
        resolver: Evaluates expressions.
        matcher: Compares values with names.
        convention: Which calls name parameters, and which attribute holds them.
        cls: The model class.
        order: Its resolution order up to the framework's base, itself first.
    """
    reader = _Reader(resolver, matcher, convention, Location(cls.path, cls.line))
    attribute = convention.parameters_attribute
    if not convention.parameter_constructors:
        return ListFact(), ()
    if not attribute:
        reader.any_attribute([one for one in order if isinstance(one, Class)])
        return reader.fact(), ()
    for ancestor in order:
        if not isinstance(ancestor, Class):
            if isinstance(ancestor, Unknown):
                reader.open(ancestor)
            else:
                where = Location(cls.path, cls.line)
                reason = f"{ancestor.name} may define {attribute}"
                reader.open(Unknown(attribute, reason, where))
            return reader.fact(), ()
        if attribute not in ancestor.body.history and not ancestor.body.writes:
            continue
        values = resolver.classes.own_attribute(ancestor, attribute)
        if not values:
            continue
        reader.collect_alternatives(values)
        _, certain = resolver.names.definitions(ancestor.body, attribute)
        if not certain:
            where = Location(ancestor.path, ancestor.line)
            reader.open(Unknown(attribute, "it is set under a condition", where))
        return reader.unless(_set_later(resolver, attribute, cls, order, ancestor)), ()
    return _from_method(convention, cls, order)


def _set_later(
    resolver: Resolver, attribute: str, cls: Class, order: _Ancestors, holder: Class
) -> list[Unknown]:
    """Assignments to the attribute of a class that is looked at before, or is, the holder."""
    found: list[Unknown] = []
    defined_in = {one.path for one in order if isinstance(one, Class)}
    if not resolver.outside.sets_any(attribute, {*defined_in, cls.path}):
        return found
    for ancestor in order:
        if isinstance(ancestor, Class):
            found += resolver.outside.sets(ancestor, ancestor.path, attribute, cls.path)
        if ancestor == holder:
            break
    return found


def _from_method(
    convention: Convention, cls: Class, order: _Ancestors
) -> tuple[ListFact, tuple[Finding, ...]]:
    for ancestor in order:
        for method in convention.parameter_methods:
            if isinstance(ancestor, Class) and method in ancestor.body.history:
                where = Location(cls.path, cls.line)
                attribute = convention.parameters_attribute
                reason = f"{method} defines them in code, and there is no {attribute}"
                expression = f"{ancestor.qualified_name}.{method}"
                fact = Unresolved(expression=expression, reason=reason, location=where)
                finding = Finding(
                    code="MB207",
                    severity=Severity.WARNING,
                    key=str(cls.path),
                    message=(
                        f"{cls.qualified_name} has a method {method} but no {attribute}: "
                        f"the framework refuses such a class"
                    ),
                    hint=f"State the parameters in the class attribute {attribute}",
                    location=where,
                )
                return ListFact((), (fact,)), (finding,)
    return ListFact(), ()


class _Reader:
    def __init__(
        self, resolver: Resolver, matcher: Matcher, convention: Convention, where: Location
    ) -> None:
        self._resolver = resolver
        self._matcher = matcher
        self._convention = convention
        self._where = where
        self._names: dict[str, None] = {}
        self._unresolved: dict[Unresolved, None] = {}

    def _fresh(self) -> _Reader:
        return _Reader(self._resolver, self._matcher, self._convention, self._where)

    def fact(self) -> ListFact:
        return ListFact(tuple(self._names), tuple(self._unresolved))

    def open(self, unknown: Unknown, candidates: Iterable[str] = ()) -> None:
        """Note that parameters may be missing."""
        fact = Unresolved(
            expression=unknown.expression,
            reason=unknown.reason,
            location=unknown.location,
            candidates=tuple(sorted(set(candidates))),
        )
        self._unresolved[fact] = None

    def unless(self, replaced: list[Unknown]) -> ListFact:
        """The fact, or nothing but candidates where something else may have taken its place."""
        if not replaced:
            return self.fact()
        names = tuple(self._names)
        self._names.clear()
        for unknown in replaced:
            self.open(unknown, names)
        return self.fact()

    def any_attribute(self, ancestors: list[Class]) -> None:
        """Parameter calls in any attribute; the nearest class that has an attribute counts."""
        seen: set[str] = set()
        for cls in ancestors:
            for name in self._resolver.names.defined(cls.body):
                values = self._resolver.classes.own_attribute(cls, name)
                if not values or name in seen:
                    continue
                seen.add(name)
                if any(self._mentions(value, 0) for value in values):
                    self.collect_alternatives(values)

    def _mentions(self, value: Value, depth: int) -> bool:
        if depth > _MAX_DEPTH:
            return False
        if isinstance(value, Call):
            if (
                self._matcher.calls(value, self._convention.parameter_constructors)
                is not Match.NONE
            ):
                return True
            given = self._resolver.arguments(value)
            below = [*given.positional, *given.named.values()]
        elif isinstance(value, Sequence):
            below = list(value.elements)
        elif isinstance(value, Table):
            below = [item for _, item in value.items]
        else:
            return False
        return any(self._mentions(one, depth + 1) for values in below for one in values)

    def collect_alternatives(self, values: Values) -> None:
        """Parameters of an attribute; where it has several values only what all have is sure."""
        if len(values) == 1:
            self.collect(values, 0)
            return
        facts = []
        for value in values:
            inner = self._fresh()
            inner.collect((value,), 0)
            facts.append(inner.fact())
        sure = set(facts[0].values).intersection(*(fact.values for fact in facts[1:]))
        self._names.update(dict.fromkeys(name for name in facts[0].values if name in sure))
        everything = {name for fact in facts for name in fact.values}
        if everything != sure or any(fact.unresolved for fact in facts):
            attribute = self._convention.parameters_attribute
            reason = "several values are possible"
            self.open(Unknown(attribute, reason, self._where), everything)

    def collect(self, values: Values, depth: int) -> None:
        """Take the names out of parameter calls, containers of them, and lists."""
        if depth > _MAX_DEPTH:
            self.open(Unknown("", "too deeply nested", self._where))
            return
        if len(values) != 1:
            reason = "several values are possible"
            self.open(Unknown(", ".join(map(shown, values)), reason, self._where))
            return
        value = values[0]
        if isinstance(value, Call):
            self._call(value, depth)
        elif isinstance(value, Sequence):
            for element in value.elements:
                self.collect(element, depth + 1)
            for missing in value.missing:
                self.open(missing)
        elif isinstance(value, Table):
            for _, item in value.items:
                self.collect(item, depth + 1)
            for missing in value.missing:
                self.open(missing)
        elif isinstance(value, Unknown):
            self.open(value)
        elif depth == 0:
            reason = f"{shown(value)} holds no parameters"
            self.open(Unknown(self._convention.parameters_attribute, reason, self._where))

    def _call(self, call: Call, depth: int) -> None:
        where = Location(call.path, call.line)
        expression = self._resolver.names.unknown(call.node, call.point, "").expression
        given = self._resolver.arguments(call)
        if (
            self._matcher.match(call.functions, self._convention.parameter_constructors)
            is Match.ALL
        ):
            values = given.get("name", 0)
            if values is None:
                self.open(Unknown(expression, "the parameter has no name", where))
                return
            name = one_text(values, expression, where)
            if isinstance(name, str):
                self._names[name] = None
            else:
                self._unresolved[name] = None
            return
        if not self._holds(call):
            nested = self._fresh()
            for values in (*given.positional, *given.named.values()):
                nested.collect(values, depth + 1)
            reason = "what the call gives is not known"
            self.open(Unknown(expression, reason, where), nested.fact().values)
            return
        if given.missing is not None:
            self.open(given.missing)
        for values in (*given.positional, *given.named.values()):
            self.collect(values, depth + 1)

    def _holds(self, call: Call) -> bool:
        """Whether a call is a container of parameter calls and nothing else."""
        containers = self._convention.parameter_containers
        if self._matcher.match(call.functions, containers) is Match.ALL:
            return True
        # A framework that is described without its containers: any constructor may be one.
        return not containers and all(
            isinstance(one, External) and one.name.rpartition(".")[2][:1].isupper()
            for one in call.functions
        )
