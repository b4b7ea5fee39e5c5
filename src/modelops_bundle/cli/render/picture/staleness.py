"""Along which edges of a graph staleness travels now."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_bundle.operations.graph_documents import GraphDocument, NodeDocument

_SOUND = ("fresh", "cosmetic")
_OTHERS = ("model", "target", "output", "target_set", "environment")


def travelled(document: GraphDocument) -> frozenset[tuple[str, str]]:
    """The edges, as pairs of node ids, that lead from what changed to what that makes stale.

    Between entries, outputs and target sets they are those between what is not as recorded or
    depends on it; from files to entries they are the chains that `status` gives as reasons.
    """
    nodes = {node["id"]: node for node in document["nodes"]}
    edges = {(edge["from"], edge["to"]) for edge in document["edges"]}
    troubled = {
        name
        for name, node in nodes.items()
        if node["kind"] in _OTHERS and (node["affected"] or node["state"] not in _SOUND)
    }
    found = {(start, end) for start, end in edges if start in troubled and end in troubled}
    for node in nodes.values():
        if node["kind"] in ("model", "target") and node["state"] not in _SOUND:
            found.update(_chains(node, edges))
    return frozenset(found & edges)


def _chains(node: NodeDocument, edges: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    own = {start for start, end in edges if end == node["id"]}
    for reason in node["reasons"]:
        if reason["cosmetic"] or reason["path"] is None:
            continue
        chain = [f"code:{path}" for path in reason["via"]]
        yield from zip(chain[1:], chain, strict=False)
        last = chain[0] if chain else f"code:{reason['path']}"
        for start in (last, f"data:{reason['path']}"):
            if start in own:
                yield start, node["id"]
