"""What depends on what: files, entries, outputs and target sets as one directed graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from modelops_bundle.core.plan import Reason


class NodeKind(StrEnum):
    """What a node stands for."""

    MODEL = "model"
    TARGET = "target"
    OUTPUT = "output"
    TARGET_SET = "target_set"
    CODE = "code"
    DATA = "data"
    ENVIRONMENT = "environment"


class NodeState(StrEnum):
    """How a node stands to what the registry recorded of it.

    Entries have the states of `core.plan.State`, and `added` where a sync would add them; files
    and outputs are `fresh`, `cosmetic`, `stale` (they differ), `missing` or `added`; a file that
    code reads and that nothing declares is `undeclared`: no digest of it was recorded.
    """

    FRESH = "fresh"
    COSMETIC = "cosmetic"
    STALE = "stale"
    MISSING = "missing"
    UNPARSED = "unparsed"
    AMBIGUOUS = "ambiguous"
    ADDED = "added"
    UNDECLARED = "undeclared"

    @property
    def sound(self) -> bool:
        """Whether whatever depends on it may still rely on it."""
        return self in (NodeState.FRESH, NodeState.COSMETIC)


class EdgeKind(StrEnum):
    """What the end of an edge does with its start."""

    IMPORTS = "imports"
    DEFINED_IN = "defined_in"
    #: A file that an entry declares: its bytes count, and not what it imports.
    NEEDS = "needs"
    READS = "reads"
    PROVIDED_BY = "provided_by"
    COMPARES = "compares"
    HOLDS = "holds"
    RUNS_WITH = "runs_with"
    #: Rule MB220: a change of the file goes unseen.
    READS_UNDECLARED = "reads_undeclared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node.

    Attributes:
        id: The kind and the name, such as `model:sir`; unique.
        name: An id, an output's or set's name, or a path.
        path, line: Where it is; "" and 0 where that says nothing.
        reasons: What differs, as `status` tells it; for a file, who reads it without declaring it.
    """

    id: str
    kind: NodeKind
    name: str
    state: NodeState = NodeState.FRESH
    path: str = ""
    line: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A change of `start` concerns `end`: the way that staleness travels."""

    start: str
    end: str
    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id in the order in which they are shown, and edges between them."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    _after: dict[str, list[Edge]] = field(init=False, repr=False, compare=False)
    _before: dict[str, list[Edge]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the edges.

        Raises:
            KeyError: an edge starts or ends nowhere.
        """
        after: dict[str, list[Edge]] = {name: [] for name in self.nodes}
        before: dict[str, list[Edge]] = {name: [] for name in self.nodes}
        for edge in self.edges:
            after[edge.start].append(edge)
            before[edge.end].append(edge)
        object.__setattr__(self, "_after", after)
        object.__setattr__(self, "_before", before)

    def after(self, name: str) -> Sequence[Edge]:
        """The edges that start at a node."""
        return self._after[name]

    def before(self, name: str) -> Sequence[Edge]:
        """The edges that end at a node."""
        return self._before[name]

    def downstream(self, names: Iterable[str]) -> frozenset[str]:
        """These nodes, and everything that depends on one of them."""
        starts = frozenset(names)
        found = set(starts)
        pending = sorted(starts)
        for name in pending:
            for edge in self._after[name]:
                if edge.kind is EdgeKind.NEEDS and name not in starts:
                    continue
                if edge.end not in found:
                    found.add(edge.end)
                    pending.append(edge.end)
        return frozenset(found)

    def upstream(self, names: Iterable[str]) -> frozenset[str]:
        """These nodes, and everything that one of them depends on."""
        pending = list(dict.fromkeys(names))
        followed = set(pending)
        found = set(pending)
        for name in pending:
            for edge in self._before[name]:
                found.add(edge.start)
                if edge.kind is not EdgeKind.NEEDS and edge.start not in followed:
                    followed.add(edge.start)
                    pending.append(edge.start)
        return frozenset(found)

    def affected(self) -> frozenset[str]:
        """Everything that is not sound itself, or depends on something that is not.

        Code and data do not count by themselves: what a changed file means for an entry is the
        entry's own state, for an edit may lie outside of what the entry uses.
        """
        files = (NodeKind.CODE, NodeKind.DATA)
        return self.downstream(
            name
            for name, node in self.nodes.items()
            if not node.state.sound and node.kind not in files
        )

    def part(self, names: Iterable[str]) -> Graph:
        """These nodes and the edges between them, in the same order."""
        kept = frozenset(names)
        return Graph(
            {name: node for name, node in self.nodes.items() if name in kept},
            tuple(edge for edge in self.edges if edge.start in kept and edge.end in kept),
        )
