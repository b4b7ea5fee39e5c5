"""The ancestors of a model class, sorted by what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.resolve import Resolver
from modelops_bundle.analysis.values import Class, External, Unknown, Value
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Unresolved

#: Bases outside the project that carry no outputs, scenarios or parameters.
NEUTRAL = frozenset({"abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol"})
_METACLASSES = frozenset({"abc.ABCMeta", "builtins.type"})

_Ancestor = Class | External | Unknown


@dataclass(frozen=True, slots=True)
class Lineage:
    """A model class with its ancestors.

    Attributes:
        ancestors: Project classes in resolution order up to the framework's base, itself first.
        attribute_order: The same with what stands between them and is not known.
        parents: Those after the first that are models.
        direct_models: Direct bases that are models of the project.
        doubts: Reasons why registration may differ from what the code shows.
        behind: The only base, where all other ancestors are its ancestors.
    """

    cls: Class
    ancestors: tuple[Class, ...]
    attribute_order: tuple[Class | External | Unknown, ...]
    parents: tuple[Class, ...]
    direct_models: tuple[Class, ...]
    doubts: tuple[Unresolved, ...]
    behind: Class | None = None

    def overrides(self, hooks: tuple[str, ...]) -> Iterator[Unresolved]:
        """Reasons why the list is open: hooks that code of the project overrides."""
        for ancestor in self.ancestors:
            for hook in hooks:
                if hook in ancestor.body.history:
                    where = Location(ancestor.path, ancestor.line)
                    expression = f"{ancestor.qualified_name}.{hook}"
                    yield doubt_of(expression, f"{hook} is overridden", where)


class Lineages:
    """Lineages of one question; that of a class with one base goes on from the base's.

    Args:
        resolver: Evaluates expressions.
        is_model: Whether a class derives from the framework's base.
        is_framework: Whether a value is the framework's base itself.
    """

    def __init__(
        self,
        resolver: Resolver,
        is_model: Callable[[Class], bool],
        is_framework: Callable[[Value], bool],
    ) -> None:
        self._resolver = resolver
        self._is_model = is_model
        self._is_framework = is_framework
        self._known: dict[Class, Lineage] = {}

    def of(self, model: Class) -> Lineage:
        """The lineage of a model class."""
        known = self._known.get(model)
        if known is None:
            known = self._extended(model) or self._whole(model)
            self._known[model] = known
        return known

    def _extended(self, model: Class) -> Lineage | None:
        bases = self._resolver.classes.bases(model)
        base = bases[0][1][0] if len(bases) == 1 and len(bases[0][1]) == 1 else None
        line = self._known.get(base) if isinstance(base, Class) else None
        if line is None or base is None or self._resolver.classes.ancestry(model).problem:
            return None
        return Lineage(
            model,
            (model, *line.ancestors),
            (model, *line.attribute_order),
            (line.cls, *line.parents),
            (line.cls,),
            (*line.doubts, *self._machinery(model)),
            line.cls,
        )

    def _whole(self, model: Class) -> Lineage:
        classes = self._resolver.classes
        order: list[_Ancestor] = []
        doubts: list[Unresolved] = []
        where = Location(model.path, model.line)
        line = classes.ancestry(model).order
        behind: set[_Ancestor] = set()
        for ancestor in line:
            if self._is_framework(ancestor) and isinstance(ancestor, Class):
                behind.update(classes.ancestry(ancestor).order)
        for ancestor in line:
            if ancestor in behind or self._is_framework(ancestor):
                continue
            if isinstance(ancestor, External) and ancestor.name in NEUTRAL:
                continue
            order.append(ancestor)
            if isinstance(ancestor, External):
                reason = f"base {ancestor.name} is not part of the project"
                doubts.append(doubt_of(ancestor.name, reason, where))
            elif isinstance(ancestor, Unknown):
                doubts.append(doubt_of(ancestor.expression, ancestor.reason, ancestor.location))
        ancestors = tuple(one for one in order if isinstance(one, Class))
        for ancestor in ancestors:
            doubts += self._machinery(ancestor)
        direct = dict.fromkeys(
            value
            for _, values in classes.bases(model)
            for value in values
            if isinstance(value, Class) and self._is_model(value)
        )
        parents = tuple(one for one in ancestors[1:] if self._is_model(one))
        return Lineage(model, ancestors, tuple(order), parents, tuple(direct), tuple(doubts))

    def _machinery(self, cls: Class) -> Iterator[Unresolved]:
        """Metaclasses and `__init_subclass__` of the project, which may register differently."""
        where = Location(cls.path, cls.line)
        if "__init_subclass__" in cls.body.history:
            expression = f"{cls.qualified_name}.__init_subclass__"
            yield doubt_of(expression, "__init_subclass__ is overridden", where)
        for keyword in cls.node.keywords:
            if keyword.arg not in (None, "metaclass"):
                continue
            values = self._resolver.evaluate(keyword.value, cls.point)
            names = {value.name for value in values if isinstance(value, External)}
            if len(names) != len(values) or not names <= _METACLASSES:
                yield doubt_of(cls.qualified_name, "its metaclass is not known", where)


def doubt_of(expression: str, reason: str, location: Location) -> Unresolved:
    """Something that keeps a list open, with nothing known of what may be missing."""
    return Unresolved(expression=expression, reason=reason, location=location)
