"""`graph` for people: a tree with stale marks."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import counted, place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from modelops_bundle.operations.graph_documents import GraphDocument, NodeDocument

_KINDS = {"target_set": "target set", "environment": "env"}
_MARKS = {"fresh": "=", "cosmetic": "~", "added": "+", "undeclared": "?"}
#: The kind of edge that no sync sees.
UNDECLARED = "reads_undeclared"
_ENTRIES = ("model", "target")
_COUNTED = ("model", "target", "target_set")
#: Lines of deeper levels are indented like those of this one, or a long chain of imports would
#: take an amount of text that grows with its square.
_DEEPEST = 24


def render_graph(document: GraphDocument, columns: int) -> list[str]:
    """Lines of `graph`.

    Args:
        document: `mops-bundle.graph/1`.
        columns: Width of the terminal; trees are not broken.
    """
    tree = _Tree(document)
    if document["path"] is not None:
        return _of_path(document, tree)
    if document["focus"]:
        above = list(tree.lines(document["focus"], tree.needs))
        used = [name for one in document["focus"] for name in tree.used_by[one]]
        below = list(_Tree(document).lines(used, tree.used_by))
        return [*above, *(["", "Used by:", *below] if below else [])]
    shown = [node["id"] for node in document["nodes"] if node["kind"] in _COUNTED]
    if not shown:
        return ["No models or targets are registered."]
    return list(tree.lines(shown, tree.needs, apart=True))


def marked(node: NodeDocument) -> str:
    """A node with its mark, such as `! target incidence_target`."""
    mark = _MARKS.get(node["state"], "!")
    return f"{mark} {_KINDS.get(node['kind'], node['kind'])} {node['name']}"


def _of_path(document: GraphDocument, tree: _Tree) -> list[str]:
    counts = dict.fromkeys(_COUNTED, 0)
    for node in document["nodes"]:
        if node["kind"] in counts:
            counts[node["kind"]] += 1
    parts = [counted(count, _KINDS.get(kind, kind)) for kind, count in counts.items() if count]
    if not parts:
        return [f"Nothing in the registry depends on {document['path']}."]
    headline = f"A change of {document['path']} concerns {', '.join(parts)}:"
    # Of several files below a folder, those that others import show below these.
    asked = set(document["focus"])
    first = [name for name in document["focus"] if not asked.intersection(tree.needs[name])]
    return [headline, *tree.lines(first or document["focus"], tree.used_by)]


class _Tree:
    def __init__(self, document: GraphDocument) -> None:
        self._nodes = {node["id"]: node for node in document["nodes"]}
        #: What each node depends on, and what depends on it, in the order of the document.
        self.needs: dict[str, list[str]] = {name: [] for name in self._nodes}
        self.used_by: dict[str, list[str]] = {name: [] for name in self._nodes}
        self._shown: set[str] = set()
        self._unseen: set[tuple[str, str]] = set()
        place_of = {name: at for at, name in enumerate(self._nodes)}
        for edge in document["edges"]:
            self.needs[edge["to"]].append(edge["from"])
            self.used_by[edge["from"]].append(edge["to"])
            if edge["kind"] == UNDECLARED:
                self._unseen |= {(edge["from"], edge["to"]), (edge["to"], edge["from"])}
        for links in (*self.needs.values(), *self.used_by.values()):
            links.sort(key=place_of.__getitem__)

    def lines(
        self, roots: Iterable[str], below: Mapping[str, Sequence[str]], *, apart: bool = False
    ) -> Iterator[str]:
        """A tree for each root; what was shown with its branches already is shown without."""
        for at, root in enumerate(roots):
            if apart and at:
                yield ""
            yield self._line(root, below)
            yield from self._branches(root, below)

    def _branches(self, root: str, below: Mapping[str, Sequence[str]]) -> Iterator[str]:
        stack = self._children(root, below, "", 0)
        while stack:
            name, parent, prefix, last, depth = stack.pop()
            note = "  (read, not declared)" if (parent, name) in self._unseen else ""
            yield f"{prefix}{'`-- ' if last else '|-- '}{self._line(name, below)}{note}"
            deeper = prefix + ("    " if last else "|   ") if depth < _DEEPEST else prefix
            stack += self._children(name, below, deeper, depth + 1)

    def _children(
        self, name: str, below: Mapping[str, Sequence[str]], prefix: str, depth: int
    ) -> list[tuple[str, str, str, bool, int]]:
        if name in self._shown:
            return []
        self._shown.add(name)
        children = below[name]
        rows = [(child, name, prefix, child == children[-1], depth) for child in children]
        return rows[::-1]

    def _line(self, name: str, below: Mapping[str, Sequence[str]]) -> str:
        node = self._nodes[name]
        text = marked(node)
        if name in self._shown and below[name]:
            return f"{text} (above)"
        if node["kind"] in _ENTRIES and node["path"]:
            text += f"  {place(node['path'], node['line'])}"
        return text + ("  (affected)" if node["affected"] and text[0] in "=~" else "")


def renderer_of(form: str) -> Callable[[GraphDocument, int], list[str]]:
    """What makes the lines of a format: `tree`, `mermaid` or `dot`."""
    if form == "tree":
        return render_graph
    from modelops_bundle.cli.render.drawing import render_dot, render_mermaid

    return render_mermaid if form == "mermaid" else render_dot
