"""What a drawing shows: every node of a graph as a box, or the files of a folder as one."""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import dirname

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_bundle.operations.graph_documents import GraphDocument, NodeDocument

#: Pictures of more nodes begin with the files of a folder drawn as one box.
GROUPED_ABOVE = 240
#: Folders are told apart as deeply as makes no more boxes of files than this.
FILE_BOXES = 60
FOLDER = "folder"
_FILES = ("code", "data")
#: The state of a folder is the first of these that one of its files has.
_WORST = ("missing", "stale", "added", "undeclared", "cosmetic", "fresh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node, or the files of one kind below a folder.

    Attributes:
        kind: A node's kind, or `folder`.
        name: An id, an output's or set's name, or a path; that of a folder ends in `/`.
        members: Places of the nodes in the document: one, or those of a folder's files.
    """

    kind: str
    name: str
    state: str
    affected: bool
    members: tuple[int, ...]
    place: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A change of one box concerns another; both by their places in `View.boxes`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class View:
    """Boxes in the order of the document, and the links between them, sorted."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


def every_node(document: GraphDocument) -> View:
    """Each node as a box of its own."""
    return _view(document, [[at] for at in range(len(document["nodes"]))])


def by_folder(document: GraphDocument) -> View:
    """Files by folder; entries, outputs and target sets by themselves."""
    nodes = document["nodes"]
    files = [at for at, node in enumerate(nodes) if node["kind"] in _FILES]
    deepest = max((nodes[at]["name"].count("/") for at in files), default=0)
    grouped: dict[tuple[str, str], list[int]] = {}
    for depth in range(max(deepest, 1), 0, -1):
        grouped = {}
        for at in files:
            folder = "/".join(dirname(nodes[at]["name"]).split("/")[:depth])
            grouped.setdefault((nodes[at]["kind"], folder), []).append(at)
        if len(grouped) <= FILE_BOXES:
            break
    alone = [[at] for at, node in enumerate(nodes) if node["kind"] not in _FILES]
    return _view(document, [*alone, *grouped.values()], [key[1] for key in grouped])


def _view(
    document: GraphDocument, members: Sequence[Sequence[int]], folders: Sequence[str] = ()
) -> View:
    nodes = document["nodes"]
    plain = len(members) - len(folders)
    boxes = tuple(
        _folder(nodes, ats, folders[at - plain])
        if at >= plain and len(ats) > 1
        else _single(nodes[ats[0]], ats[0])
        for at, ats in enumerate(members)
    )
    box_of = {nodes[at]["id"]: box for box, ats in enumerate(members) for at in ats}
    return View(boxes, tuple(_links(document, box_of)))


def _links(document: GraphDocument, box_of: dict[str, int]) -> Iterable[Link]:
    """One link between two boxes in each direction; of several kinds the first by name."""
    found: dict[tuple[int, int], str] = {}
    for edge in document["edges"]:
        ends = box_of[edge["from"]], box_of[edge["to"]]
        if ends[0] != ends[1]:
            found[ends] = min(found.get(ends, edge["kind"]), edge["kind"])
    return sorted(Link(start, end, kind) for (start, end), kind in found.items())


def _single(node: NodeDocument, at: int) -> Box:
    place = node["path"] or ""
    return Box(
        kind=node["kind"],
        name=node["name"],
        state=node["state"],
        affected=node["affected"],
        members=(at,),
        place=f"{place}:{node['line']}" if node["line"] else place,
    )


def _folder(nodes: Sequence[NodeDocument], members: Sequence[int], folder: str) -> Box:
    states = [nodes[at]["state"] for at in members]
    return Box(
        kind=FOLDER,
        name=f"{folder}/" if folder else "./",
        state=next(state for state in _WORST if state in states),
        affected=any(nodes[at]["affected"] for at in members),
        members=tuple(members),
        place=nodes[members[0]]["kind"],
    )
