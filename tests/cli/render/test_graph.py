"""The dependency picture as a tree."""

from __future__ import annotations

from modelops_bundle.cli.render.graph import render_graph, renderer_of
from modelops_bundle.operations.graph_documents import GraphDocument, NodeDocument


def document(
    nodes: dict[str, str], *edges: tuple[str, str], path: str | None = None, focus: str = ""
) -> GraphDocument:
    """A document of `kind:name` ids with their states."""
    listed: list[NodeDocument] = [
        {
            "id": name,
            "kind": name.partition(":")[0],
            "name": name.partition(":")[2],
            "state": state.removeprefix("affected "),
            "affected": state.startswith("affected "),
            "path": None,
            "line": None,
            "reasons": [],
        }
        for name, state in nodes.items()
    ]
    return {
        "schema": "mops-bundle.graph/1",
        "project": "p",
        "path": path,
        "focus": focus.split(),
        "nodes": listed,
        "edges": [{"from": start, "to": end, "kind": "imports"} for start, end in edges],
    }


NODES = {
    "model:sir": "stale",
    "target:t": "affected fresh",
    "output:incidence": "affected fresh",
    "target_set:fit": "affected fresh",
    "code:a.py": "fresh",
    "code:b.py": "stale",
    "data:d.csv": "fresh",
}
EDGES = (
    ("code:b.py", "code:a.py"),
    ("code:a.py", "model:sir"),
    ("model:sir", "output:incidence"),
    ("output:incidence", "target:t"),
    ("data:d.csv", "target:t"),
    ("target:t", "target_set:fit"),
)


def test_the_whole_project_shows_what_each_entry_needs() -> None:
    assert render_graph(document(NODES, *EDGES), 80) == [
        "! model sir",
        "`-- = code a.py",
        "    `-- ! code b.py",
        "",
        "= target t  (affected)",
        "|-- = output incidence  (affected)",
        "|   `-- ! model sir (above)",
        "`-- = data d.csv",
        "",
        "= target set fit  (affected)",
        "`-- = target t (above)",
    ]


def test_an_entry_shows_what_it_needs_and_what_uses_it() -> None:
    assert render_graph(document(NODES, *EDGES, focus="output:incidence"), 80) == [
        "= output incidence  (affected)",
        "`-- ! model sir",
        "    `-- = code a.py",
        "        `-- ! code b.py",
        "",
        "Used by:",
        "= target t  (affected)",
        "`-- = target set fit  (affected)",
    ]


def test_a_file_shows_what_a_change_of_it_concerns() -> None:
    nodes = {name: NODES[name] for name in ("target:t", "target_set:fit", "data:d.csv")}
    edges = EDGES[4:]
    drawn = document(nodes, *edges, path="d.csv", focus="data:d.csv")
    assert render_graph(drawn, 80) == [
        "A change of d.csv concerns 1 target, 1 target set:",
        "= data d.csv",
        "`-- = target t  (affected)",
        "    `-- = target set fit  (affected)",
    ]


def test_a_folder_shows_each_of_its_files_once() -> None:
    nodes = {"model:m": "fresh", "code:l/a.py": "fresh", "code:l/b.py": "fresh"}
    edges = (("code:l/b.py", "code:l/a.py"), ("code:l/a.py", "model:m"))
    drawn = document(nodes, *edges, path="l", focus="code:l/a.py code:l/b.py")
    assert render_graph(drawn, 80) == [
        "A change of l concerns 1 model:",
        "= code l/b.py",
        "`-- = code l/a.py",
        "    `-- = model m",
    ]


def test_what_is_read_and_not_declared_is_said_where_it_is_read() -> None:
    nodes = {"model:m": "fresh", "target:t": "fresh", "data:d.csv": "undeclared"}
    drawn = document(nodes, ("data:d.csv", "model:m"), ("data:d.csv", "target:t"))
    drawn["edges"][0]["kind"] = "reads_undeclared"
    assert render_graph(drawn, 80) == [
        "= model m",
        "`-- ? data d.csv  (read, not declared)",
        "",
        "= target t",
        "`-- ? data d.csv",
    ]
    drawn["path"], drawn["focus"] = "d.csv", ["data:d.csv"]
    assert render_graph(drawn, 80)[1:] == [
        "? data d.csv",
        "|-- = model m  (read, not declared)",
        "`-- = target t",
    ]


def test_files_that_import_each_other_are_shown_all_the_same() -> None:
    edges = (("code:a.py", "code:b.py"), ("code:b.py", "code:a.py"), ("code:a.py", "model:m"))
    nodes = {"model:m": "fresh", "code:a.py": "fresh", "code:b.py": "fresh"}
    drawn = document(nodes, *edges, path=".", focus="code:a.py code:b.py")
    shown = render_graph(drawn, 80)
    assert "= code a.py" in shown
    assert any("model m" in line for line in shown)


def test_what_nothing_depends_on_is_said() -> None:
    drawn = document({}, path="notes.txt")
    assert render_graph(drawn, 80) == ["Nothing in the registry depends on notes.txt."]
    assert render_graph(document({}), 80) == ["No models or targets are registered."]


def test_a_long_chain_takes_text_in_proportion() -> None:
    count = 5_000
    nodes = {"model:m": "fresh", **{f"code:{at}.py": "fresh" for at in range(count)}}
    edges = [(f"code:{at + 1}.py", f"code:{at}.py") for at in range(count - 1)]
    shown = render_graph(document(nodes, ("code:0.py", "model:m"), *edges), 80)
    assert len(shown) == count + 1
    assert max(map(len, shown)) < 140


def test_ladders_of_imports_are_shown_once() -> None:
    """Each file imports the two of the next rung: the paths through them double each time."""
    nodes = {"model:m": "fresh"}
    edges = []
    for at in range(60):
        nodes |= {f"code:{at}a.py": "fresh", f"code:{at}b.py": "fresh"}
        for one in "ab":
            above = f"code:{at - 1}{one}.py" if at else "model:m"
            edges += [(f"code:{at}a.py", above), (f"code:{at}b.py", above)]
    shown = render_graph(document(nodes, *dict.fromkeys(edges)), 80)
    assert len(shown) <= 1 + len(edges)


def test_each_format_has_its_own_lines() -> None:
    drawn = document(NODES, *EDGES)
    assert renderer_of("tree") is render_graph
    assert renderer_of("mermaid")(drawn, 80)[0] == "flowchart LR"
    assert renderer_of("dot")(drawn, 80)[0] == 'digraph "p" {'
