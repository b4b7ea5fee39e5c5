"""Mermaid and DOT: what a drawing program reads is what was meant, whatever names hold."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.drawing import render_dot, render_mermaid
from modelops_bundle.operations.graph_documents import GraphDocument, NodeDocument

MERMAID_NODE = re.compile(
    r'  (n\d+)(?:\[\[|\[\(|\(\[|\[|\(|\{\{)"([^"]*)"(?:\]\]|\)\]|\]\)|\]|\)|\}\})(?::::(\w+))?'
)
DOT_STRING = r'"(?:[^"\\]|\\.)*"'
DOT_NODE = re.compile(rf"  (n\d+) \[label=({DOT_STRING})(?:, \w+=(?:\w+|{DOT_STRING}))*\];")
DOT_EDGE = re.compile(rf"  (n\d+) -> (n\d+) \[tooltip={DOT_STRING}\];")
HOSTILE = (
    'say "hi"',
    "back\\slash\\",
    "#quot; &amp; <b>",
    "]) --> n0[(",
    "`code`",
    "ünï 模型",
    "a;b%%c",
    "line\nbreak\x1b[31m",
)


def node(
    name: str, *, kind: str = "data", state: str = "fresh", affected: bool = False
) -> NodeDocument:
    return {
        "id": f"{kind}:{name}",
        "kind": kind,
        "name": name,
        "state": state,
        "affected": affected,
        "path": None,
        "line": None,
        "reasons": [],
    }


def document(
    nodes: list[NodeDocument], *edges: tuple[int, int], kind: str = "reads"
) -> GraphDocument:
    return {
        "schema": "mops-bundle.graph/1",
        "project": 'the "project"\\',
        "path": None,
        "focus": [],
        "nodes": nodes,
        "edges": [
            {"from": nodes[start]["id"], "to": nodes[end]["id"], "kind": kind}
            for start, end in edges
        ],
    }


def mermaid_labels(lines: list[str]) -> list[str]:
    """The labels as Mermaid shows them; every line must be one that it can read."""
    assert lines[0] == "flowchart LR"
    labels = []
    for line in lines[1:]:
        drawn = MERMAID_NODE.fullmatch(line)
        if drawn:
            labels.append(unescape(re.sub(r"#(\d+);", r"&#\1;", drawn[2])))
        else:
            assert re.fullmatch(r"  (n\d+ --> n\d+|classDef \w+ [\w:#,]+)", line), line
    return labels


def dot_labels(lines: list[str]) -> list[str]:
    """The labels as Graphviz shows them; every line must be one that it can read."""
    assert re.fullmatch(rf"digraph {DOT_STRING} \{{", lines[0])
    assert lines[-1] == "}"
    labels = []
    for line in lines[3:-1]:
        drawn = DOT_NODE.fullmatch(line)
        if drawn:
            labels.append(re.sub(r"\\(.)", r"\1", drawn[2][1:-1]))
        else:
            assert DOT_EDGE.fullmatch(line), line
    return labels


def expected(names: list[str]) -> list[str]:
    return [f"= data {printable(name)}" for name in names]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_they_are(name: str) -> None:
    drawn = document([node(name), node("other")], (0, 1))
    assert mermaid_labels(render_mermaid(drawn, 80)) == expected([name, "other"])
    assert dot_labels(render_dot(drawn, 80)) == expected([name, "other"])


@given(st.lists(st.text(min_size=1, max_size=20), max_size=4, unique=True))
def test_any_names_are_shown_as_they_are(names: list[str]) -> None:
    drawn = document([node(name) for name in names])
    assert mermaid_labels(render_mermaid(drawn, 80)) == expected(names)
    assert dot_labels(render_dot(drawn, 80)) == expected(names)


def test_every_kind_has_a_shape_and_every_state_that_is_not_fresh_a_colour() -> None:
    kinds = ("model", "target", "output", "target_set", "code", "data", "environment")
    states = ("cosmetic", "stale", "missing", "unparsed", "ambiguous", "added")
    drawn = document(
        [node("x", kind=kind) for kind in kinds]
        + [node(state, state=state) for state in states]
        + [node("user", affected=True)]
    )
    mermaid, dot = render_mermaid(drawn, 80), render_dot(drawn, 80)
    assert len(mermaid_labels(mermaid)) == len(dot_labels(dot)) == 14
    classes = [MERMAID_NODE.fullmatch(line) for line in mermaid[1:15]]
    named = [match[3] for match in classes if match]
    assert named == [None] * 7 + ["cosmetic", *["stale"] * 4, "added", "affected"]
    defined = {line.split()[1] for line in mermaid if line.startswith("  classDef ")}
    assert defined == {"cosmetic", "stale", "added", "affected"}
    assert sum("fillcolor" in line for line in dot[3:]) == 7


def test_arrows_go_the_way_of_changes() -> None:
    drawn = document([node("a"), node("b")], (0, 1))
    assert "  n0 --> n1" in render_mermaid(drawn, 80)
    assert '  n0 -> n1 [tooltip="reads"];' in render_dot(drawn, 80)


def test_what_is_read_and_not_declared_hangs_by_a_broken_line() -> None:
    drawn = document([node("a", state="undeclared"), node("b")], (0, 1), kind="reads_undeclared")
    mermaid, dot = render_mermaid(drawn, 80), render_dot(drawn, 80)
    assert '  n0[("? data a")]:::undeclared' in mermaid
    assert "  n0 -.-> n1" in mermaid
    assert '  n0 -> n1 [tooltip="reads_undeclared", style=dashed];' in dot


def test_an_empty_picture_is_one() -> None:
    assert render_mermaid(document([]), 80) == ["flowchart LR"]
    assert dot_labels(render_dot(document([]), 80)) == []
