"""What an expression can be worth: sets of values, of which "cannot be told" is one."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from modelops_bundle.analysis.scope import END, Scope
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath

#: More alternatives than this are no use to anyone, and cost time.
MAX_CANDIDATES = 32
#: The longest text that evaluation may build.
MAX_TEXT_LENGTH = 4096

#: The largest container, nested elements included, that is followed.
MAX_WEIGHT = 20_000

ConstantValue = str | bytes | bool | int | float | complex | None


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A place of evaluation.

    Attributes:
        scope: Whose names are visible.
        at: The position in it.
        local: Names bound by a comprehension or as parameters of a call that is followed.
        inner: Evaluated in a nested function-like scope (comprehension, lambda), which does not
            see the names of a class body.
    """

    scope: Scope
    at: int = END
    local: tuple[tuple[str, Values], ...] = ()
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or what was computed from literals."""

    value: ConstantValue
    # `1 == True == 1.0`: the type is part of the identity.
    type_name: str = field(repr=False)
    origin: Location | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, value: ConstantValue, origin: Location | None = None) -> Constant:
        """Wrap a Python value that stands at this place."""
        return cls(value, type(value).__name__, origin)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, tuple or set that the code spells out.

    Attributes:
        kind: "list", "tuple" or "set".
        elements: Each with its alternatives.
        missing: Why there may be elements that are not listed, at positions unknown.
        weight: How many values it holds at all depths.
    """

    kind: str
    elements: tuple[Values, ...]
    missing: tuple[Unknown, ...] = ()
    weight: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A dict that the code spells out, in order; later items replace earlier ones."""

    items: tuple[tuple[Values, Values], ...]
    missing: tuple[Unknown, ...] = ()
    weight: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FilePath:
    """A `pathlib` path with known text."""

    text: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project; `path` is None for a namespace package."""

    name: str
    path: BundlePath | None


@dataclass(frozen=True, slots=True)
class External:
    """Something that is not the project's: its qualified name as it was reached."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the project, as written (decorators not applied).

    Two of them are the same if place and name agree, and where in the order of execution they are
    made: in each round of a loop another.

    Attributes:
        made: The call of a function of the project that made it, () for what no call made.
    """

    path: BundlePath
    qualified_name: str
    line: int
    at: int
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda = field(compare=False, repr=False)
    point: Point = field(compare=False, repr=False)
    made: tuple[object, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the project. Two of them are the same as two functions are.

    Attributes:
        made: The call that made it: of a function of the project, or of `type`.
        given_bases: Its bases, where `type` made it.
    """

    path: BundlePath
    qualified_name: str
    line: int
    at: int
    node: ast.ClassDef = field(compare=False, repr=False)
    body: Scope = field(compare=False, repr=False)
    point: Point = field(compare=False, repr=False)
    made: tuple[object, ...] = field(default=(), repr=False)
    given_bases: tuple[Values, ...] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an `Enum` of the project.

    Attributes:
        text: The member is a string, namely its value.
        formats: Formatting gives its value too.
    """

    owner: Class
    name: str
    value: Values
    text: bool
    formats: bool


@dataclass(frozen=True, slots=True)
class Call:
    """The result of a call that is not followed: of something outside the project, or a class.

    Two of them are the same if they stand at the same place with the same local names.

    Attributes:
        at: Where in the order of execution it stands: in each round of a loop elsewhere.
        bound: The `functools.partial(…)` that is called: its further arguments come first.
    """

    functions: Values
    path: BundlePath
    line: int
    column: int
    local: tuple[tuple[str, Values], ...]
    at: int
    node: ast.Call = field(compare=False, repr=False)
    point: Point = field(compare=False, repr=False)
    bound: Call | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told from the code.

    Attributes:
        fails: It is an import that Python would refuse.
    """

    expression: str
    reason: str
    location: Location
    fails: bool = False


Value = (
    Constant
    | Sequence
    | Table
    | FilePath
    | Module
    | External
    | Function
    | Class
    | Member
    | Call
    | Unknown
)
#: Alternatives, in source order, without duplicates; never empty.
Values = tuple[Value, ...]


def union(alternatives: Iterable[Value]) -> Values:
    """Alternatives without duplicates, in order."""
    return tuple(dict.fromkeys(alternatives))


def weight(values: Iterable[Values]) -> int:
    """How many values there are at all depths."""
    return 1 + sum(
        value.weight if isinstance(value, Sequence | Table) else 1
        for alternatives in values
        for value in alternatives
    )


def unknowns(values: Values) -> tuple[Unknown, ...]:
    """The alternatives that cannot be told."""
    return tuple(value for value in values if isinstance(value, Unknown))


def truth(values: Values) -> bool | None:
    """Whether all alternatives are true or all are false; None if neither is certain."""
    found = {_truth(value) for value in values}
    return found.pop() if len(found) == 1 else None


def _truth(value: Value) -> bool | None:
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Sequence):
        return bool(value.elements) or (None if value.missing else False)
    if isinstance(value, Table):
        return bool(value.items) or (None if value.missing else False)
    if isinstance(value, Function | Module):
        return True
    return None


def elements_of(value: Value) -> Values:
    """All values that iteration may give; empty where that cannot be told."""
    if isinstance(value, Sequence) and not value.missing:
        return union(one for alternatives in value.elements for one in alternatives)
    if isinstance(value, Table) and not value.missing:
        return union(one for alternatives, _ in value.items for one in alternatives)
    if isinstance(value, Unknown):
        return (value,)
    return ()


def text_of(value: Value) -> str | None:
    """The text that a value is, where it is one: a string or a member of a string enum."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Member) and value.text and len(value.value) == 1:
        return text_of(value.value[0])
    return None


def shown(value: Value) -> str:
    """A value as a person would write it, for lists of candidates."""
    text = text_of(value)
    if text is not None:
        return text
    if isinstance(value, Constant):
        return repr(value.value)
    if isinstance(value, FilePath):
        return value.text
    if isinstance(value, External | Module):
        return value.name
    if isinstance(value, Function | Class):
        return value.qualified_name
    if isinstance(value, Unknown):
        return value.expression
    return type(value).__name__.lower()
