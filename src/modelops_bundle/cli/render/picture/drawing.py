"""A layered drawing of boxes and links: every place that is drawn, and nothing of how."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.cli.render.picture.labels import label
from modelops_bundle.cli.render.picture.layering import acyclic, columns_of
from modelops_bundle.cli.render.picture.ordering import bend_of, ordered, with_bends
from modelops_bundle.cli.render.picture.placement import placed
from modelops_bundle.cli.render.picture.switching import switched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_bundle.cli.render.picture.boxes import Link, View
    from modelops_bundle.cli.render.picture.labels import Label
    from modelops_bundle.cli.render.picture.layering import Pair
    from modelops_bundle.cli.render.picture.ordering import Columns, Item
    from modelops_bundle.cli.render.picture.placement import Places

#: Entries stand in the same columns whatever else there is: counted from the right edge.
_FROM_RIGHT = {"target_set": 0, "target": 1, "output": 2, "model": 3, "environment": 4}
#: Everything runs with every file of the environment: these links are drawn on demand only.
RUNS_WITH = "runs_with"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box in its place: middle height, left edge and width, in pixels."""

    left: int
    middle: int
    width: int
    label: Label


@dataclass(frozen=True, slots=True)
class Route:
    """A link's points from its start to its end.

    Attributes:
        turned: The points lead from the right to the left: the link closes a circle.
        on_demand: It is shown with its boxes only.
    """

    link: Link
    points: tuple[tuple[int, int], ...]
    turned: bool
    on_demand: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it; `columns` holds boxes, and bends as `-1 - box`, from the top."""

    boxes: tuple[Drawn, ...]
    routes: tuple[Route, ...]
    columns: tuple[tuple[Item, ...], ...]
    size: tuple[int, int]


def draw(view: View) -> Drawing:
    """Lay out a view; the same view gives the same drawing, on any machine."""
    back = acyclic(len(view.boxes), _pairs(view))
    column_of, unordered = in_columns(view, back)
    columns = switched(ordered(unordered))
    labels = [label(box) for box in view.boxes]
    widths = [
        max((labels[i].width for i in column if i >= 0), default=0) for column in columns.items
    ]
    places = placed(columns, widths)
    boxes = tuple(
        Drawn(
            left=places.left[column],
            middle=places.middle[column][at],
            width=places.width[column],
            label=labels[at],
        )
        for at, column in enumerate(column_of)
    )
    routes = tuple(_routes(view.links, back, column_of, places, boxes))
    return Drawing(boxes, routes, columns.items, places.size)


def in_columns(view: View, back: frozenset[Pair]) -> tuple[list[int], Columns]:
    """The column of each box, and the columns with the bends of long links, not ordered yet.

    Args:
        back: Links that are turned round.
    """
    rightward = sorted({(b, a) if (a, b) in back else (a, b) for a, b in _pairs(view)})
    least = {
        at: _FROM_RIGHT[box.kind] for at, box in enumerate(view.boxes) if box.kind in _FROM_RIGHT
    }
    column_of = columns_of(len(view.boxes), rightward, least)
    return column_of, with_bends(column_of, rightward)


def _pairs(view: View) -> list[Pair]:
    return [(link.start, link.end) for link in view.links if link.kind != RUNS_WITH]


def _routes(
    links: Sequence[Link],
    back: frozenset[Pair],
    column_of: Sequence[int],
    places: Places,
    boxes: Sequence[Drawn],
) -> Iterator[Route]:
    for link in links:
        if link.kind == RUNS_WITH:
            start, end = boxes[link.start], boxes[link.end]
            points = ((start.left + start.width, start.middle), (end.left, end.middle))
            yield Route(link, points, turned=False, on_demand=True)
            continue
        turned = (link.start, link.end) in back
        left, right = (link.end, link.start) if turned else (link.start, link.end)
        first, last = column_of[left], column_of[right]
        path = [(boxes[left].left + boxes[left].width, boxes[left].middle)]
        for column in range(first + 1, last):
            y = places.middle[column][bend_of(left)]
            path += [(places.left[column], y), (places.left[column] + places.width[column], y)]
        path.append((boxes[right].left, boxes[right].middle))
        yield Route(link, tuple(path[::-1] if turned else path), turned=turned, on_demand=False)
