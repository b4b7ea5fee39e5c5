"""Classes: their bases, the method resolution order, attributes and enum members."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.resolve_modules import Evaluate
from modelops_bundle.analysis.resolve_names import Names
from modelops_bundle.analysis.resolve_outside import Outside
from modelops_bundle.analysis.values import (
    Call,
    Class,
    Constant,
    External,
    Function,
    Member,
    Unknown,
    Value,
    Values,
    union,
)
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath

#: Bases outside the project that define nothing of what is looked for.
_NEUTRAL = frozenset(
    {
        "abc.ABC",
        "builtins.object",
        "builtins.str",
        "builtins.int",
        "enum.Enum",
        "enum.Flag",
        "enum.IntEnum",
        "enum.IntFlag",
        "enum.ReprEnum",
        "enum.StrEnum",
        "typing.Generic",
        "typing.NamedTuple",
        "typing.Protocol",
        "typing.TypedDict",
        "typing_extensions.Protocol",
    }
)
_ENUMS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.ReprEnum"})
_FLAGS = frozenset({"enum.Flag", "enum.IntFlag"})
_ENUM_HOOKS = frozenset({"__new__", "__init__", "_generate_next_value_", "_missing_", "__str__"})

#: Stands for a base of a class that `type` made.
_GIVEN = ast.Constant(None, lineno=0, col_offset=0)
#: Classes on the way from a class to its bases' bases, and in one resolution order.
_MAX_NESTED = 40
_MAX_ANCESTORS = 400

#: A class, something outside the project, or unknown: one place in a resolution order.
Ancestor = Class | External | Unknown


@dataclass(frozen=True, slots=True)
class Ancestry:
    """A class's method resolution order, the class itself first.

    Attributes:
        order: Bases that cannot be told stand as `Unknown`; `object` is left out.
        problem: Why Python would refuse the class, or "".
    """

    order: tuple[Ancestor, ...]
    problem: str = ""


class Classes:
    """Answers questions about classes of the project."""

    def __init__(self, names: Names, outside: Outside, evaluate: Evaluate) -> None:
        self._names = names
        self._outside = outside
        self._evaluate = evaluate
        self._ancestries: dict[Class, Ancestry] = {}
        self._pending: set[Class] = set()
        self._cuts = 0

    def bases(self, cls: Class) -> list[tuple[ast.expr, Values]]:
        """The base expressions with their alternatives, in order."""
        if cls.given_bases is not None:
            return [(_GIVEN, values) for values in cls.given_bases]
        return [(base, self._evaluate(base, cls.point)) for base in cls.node.bases]

    def ancestry(self, cls: Class) -> Ancestry:
        """The method resolution order by C3 (Python documentation, "The Python 2.3 MRO")."""
        held = self._ancestries.get(cls)
        if held is not None:
            return held
        if cls in self._pending or len(self._pending) >= _MAX_NESTED:
            self._cuts += 1
            reason = "inherits from itself" if cls in self._pending else "too many classes deep"
            return self._broken((cls,), cls, reason)
        cuts = self._cuts
        self._pending.add(cls)
        ancestry = self._linearised(cls)
        self._pending.discard(cls)
        if self._cuts == cuts:
            # Nothing on the way was cut short: the answer holds everywhere.
            self._ancestries[cls] = ancestry
        return ancestry

    @staticmethod
    def _broken(order: tuple[Ancestor, ...], cls: Class, reason: str) -> Ancestry:
        where = Location(cls.path, cls.line)
        return Ancestry((*order, Unknown(cls.qualified_name, reason, where)), reason)

    def _linearised(self, cls: Class) -> Ancestry:
        direct = [self._one(base, values, cls) for base, values in self.bases(cls)]
        lists: list[list[Ancestor]] = []
        for base in direct:
            if not isinstance(base, Class):
                lists.append([base])
                continue
            inherited = self.ancestry(base)
            if inherited.problem:
                return self._broken((cls, *inherited.order), cls, inherited.problem)
            lists.append(list(inherited.order))
        if len(lists) == 1:
            return Ancestry((cls, *lists[0]))
        if sum(map(len, lists)) > _MAX_ANCESTORS:
            return self._broken((cls,), cls, "too many ancestors")
        lists.append(direct)
        order: list[Ancestor] = [cls]
        while lists := [rest for rest in lists if rest]:
            tails = {one for rest in lists for one in rest[1:]}
            heads = [rest[0] for rest in lists if rest[0] not in tails]
            # One that is not known may derive from any that could come next: it goes first.
            heads.sort(key=lambda one: not isinstance(one, Unknown))
            if not heads:
                return self._broken(tuple(order), cls, "its bases have no consistent order")
            order.append(heads[0])
            lists = [[one for one in rest if one != heads[0]] for rest in lists]
        return Ancestry(tuple(order))

    def _one(self, base: ast.expr, values: Values, cls: Class) -> Ancestor:
        if len(values) == 1:
            value = values[0]
            if isinstance(value, Class | External | Unknown):
                return value
            if isinstance(base, ast.Starred):
                return self._names.unknown(base, cls.point, "bases are unpacked")
            return self._names.unknown(base, cls.point, "not a class")
        return self._names.unknown(base, cls.point, "several classes are possible")

    def attribute(self, cls: Class, name: str, asking: BundlePath) -> Values:
        """A class attribute, as it is when all modules have run.

        Args:
            cls: The class.
            name: The attribute.
            asking: The file in which it is used, whose code may set it.
        """
        ancestry = self.ancestry(cls)
        values: list[Value] = []
        doubts: list[Unknown] = []
        for ancestor in ancestry.order:
            if isinstance(ancestor, External):
                if ancestor.name in _NEUTRAL:
                    continue
                values.append(self._doubt(cls, name, f"{ancestor.name} may define {name}"))
                break
            if isinstance(ancestor, Unknown):
                values.append(ancestor)
                break
            doubts += self._outside.sets(ancestor, ancestor.path, name, asking)
            doubts += self._machinery(ancestor, cls, name)
            if name not in ancestor.body.history and not ancestor.body.writes:
                continue
            _, certain = self._names.definitions(ancestor.body, name)
            values += self.own_attribute(ancestor, name)
            if certain:
                break
        if not values:
            values.append(self._doubt(cls, name, f"{cls.qualified_name} does not define {name}"))
        if self._is_enum(ancestry):
            values = [self._member(cls, ancestry, name, union(values))]
        return union((*values, *doubts))

    @staticmethod
    def _doubt(cls: Class, name: str, reason: str) -> Unknown:
        return Unknown(f"{cls.qualified_name}.{name}", reason, Location(cls.path, cls.line))

    def _machinery(self, ancestor: Class, cls: Class, name: str) -> Iterator[Unknown]:
        """Code of the project that may set attributes when the class is made."""
        own = (Function, Class, Unknown)
        for decorator in ancestor.node.decorator_list:
            for value in self._evaluate(decorator, ancestor.point):
                made = value.functions if isinstance(value, Call) else (value,)
                if any(isinstance(one, own) for one in made):
                    yield self._doubt(cls, name, f"{ancestor.qualified_name} is decorated")
        for keyword in ancestor.node.keywords:
            if keyword.arg in ("metaclass", None):
                values = self._evaluate(keyword.value, ancestor.point)
                if not all(isinstance(value, External) for value in values):
                    yield self._doubt(cls, name, f"{ancestor.qualified_name} has a metaclass")
        if ancestor is not cls and "__init_subclass__" in ancestor.body.history:
            yield self._doubt(cls, name, f"{ancestor.qualified_name} sets up its subclasses")

    def own_attribute(self, cls: Class, name: str) -> Values:
        """What the class body itself binds the name to; empty if it does not."""
        if name not in cls.body.history and not cls.body.writes:
            return ()
        values = self._names.bound_in(cls.body, name)
        steadiness = self._names.steadiness
        inside = (steadiness.steady(value, "." + name, cls.body) for value in values)
        return tuple(steadiness.steady_elsewhere(value, name) for value in inside)

    @staticmethod
    def _is_enum(ancestry: Ancestry) -> bool:
        return any(isinstance(one, External) and one.name in _ENUMS for one in ancestry.order)

    def _member(self, cls: Class, ancestry: Ancestry, name: str, values: Values) -> Value:
        where = Location(cls.path, cls.line)
        whole = f"{cls.qualified_name}.{name}"
        outside = {one.name for one in ancestry.order if isinstance(one, External)}
        local = [one for one in ancestry.order if isinstance(one, Class)]
        if any(hook in one.body.history for one in local for hook in _ENUM_HOOKS):
            return Unknown(whole, "the enum makes its own values", where)
        if outside & _FLAGS or not all(isinstance(one, Class | External) for one in ancestry.order):
            return Unknown(whole, "not a plain enum", where)
        if name.startswith("_") or any(isinstance(value, Function) for value in values):
            return Unknown(whole, "not a member", where)
        text = "enum.StrEnum" in outside or "builtins.str" in outside
        if len(values) == 1 and isinstance(values[0], Call):
            made = values[0].functions
            if made == (External("enum.auto"),) and "enum.StrEnum" in outside:
                return Member(cls, name, (Constant.of(name.lower(), where),), True, True)
            return Unknown(whole, "the member's value is computed", where)
        mixed = outside - _ENUMS - {"builtins.str", "builtins.object", "abc.ABC"}
        wanted = str if text else int if "enum.IntEnum" in outside else None
        for value in values:
            if isinstance(value, Unknown):
                return value
            fits = wanted is None or (isinstance(value, Constant) and type(value.value) is wanted)
            if mixed or not fits:
                return Unknown(whole, "the enum converts its values", where)
        return Member(cls, name, values, text, "enum.StrEnum" in outside)

    def is_enum(self, cls: Class) -> bool:
        """Whether the class is an enum."""
        return self._is_enum(self.ancestry(cls))
