"""Boxes keep their order and their distance, and links are as straight as that allows."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from modelops_bundle.cli.render.picture.ordering import Columns, ordered, with_bends
from modelops_bundle.cli.render.picture.placement import (
    BEND_HEIGHT,
    BOX_HEIGHT,
    COLUMN_GAP,
    GAP,
    placed,
)
from support.pictures import drawings


def height(item: int) -> int:
    return BOX_HEIGHT if item >= 0 else BEND_HEIGHT


def test_a_chain_is_a_straight_line() -> None:
    places = placed(with_bends([0, 1, 2], [(0, 1), (1, 2)]), [100, 120, 140])
    assert [dict(column) for column in places.middle] == [{0: 22}, {1: 22}, {2: 22}]
    assert places.left == (0, 160, 340)
    assert places.size == (480, BOX_HEIGHT)


def test_a_box_stands_in_the_middle_of_what_it_is_linked_to() -> None:
    places = placed(with_bends([0, 1, 1], [(0, 1), (0, 2)]), [100, 100])
    (middle,), (first, second) = (tuple(column.values()) for column in places.middle)
    assert (first + second) / 2 == middle


@given(drawings())
def test_nothing_overlaps(columns: Columns) -> None:
    found = ordered(columns)
    places = placed(found, [100] * len(found.items))
    width, low = places.size
    for order, middles in zip(found.items, places.middle, strict=True):
        assert list(middles) == list(order)
        for above, below in pairwise(order):
            room = (height(above) + height(below)) // 2 + GAP
            assert middles[below] - middles[above] >= room
        for item, y in middles.items():
            assert y - height(item) // 2 >= 0
            assert y + height(item) // 2 <= low
    assert all(b - a >= 100 + COLUMN_GAP for a, b in pairwise(places.left))
    assert width == places.left[-1] + 100
    assert placed(found, [100] * len(found.items)) == places


def test_nothing_takes_no_room() -> None:
    assert placed(with_bends([], []), []).size == (0, 0)
