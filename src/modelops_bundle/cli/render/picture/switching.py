"""Neighbours in a column change places where fewer links cross then: the last step of ordering.

P. Eades and D. Kelly, "Heuristics for Reducing Crossings in 2-Layered Networks", Ars Combinatoria
21A (1986), "greedy switching"; here both sides of a column count.
"""

from __future__ import annotations

from bisect import bisect_left

from modelops_bundle.cli.render.picture.ordering import Columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelops_bundle.cli.render.picture.ordering import Item

_PASSES = 8
#: How often one column is gone through in a pass.
_ROUNDS = 20

#: For each item of a column the places of its neighbours on one side, sorted.
_Places = dict[int, list[int]]


def switched(columns: Columns) -> Columns:
    """The same columns with as many crossings or fewer."""
    now = [list(column) for column in columns.items]
    for _ in range(_PASSES):
        gained = [_settle(now, columns, at) for at in range(len(now))]
        if not any(gained):
            break
    return Columns(tuple(map(tuple, now)), columns.segments)


def _settle(now: list[list[Item]], columns: Columns, at: int) -> bool:
    """Switch neighbours of one column until nothing is gained; tell whether anything was."""
    sides: list[_Places] = []
    if at:
        place = {item: y for y, item in enumerate(now[at - 1])}
        sides.append(_places([(b, a) for a, b in columns.segments[at - 1]], place))
    if at < len(now) - 1:
        place = {item: y for y, item in enumerate(now[at + 1])}
        sides.append(_places(columns.segments[at], place))
    column = now[at]
    ever = False
    for _ in range(_ROUNDS):
        gained = False
        for y in range(len(column) - 1):
            above, below = column[y], column[y + 1]
            if _crossings(above, below, sides) > _crossings(below, above, sides):
                column[y], column[y + 1] = below, above
                gained = ever = True
        if not gained:
            break
    return ever


def _places(segments: Sequence[tuple[Item, Item]], place: Mapping[Item, int]) -> _Places:
    found: _Places = {}
    for item, other in segments:
        found.setdefault(item, []).append(place[other])
    return {item: sorted(places) for item, places in found.items()}


def _crossings(above: Item, below: Item, sides: Sequence[_Places]) -> int:
    """How often the links of two neighbours cross each other in this order."""
    return sum(
        bisect_left(side[below], y)
        for side in sides
        if above in side and below in side
        for y in side[above]
    )
