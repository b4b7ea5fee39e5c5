"""In which order the boxes of a column stand: few links cross (barycentre method).

A link over several columns passes each of those between in a bend; all links of one box share
their bends, and fan out where they end.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelops_bundle.cli.render.picture.layering import Pair

#: A box by its place, or the bend of box `-1 - item` in a column.
Item = int
_SWEEPS = 24
#: Sweeps go over at most this many segments in all, or large pictures would take seconds.
_WORK = 400_000


@dataclass(frozen=True, slots=True)
class Columns:
    """The items of each column from the top, and what joins them.

    Attributes:
        items: Boxes, and bends of boxes that stand further left.
        segments: For each gap between two columns, pairs of an item of the left one and an item
            of the right one.
    """

    items: tuple[tuple[Item, ...], ...]
    segments: tuple[tuple[tuple[Item, Item], ...], ...]

    def crossings(self) -> int:
        """How often segments cross."""
        orders = [{item: at for at, item in enumerate(column)} for column in self.items]
        return sum(
            _crossings(orders[at], orders[at + 1], segments)
            for at, segments in enumerate(self.segments)
        )


def with_bends(columns: Sequence[int], links: Iterable[Pair]) -> Columns:
    """Columns in the order of the boxes, with the bends of long links below.

    Args:
        columns: The column of each box.
        links: Pairs that lead to the right.
    """
    count = max(columns, default=-1) + 1
    items: list[list[Item]] = [[] for _ in range(count)]
    segments: list[dict[tuple[Item, Item], None]] = [{} for _ in range(max(count - 1, 0))]
    for box, column in enumerate(columns):
        items[column].append(box)
    reached = list(columns)
    for start, end in sorted(links):
        for column in range(reached[start] + 1, columns[end]):
            items[column].append(bend_of(start))
            before = start if column - 1 == columns[start] else bend_of(start)
            segments[column - 1][before, bend_of(start)] = None
            reached[start] = column
        last = columns[end] - 1
        segments[last][start if last == columns[start] else bend_of(start), end] = None
    return Columns(tuple(map(tuple, items)), tuple(map(tuple, segments)))


def bend_of(box: int) -> Item:
    """The item that stands for a box's links in the columns that they pass."""
    return -1 - box


def ordered(columns: Columns) -> Columns:
    """The same columns with fewer crossings: the best order that sweeps to and fro come upon."""
    right = [_neighbours(segments) for segments in columns.segments]
    left = [_neighbours((b, a) for a, b in segments) for segments in columns.segments]
    best, fewest = columns, columns.crossings()
    now = [list(column) for column in columns.items]
    total = sum(map(len, columns.segments))
    for sweep in range(min(_SWEEPS, max(4, _WORK // (total + 1)))):
        if not fewest:
            break
        if sweep % 2:
            for at in range(len(now) - 2, -1, -1):
                now[at] = _by_barycentre(now[at], now[at + 1], right[at])
        else:
            for at in range(1, len(now)):
                now[at] = _by_barycentre(now[at], now[at - 1], left[at - 1])
        tried = Columns(tuple(map(tuple, now)), columns.segments)
        crossings = tried.crossings()
        if crossings < fewest:
            best, fewest = tried, crossings
    return best


def _neighbours(segments: Iterable[tuple[Item, Item]]) -> Mapping[Item, list[Item]]:
    found: dict[Item, list[Item]] = {}
    for item, other in segments:
        found.setdefault(item, []).append(other)
    return found


def _by_barycentre(
    column: Sequence[Item], fixed: Sequence[Item], neighbours: Mapping[Item, list[Item]]
) -> list[Item]:
    """By the mean place of the neighbours; what has none keeps its place."""
    place = {item: at for at, item in enumerate(fixed)}
    means = {
        item: sum(place[other] for other in neighbours[item]) / len(neighbours[item])
        for item in column
        if item in neighbours
    }
    moved = iter(sorted(means, key=means.__getitem__))
    return [next(moved) if item in means else item for item in column]


def _crossings(
    left: Mapping[Item, int], right: Mapping[Item, int], segments: Sequence[tuple[Item, Item]]
) -> int:
    """Pairs of segments whose ends are in opposite order, counted with a tree of sums.

    W. Barth, M. Juenger, P. Mutzel, "Simple and Efficient Bilayer Cross Counting", Graph Drawing
    2002.
    """
    ends = [right[b] for _, b in sorted(segments, key=lambda pair: (left[pair[0]], right[pair[1]]))]
    size = 1
    while size < len(right):
        size *= 2
    sums = [0] * (2 * size)
    found = 0
    for end in ends:
        at = end + size
        sums[at] += 1
        while at > 1:
            if not at % 2:
                found += sums[at + 1]
            at //= 2
            sums[at] += 1
    return found
