"""A drawing as SVG that can be read without any script: shapes, marks, words and titles."""

from __future__ import annotations

from html import escape

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.picture.labels import KINDS, look, state_words
from modelops_bundle.cli.render.picture.placement import BOX_HEIGHT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_bundle.cli.render.picture.boxes import Box, View
    from modelops_bundle.cli.render.picture.drawing import Drawing, Drawn, Route

#: Room around the drawing, for lines and focus rings at its edge.
MARGIN = 16
#: Of pictures with more links than this, only boxes have titles.
_TITLED_LINKS = 1_500
#: More links than this are drawn more lightly.
_MANY_LINKS = 400
_H = BOX_HEIGHT

#: What a link's end does with its start.
RELATIONS = {
    "imports": "imports",
    "defined_in": "is defined in",
    "needs": "needs",
    "reads": "reads",
    "provided_by": "is an output of",
    "compares": "is compared with",
    "holds": "holds",
    "runs_with": "runs with",
    "reads_undeclared": "reads and does not declare",
}


def svg(
    view: View,
    drawing: Drawing,
    hot: frozenset[tuple[int, int]],
    prefix: str,
    *,
    hidden: bool = False,
) -> str:
    """An `svg` element.

    Args:
        hot: Links along which staleness travels.
        prefix: Begins the ids of all boxes and links; `PREFIX` and a box's place is its id.
        hidden: Another drawing is shown first.
    """
    width, height = drawing.size
    box = f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN} {height + 2 * MARGIN}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" id="{prefix}" viewBox="{box}" '
        f'width="{width + 2 * MARGIN}" height="{height + 2 * MARGIN}" role="group"'
        f"{' hidden' if hidden else ''} "
        'aria-label="What depends on what; changes travel to the right">',
        _tips(prefix),
        f'<g class="links{" many" if len(drawing.routes) > _MANY_LINKS else ""}">',
        *_links(view, drawing, hot, prefix),
        "</g>",
        '<g class="boxes">',
        *(
            _box(one, drawn, f"{prefix}{at}")
            for at, (one, drawn) in enumerate(zip(view.boxes, drawing.boxes, strict=True))
        ),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines)


def _tips(prefix: str) -> str:
    """Heads of arrows, one for each colour of a line."""
    heads = "".join(
        f'<marker id="{prefix}-{name}" class="tip {name}" viewBox="0 0 8 8" refX="7.5" refY="4" '
        'markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        '<path d="M0,0.5L8,4L0,7.5Z"/></marker>'
        for name in ("plain", "hot", "unseen")
    )
    return f"<defs>{heads}</defs>"


def _links(
    view: View, drawing: Drawing, hot: frozenset[tuple[int, int]], prefix: str
) -> Iterator[str]:
    """Links, those along which staleness travels above the others."""
    titled = len(drawing.routes) <= _TITLED_LINKS
    ordered = [
        (((route.link.start, route.link.end) in hot), at) for at, route in enumerate(drawing.routes)
    ]
    for is_hot, at in sorted(ordered):
        route = drawing.routes[at]
        path = _path(route, prefix, at, hot=is_hot)
        start, end = view.boxes[route.link.start], view.boxes[route.link.end]
        title = text(f"{end.name} {RELATIONS[route.link.kind]} {start.name}")
        yield f"{path}><title>{title}</title></path>" if titled else f"{path}/>"


def _path(route: Route, prefix: str, at: int, *, hot: bool) -> str:
    looks = ["link", route.link.kind]
    tip = "plain"
    if route.link.kind == "reads_undeclared":
        tip = "unseen"
    elif hot:
        tip = "hot"
    looks += [tip] if tip != "plain" else []
    looks += ["quiet"] if route.on_demand else []
    return (
        f'<path id="{prefix}l{at}" class="{" ".join(looks)}" d="{curve(route.points)}" '
        f'marker-end="url(#{prefix}-{tip})"'
    )


def curve(points: Sequence[tuple[int, int]]) -> str:
    """A smooth path: level at every point."""
    (x, y), *rest = points
    parts = [f"M{x},{y}"]
    for to_x, to_y in rest:
        if to_y == y:
            parts.append(f"H{to_x}")
        else:
            half = (x + to_x) // 2
            parts.append(f"C{half},{y} {half},{to_y} {to_x},{to_y}")
        x, y = to_x, to_y
    return "".join(parts)


def _box(box: Box, drawn: Drawn, name: str) -> str:
    top = drawn.middle - _H // 2
    words = described(box)
    label = drawn.label
    note = f"{text(label.state)}</tspan>" if label.state else ""
    note = f'<tspan class="state">{note}' if note else ""
    note += (" \u00b7 " if label.state and label.note else "") + text(label.note)
    classes = f"box {box.kind} {look(box.state, affected=box.affected)}"
    inner = outline(box.kind, drawn.width)
    return (
        f'<g id="{name}" class="{classes}" transform="translate({drawn.left},{top})" '
        f'role="img" aria-label="{text(words)}"><title>{text(words)}</title>{inner}'
        f'<circle class="badge" cx="17" cy="{_H // 2}" r="8"/>'
        f'<text class="mark" x="17" y="{_H // 2 + 4}">{text(label.mark)}</text>'
        f'<text class="name" x="32" y="19">{text(label.name)}</text>'
        f'<text class="below" x="32" y="34">{note}</text></g>'
    )


def described(box: Box) -> str:
    """A box in words: what it is, how it stands, where it is."""
    what = f"{KINDS[box.kind]} {box.name}"
    if len(box.members) > 1:
        what = f"folder {box.name}, {len(box.members)} {box.place} files"
    place = f", {box.place}" if len(box.members) == 1 and box.place not in ("", box.name) else ""
    return f"{what}, {state_words(box.state, affected=box.affected)}{place}"


def outline(kind: str, width: int) -> str:
    """The outline by which a kind is known, and lines within."""
    w, inner = width, ""
    if kind == "target":
        shape = f'<rect class="shape" width="{w}" height="{_H}" rx="{_H // 2}"'
    elif kind in ("model", "target_set"):
        shape = f'<rect class="shape" width="{w}" height="{_H}" rx="5"'
        inner = f"M6,0V{_H}" if kind == "model" else f"M4,4H{w - 4}V{_H - 4}H4Z"
    else:
        path = {
            "output": f"M10,0H{w - 10}L{w},{_H // 2}L{w - 10},{_H}H10L0,{_H // 2}Z",
            "code": f"M0,0H{w - 12}L{w},12V{_H}H0Z",
            "data": f"M0,3A{w // 2},3 0 0 1 {w},3V{_H - 3}A{w // 2},3 0 0 1 0,{_H - 3}Z",
            "environment": f"M8,0H{w - 8}L{w},8V{_H - 8}L{w - 8},{_H}H8L0,{_H - 8}V8Z",
        }.get(kind, f"M0,0H{w // 3}L{w // 3 + 8},6H{w}V{_H}H0Z")
        shape = f'<path class="shape" d="{path}"'
        inner = {
            "code": f"M{w - 12},0V12H{w}",
            "data": f"M0,3A{w // 2},3 0 0 0 {w},3",
        }.get(kind, "")
    return f"{shape}/>" + (f'<path class="inner" d="{inner}"/>' if inner else "")


def text(words: str) -> str:
    """Words as text of an element, or of a quoted attribute."""
    return escape(printable(words))
