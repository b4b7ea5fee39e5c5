"""Circles are opened, and every link leads to a column further right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.cli.render.picture.layering import acyclic, columns_of

COUNT = 9
BOXES = st.integers(0, COUNT - 1)
LINKS = st.lists(st.tuples(BOXES, BOXES).filter(lambda p: p[0] != p[1]), max_size=30)


def rightward(count: int, links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    back = acyclic(count, links)
    return sorted({(b, a) if (a, b) in back else (a, b) for a, b in links})


def test_a_circle_is_opened_at_one_link() -> None:
    assert acyclic(3, [(0, 1), (1, 2), (2, 0)]) == {(2, 0)}
    assert acyclic(3, [(0, 1), (1, 2), (0, 2)]) == frozenset()


def test_a_box_stands_next_to_what_uses_it() -> None:
    """A chain of three, and a file that its last one uses."""
    assert columns_of(4, [(0, 1), (1, 2), (3, 2)], {}) == [0, 1, 2, 1]


def test_a_box_keeps_its_distance_from_the_right_edge() -> None:
    assert columns_of(3, [(0, 1)], {1: 2, 2: 0}) == [0, 1, 2]
    assert columns_of(3, [(0, 1)], {1: 5}) == [0, 1, 2], "no column is empty"


def test_nothing_has_no_columns() -> None:
    assert columns_of(0, [], {}) == []


@given(LINKS)
def test_every_link_leads_to_the_right(links: list[tuple[int, int]]) -> None:
    straight = rightward(COUNT, links)
    columns = columns_of(COUNT, straight, {0: 1})
    assert all(columns[start] < columns[end] for start, end in straight)
    assert sorted(set(columns)) == list(range(max(columns) + 1))


def test_a_long_chain_needs_no_deep_stack() -> None:
    count = 20_000
    links = [(at, at + 1) for at in range(count - 1)] + [(count - 1, 0)]
    assert acyclic(count, links) == {(count - 1, 0)}
    assert columns_of(count, links[:-1], {}) == list(range(count))
