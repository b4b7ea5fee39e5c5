"""Which bindings a name may have at which point of a scope (reaching definitions)."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum

from modelops_bundle.core.paths import BundlePath

#: The position after everything: what an importer sees.
END = 1 << 60

#: More alternatives than this for one name are treated as unknown.
MAX_BINDINGS = 24


class ScopeKind(StrEnum):
    """What opened a scope; lookups differ between them."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """`name = value`; `unpack` leads to the element for a tuple on the left."""

    value: ast.expr
    at: int
    unpack: tuple[int, ...] = ()
    #: Length of the tuple at each step of `unpack`, which must be that of the value.
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Augmented:
    """`name += value` on top of what the name was."""

    node: ast.AugAssign
    before: tuple[Binding, ...]
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Looped:
    """`for name in iterable`: any element."""

    iterable: ast.expr
    at: int
    unpack: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """`import module` (name ""), or `from module import name`; the module is absolute."""

    module: str
    name: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A `def` or `class`; `body` is the class's scope."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    at: int
    body: Scope | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """Bound to something that is not followed; `fails` for an import that Python would refuse."""

    reason: str
    line: int
    expression: str = ""
    fails: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Bound to values that are known already (`analysis.values.Values`)."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Unbound:
    """Not bound, or deleted."""


@dataclass(frozen=True, slots=True, eq=False)
class Guarded:
    """A binding that holds only where a test has one outcome."""

    binding: Binding
    test: ast.expr
    expected: bool
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Fallback:
    """A binding made where an import failed."""

    binding: Binding


Binding = (
    Assigned
    | Augmented
    | Looped
    | Imported
    | Defined
    | Given
    | Opaque
    | Unbound
    | Guarded
    | Fallback
)


def innermost(binding: Binding) -> Binding:
    """The binding without the conditions under which it holds."""
    while isinstance(binding, Guarded | Fallback):
        binding = binding.binding
    return binding


UNBOUND = Unbound()
NOTHING: tuple[Binding, ...] = (UNBOUND,)


@dataclass(slots=True, eq=False)
class StarImport:
    """`from module import *`; conditional if it may not have run.

    In a branch it holds until the end of the branch, and from the join on conditionally.
    """

    module: str
    at: int
    conditional: bool
    line: int
    until: int = END


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """`globals()[key] = value` and kin, with a key that is no literal.

    Attributes:
        key: None where nothing is known of the names that are written, nor of their values.
        sure: It is certain to run, once.
    """

    key: ast.expr | None
    value: ast.expr | None
    at: int
    sure: bool
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """A `return` that can be reached."""

    value: ast.expr | None
    line: int
    at: int


@dataclass(slots=True, eq=False)
class Scope:
    """One namespace and its history.

    Attributes:
        kind: What opened it.
        path: The file.
        qualified_name: Prefix of the names defined here, without a trailing dot; "" for a module.
        parent: The enclosing scope.
        parent_at: Position in the parent at which the body runs; `END` for a function.
        parameters: Names that are parameters of the function.
        history: name -> positions and the bindings from there on.
        stars: Star imports in order.
        writes: What is written into the namespace under computed names, in order.
        returns: Return statements, for a function.
        global_names: Names that a `global` statement sends to the module.
        open_end: The end of a function's body is reached without a `return`.
        instance: What tells a call that is followed from other calls of the function; () for
            what exists once.
    """

    kind: ScopeKind
    path: BundlePath
    qualified_name: str = ""
    parent: Scope | None = None
    parent_at: int = END
    parameters: frozenset[str] = frozenset()
    history: dict[str, tuple[list[int], list[tuple[Binding, ...]]]] = field(default_factory=dict)
    stars: list[StarImport] = field(default_factory=list)
    writes: list[Written] = field(default_factory=list)
    returns: list[Returned] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    open_end: bool = False
    instance: tuple[object, ...] = ()

    def bindings(self, name: str, at: int) -> tuple[tuple[Binding, ...], int]:
        """The bindings that may hold just before a position, and where they were made.

        `(NOTHING, -1)` for a name that was never bound.
        """
        entry = self.history.get(name)
        if entry is None:
            return NOTHING, -1
        positions, versions = entry
        index = bisect_right(positions, at) - 1
        if index < 0:
            return NOTHING, -1
        return versions[index], positions[index]

    def record(self, name: str, at: int, bindings: tuple[Binding, ...]) -> None:
        """Note that from this position on the name has these bindings."""
        positions, versions = self.history.setdefault(name, ([], []))
        if positions and positions[-1] == at:
            versions[-1] = bindings
        else:
            positions.append(at)
            versions.append(bindings)

    def rebinds(self, name: str) -> bool:
        """Whether the name has had more than one version."""
        return name in self.history and len(self.history[name][0]) > 1

    def final(self) -> list[tuple[str, tuple[Binding, ...]]]:
        """Names and bindings at the end, in the order of their last binding."""
        ends = [
            (positions[-1], name, versions[-1])
            for name, (positions, versions) in self.history.items()
        ]
        return [(name, bindings) for _, name, bindings in sorted(ends, key=lambda end: end[0])]

    @property
    def module(self) -> Scope:
        """The module scope around it."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def qualify(self, name: str) -> str:
        """The qualified name (`__qualname__`) of something defined here."""
        if not self.qualified_name:
            return name
        middle = ".<locals>." if self.kind is ScopeKind.FUNCTION else "."
        return self.qualified_name + middle + name
