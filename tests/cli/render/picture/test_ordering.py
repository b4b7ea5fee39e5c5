"""Fewer links cross, and nothing but the order changes."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given

from modelops_bundle.cli.render.picture.ordering import Columns, bend_of, ordered, with_bends
from modelops_bundle.cli.render.picture.switching import switched
from support.pictures import drawings


def crossings(columns: Columns) -> int:
    """Counted pair by pair."""
    found = 0
    for at, segments in enumerate(columns.segments):
        left, right = columns.items[at].index, columns.items[at + 1].index
        for (a, b), (c, d) in combinations(segments, 2):
            found += (left(a) - left(c)) * (right(b) - right(d)) < 0
    return found


def test_links_that_cross_are_untangled() -> None:
    tangled = with_bends([0, 0, 1, 1], [(0, 3), (1, 2)])
    assert tangled.crossings() == 1
    assert ordered(tangled).crossings() == 0


def test_long_links_of_one_box_share_their_bends() -> None:
    columns = with_bends([0, 1, 2, 3, 3], [(0, 3), (0, 4), (0, 1)])
    assert columns.items == ((0,), (1, bend_of(0)), (2, bend_of(0)), (3, 4))
    assert columns.segments == (
        ((0, 1), (0, bend_of(0))),
        ((bend_of(0), bend_of(0)),),
        ((bend_of(0), 3), (bend_of(0), 4)),
    )


def test_neighbours_change_places_where_that_saves_a_crossing() -> None:
    assert switched(with_bends([0, 0, 1, 1], [(0, 3), (1, 2)])).crossings() == 0


@given(drawings())
def test_switching_moves_items_within_their_columns_only(columns: Columns) -> None:
    better = switched(columns)
    assert [sorted(column) for column in better.items] == [sorted(c) for c in columns.items]
    assert better.crossings() <= columns.crossings()
    assert switched(columns) == better


@given(drawings())
def test_crossings_are_counted_right(columns: Columns) -> None:
    assert columns.crossings() == crossings(columns)


@given(drawings())
def test_ordering_moves_items_within_their_columns_only(columns: Columns) -> None:
    better = ordered(columns)
    assert [sorted(column) for column in better.items] == [sorted(c) for c in columns.items]
    assert better.segments == columns.segments
    assert better.crossings() <= columns.crossings()
    assert ordered(columns) == better


def test_an_empty_drawing_has_no_columns() -> None:
    assert ordered(with_bends([], [])) == Columns((), ())
