"""Where each box and bend stands: links as straight as the order within columns allows."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from modelops_bundle.cli.render.picture.ordering import Columns, Item

#: Height of a box and of the room that a bend takes, in pixels; both even.
BOX_HEIGHT, BEND_HEIGHT = 44, 4
GAP = 14
#: Room between columns, for links to change their height in.
COLUMN_GAP, WIDEST_GAP = 60, 240
#: To and fro; the last one goes to the left, so that files are level with what uses them.
_SWEEPS = 12
#: How much rather a bend lies straight behind what it comes from than a box does.
_STRAIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Places:
    """Pixels from the upper left corner.

    Attributes:
        left: The left edge of each column.
        width: The width of the boxes of each column.
        middle: For each column, the middle height of each of its items.
        size: Width and height of the whole.
    """

    left: tuple[int, ...]
    width: tuple[int, ...]
    middle: tuple[Mapping[Item, int], ...]
    size: tuple[int, int]


def placed(columns: Columns, widths: Sequence[int]) -> Places:
    """The places of all items.

    Args:
        columns: Items in their order.
        widths: How wide the boxes of each column are.
    """
    middles = [_stacked(column) for column in columns.items]
    for sweep in range(_SWEEPS):
        at_right = sweep % 2 == 1
        order = range(len(middles)) if not at_right else range(len(middles) - 1, -1, -1)
        for at in order:
            wishes = _wishes(columns, middles, at, at_right)
            middles[at] = _spread(columns.items[at], middles[at], wishes)
    top = min((y - _height(i) / 2 for m in middles for i, y in m.items()), default=0)
    rounded = [_rounded(column, m, top) for column, m in zip(columns.items, middles, strict=True)]
    low = max((y + _height(i) // 2 for m in rounded for i, y in m.items()), default=0)
    lefts = _lefts(columns, widths, rounded)
    wide = lefts[-1] + widths[-1] if lefts else 0
    return Places(tuple(lefts), tuple(widths), tuple(rounded), (wide, low))


def _lefts(
    columns: Columns, widths: Sequence[int], middles: Sequence[Mapping[Item, int]]
) -> list[int]:
    """Columns stand further apart where links climb high, or they would be steep."""
    lefts, x = [], 0
    for at, width in enumerate(widths):
        lefts.append(x)
        segments = columns.segments[at] if at < len(columns.segments) else ()
        climbed = sum(abs(middles[at][a] - middles[at + 1][b]) for a, b in segments)
        mean = climbed // max(len(segments), 1)
        x += width + max(COLUMN_GAP, min(mean // 4, WIDEST_GAP))
    return lefts


def _height(item: Item) -> int:
    return BOX_HEIGHT if item >= 0 else BEND_HEIGHT


def _offsets(column: Sequence[Item]) -> list[int]:
    """The least distance of each item's middle from that of the first."""
    offsets, y = [], 0
    for at, item in enumerate(column):
        if at:
            y += (_height(column[at - 1]) + _height(item)) // 2 + GAP
        offsets.append(y)
    return offsets


def _stacked(column: Sequence[Item]) -> dict[Item, float]:
    offsets = _offsets(column)
    half = (offsets[-1] if offsets else 0) / 2
    return {item: offset - half for item, offset in zip(column, offsets, strict=True)}


def _wishes(
    columns: Columns,
    middles: Sequence[Mapping[Item, float]],
    at: int,
    at_right: bool,
) -> dict[Item, tuple[float, float]]:
    """Where the neighbours on one side would have each item: their mean height, and a weight."""
    sums: dict[Item, tuple[float, float]] = {}

    def wish(item: Item, other: Item, y: float) -> None:
        weight = _STRAIGHT if item < 0 or other < 0 else 1.0
        total, weights = sums.get(item, (0.0, 0.0))
        sums[item] = (total + y * weight, weights + weight)

    if at and not at_right:
        for left, right in columns.segments[at - 1]:
            wish(right, left, middles[at - 1][left])
    if at < len(middles) - 1 and at_right:
        for left, right in columns.segments[at]:
            wish(left, right, middles[at + 1][right])
    return {item: (total / weights, weights) for item, (total, weights) in sums.items()}


def _spread(
    column: Sequence[Item], now: Mapping[Item, float], wishes: Mapping[Item, tuple[float, float]]
) -> dict[Item, float]:
    """As near to the wishes as the order and the distances allow, in the least squares sense.

    Less the least distances the heights must not fall: an isotonic regression, which pooling
    adjacent violators solves (R. E. Barlow and others, "Statistical Inference under Order
    Restrictions", 1972).
    """
    offsets = _offsets(column)
    pools: list[tuple[float, float, int]] = []
    for item, offset in zip(column, offsets, strict=True):
        y, weight = wishes.get(item, (now[item], 0.1))
        pools.append((y - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, wa, na), (b, wb, nb) = pools[-2:]
            pools[-2:] = [((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)]
    levels = [level for level, _, count in pools for _ in range(count)]
    return {
        item: level + offset for item, level, offset in zip(column, levels, offsets, strict=True)
    }


def _rounded(column: Sequence[Item], middle: Mapping[Item, float], top: float) -> dict[Item, int]:
    """Whole pixels: rounded without the distances, which therefore stay."""
    rounding: Callable[[float], int] = round
    return {
        item: rounding(middle[item] - offset - top) + offset
        for item, offset in zip(column, _offsets(column), strict=True)
    }
