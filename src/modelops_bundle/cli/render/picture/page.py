"""The picture as one HTML page that loads nothing: drawings, words, script and the document."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.layout import counted, place
from modelops_bundle.cli.render.picture import boxes
from modelops_bundle.cli.render.picture.drawing import draw
from modelops_bundle.cli.render.picture.labels import KINDS, MARKS, STATES, look, state_words
from modelops_bundle.cli.render.picture.placement import BEND_HEIGHT, BOX_HEIGHT, COLUMN_GAP, GAP
from modelops_bundle.cli.render.picture.staleness import travelled
from modelops_bundle.cli.render.picture.svg import MARGIN, RELATIONS, outline, svg, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_bundle.cli.render.picture.boxes import View
    from modelops_bundle.cli.render.picture.drawing import Drawing
    from modelops_bundle.operations.graph_documents import (
        GraphDocument,
        NodeDocument,
        NodeReasonDocument,
    )

_ENTRIES = ("model", "target")
#: One after another they are the page's script.
_SCRIPTS = ("graph.js", "drawing.js", "page.js")
#: The overview names so many nodes that are not as recorded, and counts the others.
_LISTED = 100


def html_page(document: GraphDocument) -> str:
    """The page, in ASCII, so that no terminal or pipe can spoil it.

    Args:
        document: `mops-bundle.graph/1` of a whole project; the page opens on its focus.
    """
    whole = boxes.every_node(document)
    shown: dict[str, tuple[View, Drawing]] = {"a": (whole, draw(whole))}
    if len(document["nodes"]) > boxes.GROUPED_ABOVE:
        folders = boxes.by_folder(document)
        shown = {"f": (folders, draw(folders)), **shown}
    first = next(iter(shown))
    hot = travelled(document)
    box_of = {prefix: _box_of(document, view) for prefix, (view, _) in shown.items()}
    drawings = "\n".join(
        svg(view, drawing, _between(hot, box_of[prefix]), prefix, hidden=prefix != first)
        for prefix, (view, drawing) in shown.items()
    )
    layout = {prefix: _layout(view, drawing) for prefix, (view, drawing) in shown.items()}
    style, script = _asset("page.css"), "".join(map(_asset, _SCRIPTS))
    parts = {
        "policy": _policy(style, script),
        "project": text(document["project"]),
        "summary": text(_summary(document)),
        "overview": "\n".join(_overview(document, first, box_of[first])),
        "legend": _legend(document),
        "drawings": drawings,
        "graph": _json(document),
        "layout": _json(
            {
                "drawings": layout,
                "texts": _texts(document),
                "room": _room(),
                "asked": printable(document["path"] or ""),
            }
        ),
        "style": style,
        "script": script,
    }
    # In one pass: what a part holds is not looked at again.
    page = re.sub(r"\[\[(\w+)\]\]", lambda found: parts[found[1]], _asset("page.html"))
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _asset(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="ascii")


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style and this script, and nothing else."""

    def allowed(content: str) -> str:
        return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; style-src {allowed(style)}; script-src {allowed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _json(value: object) -> str:
    """JSON for a `script` element, whose text ends at the first thing that looks like a tag."""
    dumped = json.dumps(value, separators=(",", ":"))
    return dumped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _box_of(document: GraphDocument, view: View) -> Mapping[str, int]:
    return {
        document["nodes"][member]["id"]: at
        for at, box in enumerate(view.boxes)
        for member in box.members
    }


def _between(
    edges: frozenset[tuple[str, str]], box_of: Mapping[str, int]
) -> frozenset[tuple[int, int]]:
    return frozenset((box_of[start], box_of[end]) for start, end in edges)


def _layout(view: View, drawing: Drawing) -> Mapping[str, object]:
    return {
        "boxes": [
            {"members": box.members, "x": drawn.left, "y": drawn.middle, "w": drawn.width}
            for box, drawn in zip(view.boxes, drawing.boxes, strict=True)
        ],
        "links": [
            [route.link.start, route.link.end, int(route.turned), int(route.on_demand)]
            for route in drawing.routes
        ],
        "columns": drawing.columns,
    }


def _texts(document: GraphDocument) -> list[Mapping[str, object]]:
    """What the page says of each node, in the words of the drawings."""
    return [
        {
            "name": printable(node["name"]),
            "kind": KINDS[node["kind"]],
            "look": look(node["state"], affected=node["affected"]),
            "state": state_words(node["state"], affected=node["affected"]),
            "mark": MARKS.get(node["state"], "!"),
            "place": printable(place(node["path"], node["line"])),
            "reasons": [printable(_told(reason)) for reason in node["reasons"]],
        }
        for node in document["nodes"]
    ]


def _told(reason: NodeReasonDocument) -> str:
    chain = f" ({' -> '.join(reason['via'])})" if len(reason["via"]) > 1 else ""
    return reason["message"] + chain


def _room() -> Mapping[str, int]:
    return {
        "box": BOX_HEIGHT,
        "bend": BEND_HEIGHT,
        "gap": GAP,
        "column": COLUMN_GAP,
        "margin": MARGIN,
    }


def _summary(document: GraphDocument) -> str:
    """One sentence on the entries."""
    entries = [node for node in document["nodes"] if node["kind"] in _ENTRIES]
    if not entries:
        return "No models or targets are registered."
    total = counted(len(entries), "entry", "entries")
    told = [
        f"{count} {words}" for words, count in _counts(entries).items() if words != STATES["fresh"]
    ]
    return f"{total}: {', '.join(told)}." if told else f"{total}, all as recorded."


def _counts(nodes: list[NodeDocument]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for node in nodes:
        words = state_words(node["state"], affected=node["affected"])
        counts[words] = counts.get(words, 0) + 1
    return counts


def _overview(document: GraphDocument, prefix: str, box_of: Mapping[str, int]) -> Iterator[str]:
    """What is not as recorded, each with its reasons, and with a link to its box."""
    listed = [
        (at, node)
        for at, node in enumerate(document["nodes"])
        if node["state"] != "fresh" or (node["affected"] and node["kind"] in _ENTRIES)
    ]
    if not listed:
        yield "<h2>State</h2>\n<p>Everything is as recorded.</p>"
        return
    yield '<h2>Not as recorded</h2>\n<ul class="nodes">'
    for at, node in listed[:_LISTED]:
        colour = look(node["state"], affected=node["affected"])
        words = state_words(node["state"], affected=node["affected"])
        mark = MARKS.get(node["state"], "!")
        reasons = "".join(f"<li>{text(reason['message'])}</li>" for reason in node["reasons"])
        yield (
            f'<li><a href="#{prefix}{box_of[node["id"]]}" data-node="{at}">'
            f'<span class="sign {colour}" aria-hidden="true">{mark}</span>'
            f"{text(KINDS[node['kind']])} <bdi>{text(node['name'])}</bdi></a> "
            f'<span class="state {colour}">{words}</span>'
            + (f'<ul class="reasons">{reasons}</ul>' if reasons else "")
            + "</li>"
        )
    yield "</ul>"
    if len(listed) > _LISTED:
        yield f"<p>And {len(listed) - _LISTED} more.</p>"


def _legend(document: GraphDocument) -> str:
    """The states, shapes and lines that occur."""
    seen: dict[str, tuple[str, str]] = {}
    for node in document["nodes"]:
        words = state_words(node["state"], affected=node["affected"])
        mark = MARKS.get(node["state"], "!")
        seen[words] = (mark, look(node["state"], affected=node["affected"]))
    states = "".join(
        f'<li><span class="sign {colour}" aria-hidden="true">{mark}</span>{text(words)}</li>'
        for words, (mark, colour) in sorted(seen.items(), key=lambda one: one[1])
    )
    nodes = {node["kind"] for node in document["nodes"]}
    shapes = "".join(
        f'<li><svg class="sample" width="34" height="16" viewBox="-2 -2 104 48" '
        f'aria-hidden="true">{outline(kind, 100)}</svg>{text(words)}</li>'
        for kind, words in KINDS.items()
        if kind in nodes
    )
    kinds = {edge["kind"] for edge in document["edges"]}
    lines = "".join(
        '<li><svg class="sample" width="34" height="8" aria-hidden="true"><path class="link '
        f'{kind}{" unseen" if kind == "reads_undeclared" else ""}" d="M1,4H33"/></svg>'
        f"{text(words.removeprefix('is '))}</li>"
        for kind, words in RELATIONS.items()
        if kind in kinds
    )
    return f'<ul class="legend">{states}{shapes}{lines}</ul>'
