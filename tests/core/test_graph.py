"""Which nodes a change reaches, and in which order they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.graph import Edge, EdgeKind, Graph, Node, NodeKind, NodeState


def graph(edges: list[tuple[str, str]], *loose: str, **states: NodeState) -> Graph:
    """A graph of entries; `states` gives those that are not fresh."""
    names = dict.fromkeys([*(name for edge in edges for name in edge), *loose])
    nodes = {
        name: Node(
            id=name, kind=NodeKind.TARGET, name=name, state=states.get(name, NodeState.FRESH)
        )
        for name in names
    }
    return Graph(nodes, tuple(Edge(start, end, EdgeKind.IMPORTS) for start, end in edges))


CHAIN = graph([("a", "b"), ("b", "c"), ("x", "c")], "alone")


def test_a_change_reaches_what_depends_on_it_directly_or_not() -> None:
    assert CHAIN.downstream(["a"]) == {"a", "b", "c"}
    assert CHAIN.downstream(["c"]) == {"c"}
    assert CHAIN.upstream(["c"]) == {"a", "b", "c", "x"}
    assert CHAIN.downstream(["alone"]) == {"alone"}
    assert CHAIN.downstream([]) == frozenset()


def test_cycles_end() -> None:
    assert graph([("a", "b"), ("b", "a")]).downstream(["a"]) == {"a", "b"}


def test_what_depends_on_something_stale_is_affected() -> None:
    stale = graph([("a", "b"), ("b", "c"), ("x", "c")], b=NodeState.STALE)
    assert stale.affected() == {"b", "c"}
    cosmetic = graph([("a", "b")], a=NodeState.COSMETIC)
    assert cosmetic.affected() == frozenset()


def test_a_changed_file_affects_nothing_that_its_entry_does_not_say() -> None:
    file = Node(id="code:a.py", kind=NodeKind.CODE, name="a.py", state=NodeState.STALE)
    entry = Node(id="target:t", kind=NodeKind.TARGET, name="t", state=NodeState.COSMETIC)
    nodes = {node.id: node for node in (file, entry)}
    edge = Edge(file.id, entry.id, EdgeKind.DEFINED_IN)
    assert Graph(nodes, (edge,)).affected() == frozenset()


def test_a_part_keeps_the_order_and_the_edges_within() -> None:
    part = CHAIN.part({"c", "b", "alone"})
    assert list(part.nodes) == ["b", "c", "alone"]
    assert [(edge.start, edge.end) for edge in part.edges] == [("b", "c")]


def test_what_a_declared_file_imports_does_not_count() -> None:
    """`tool` is declared by `m` and imported by `t`; it imports `other`."""
    imports, needs = EdgeKind.IMPORTS, EdgeKind.NEEDS
    names = ("other", "tool", "m", "t")
    nodes = {n: Node(id=n, kind=NodeKind.CODE, name=n) for n in names}
    edges = (
        Edge("other", "tool", imports),
        Edge("tool", "m", needs),
        Edge("tool", "t", imports),
    )
    drawn = Graph(nodes, edges)
    assert drawn.downstream(["other"]) == {"other", "tool", "t"}
    assert drawn.downstream(["tool"]) == {"tool", "m", "t"}
    assert drawn.upstream(["m"]) == {"m", "tool"}
    assert drawn.upstream(["t"]) == {"t", "tool", "other"}
    assert drawn.upstream(["m", "t"]) == {"m", "t", "tool", "other"}


def test_an_edge_needs_both_its_ends() -> None:
    with pytest.raises(KeyError):
        Graph({}, (Edge("a", "b", EdgeKind.NEEDS),))


LETTERS = st.sampled_from("abcdefg")


@given(st.lists(st.tuples(LETTERS, LETTERS), max_size=20))
def test_downstream_and_upstream_are_each_other_s_mirror(edges: list[tuple[str, str]]) -> None:
    drawn = graph(edges, *"abcdefg")
    for one in "abcdefg":
        for other in "abcdefg":
            below = other in drawn.downstream([one])
            assert below == (one in drawn.upstream([other]))
