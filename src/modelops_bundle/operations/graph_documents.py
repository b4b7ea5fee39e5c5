"""The JSON document of `graph`, `mops-bundle.graph/1`."""

from __future__ import annotations

from typing import TypedDict

from modelops_bundle.core.plan import Reason
from modelops_bundle.operations.graph import Picture


class NodeReasonDocument(TypedDict):
    """What differs, in the words of `status`; `code` is null for what has no rule of its own."""

    code: str | None
    message: str
    path: str | None
    line: int | None
    via: list[str]
    cosmetic: bool


class NodeDocument(TypedDict):
    """One node: an entry, an output, a target set or a file.

    `state` is how it stands to what the registry recorded of it; `affected` tells that an entry,
    an output or the environment that it depends on, or it itself, is not as recorded.
    A file that code reads and no entry declares has the state `undeclared`; its edges, and those
    of a file that only some of its readers declare, have the kind `reads_undeclared`.
    """

    id: str
    kind: str
    name: str
    state: str
    affected: bool
    path: str | None
    line: int | None
    reasons: list[NodeReasonDocument]


#: A change of `from` concerns `to`; `kind` is what `to` does with `from`.
EdgeDocument = TypedDict("EdgeDocument", {"from": str, "to": str, "kind": str})


class GraphDocument(TypedDict):
    """`mops-bundle.graph/1`.

    `focus` lists the nodes that were asked about, none for the whole project; `path` is the path
    that was asked about. The graph of a path holds what depends on it, that of an entry what it
    depends on as well.
    """

    schema: str
    project: str
    path: str | None
    focus: list[str]
    nodes: list[NodeDocument]
    edges: list[EdgeDocument]


def graph_document(picture: Picture) -> GraphDocument:
    """The document of a picture."""
    affected = picture.affected
    return {
        "schema": "mops-bundle.graph/1",
        "project": picture.project,
        "path": picture.asked or None,
        "focus": list(picture.focus),
        "nodes": [
            {
                "id": node.id,
                "kind": node.kind.value,
                "name": node.name,
                "state": node.state.value,
                "affected": node.id in affected,
                "path": node.path or None,
                "line": node.line or None,
                "reasons": [_reason(reason) for reason in node.reasons],
            }
            for node in picture.graph.nodes.values()
        ],
        "edges": [
            {"from": edge.start, "to": edge.end, "kind": edge.kind.value}
            for edge in picture.graph.edges
        ],
    }


def _reason(reason: Reason) -> NodeReasonDocument:
    return {
        "code": reason.code or None,
        "message": reason.message,
        "path": None if reason.path is None else str(reason.path),
        "line": reason.line or None,
        "via": [str(path) for path in reason.via],
        "cosmetic": reason.cosmetic,
    }
