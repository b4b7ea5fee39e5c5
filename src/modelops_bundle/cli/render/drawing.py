"""`graph` as text that other programs draw: Mermaid flowcharts, and DOT for Graphviz."""

from __future__ import annotations

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.graph import UNDECLARED, marked
from modelops_bundle.cli.render.reflow import Verbatim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.graph_documents import GraphDocument, NodeDocument

#: Fill and border, for light and dark pages alike.
_COLOURS = {
    "stale": ("#fde0dd", "#b2182b"),
    "cosmetic": ("#fff7bc", "#8c6d1f"),
    "added": ("#e0f3db", "#2b8a3e"),
    "affected": ("#fee8c8", "#d94801"),
    "undeclared": ("#efedf5", "#54278f"),
}
_MERMAID_SHAPES = {
    "model": ("[", "]"),
    "target": ("([", "])"),
    "output": ("{{", "}}"),
    "target_set": ("[[", "]]"),
    "data": ("[(", ")]"),
}
_DOT_SHAPES = {
    "model": "box",
    "target": "ellipse",
    "output": "hexagon",
    "target_set": "folder",
    "code": "note",
    "data": "cylinder",
    "environment": "component",
}
#: What means something inside a quoted label, and to a page that holds the picture.
_MERMAID_SPECIAL = frozenset('"#;<>&`\\')


def render_mermaid(document: GraphDocument, columns: int) -> list[str]:
    """A Mermaid flowchart; changes travel along the arrows."""
    names = {node["id"]: f"n{at}" for at, node in enumerate(document["nodes"])}
    lines = ["flowchart LR"]
    for node in document["nodes"]:
        opening, closing = _MERMAID_SHAPES.get(node["kind"], ("(", ")"))
        label = _mermaid_text(marked(node))
        style = _style(node)
        mark = f":::{style}" if style else ""
        lines.append(f'  {names[node["id"]]}{opening}"{label}"{closing}{mark}')
    for edge in document["edges"]:
        arrow = "-.->" if edge["kind"] == UNDECLARED else "-->"
        lines.append(f"  {names[edge['from']]} {arrow} {names[edge['to']]}")
    used = {_style(node) for node in document["nodes"]}
    for style, (fill, border) in _COLOURS.items():
        if style in used:
            lines.append(f"  classDef {style} fill:{fill},stroke:{border},color:#000000")
    return [Verbatim(line) for line in lines]


def render_dot(document: GraphDocument, columns: int) -> list[str]:
    """A graph in the DOT language of Graphviz; changes travel along the arrows."""
    names = {node["id"]: f"n{at}" for at, node in enumerate(document["nodes"])}
    lines = [
        f"digraph {_dot_text(document['project'])} {{",
        "  rankdir=LR;",
        '  node [fontname="sans-serif", style=filled, fillcolor="#ffffff"];',
    ]
    for node in document["nodes"]:
        fields = f"label={_dot_text(marked(node))}, shape={_DOT_SHAPES[node['kind']]}"
        style = _style(node)
        if style:
            fill, border = _COLOURS[style]
            fields += f', fillcolor="{fill}", color="{border}"'
        lines.append(f"  {names[node['id']]} [{fields}];")
    for edge in document["edges"]:
        fields = f"tooltip={_dot_text(edge['kind'])}"
        if edge["kind"] == UNDECLARED:
            fields += ", style=dashed"
        lines.append(f"  {names[edge['from']]} -> {names[edge['to']]} [{fields}];")
    return [Verbatim(line) for line in (*lines, "}")]


def _style(node: NodeDocument) -> str:
    """The class of a node; "" for one with which all is well."""
    if node["state"] in ("cosmetic", "added", "undeclared"):
        return "affected" if node["affected"] and node["state"] == "cosmetic" else node["state"]
    if node["state"] == "fresh":
        return "affected" if node["affected"] else ""
    return "stale"


def _mermaid_text(text: str) -> str:
    """A text for a quoted label: Mermaid reads `#` and a code point as that character."""
    return "".join(
        f"#{ord(character)};" if character in _MERMAID_SPECIAL else character
        for character in printable(text)
    )


def _dot_text(text: str) -> str:
    """A quoted DOT string, in which a backslash begins an escape of labels."""
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
