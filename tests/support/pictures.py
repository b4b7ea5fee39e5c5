"""Graph documents of any size, such as `graph --json` prints them, for tests of pictures."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from modelops_bundle.cli.render.picture.ordering import Columns, with_bends
from modelops_bundle.operations.graph_documents import EdgeDocument, GraphDocument, NodeDocument

_WORDS = (
    *("rates", "mixing", "households", "schools", "mobility", "calendar", "ages", "priors"),
    *("samplers", "tables", "readers", "weights", "smoothing", "seasonality", "vaccines"),
)
_FOLDERS = (
    *("epi/network", "epi/contacts", "epi/demography/births", "epi/interventions"),
    *("lib/io", "lib/stats/likelihood", "lib/plots"),
)


#: Script that finds pairs of boxes that overlap, and texts that reach out of their box.
UNREADABLE = """() => {
  const boxes = [...document.querySelectorAll("svg.drawing:not([hidden]) .box")]
    .filter((box) => box.getBoundingClientRect().width);
  const sides = boxes.map((box) => box.querySelector(".shape").getBoundingClientRect());
  const apart = (a, b) => a.right <= b.left || b.right <= a.left
    || a.bottom <= b.top || b.bottom <= a.top;
  const found = [];
  sides.forEach((a, at) => sides.slice(at + 1).forEach((b, other) => {
    if (!apart(a, b)) found.push(`${at} overlaps ${at + 1 + other}`);
  }));
  boxes.forEach((box, at) => box.querySelectorAll("text").forEach((text) => {
    const inner = text.getBoundingClientRect();
    if (inner.left < sides[at].left || inner.right > sides[at].right
      || inner.top < sides[at].top || inner.bottom > sides[at].bottom) {
      found.push(`${text.textContent} reaches out of ${at}`);
    }
  }));
  return found;
}"""
_COLUMNS = st.lists(st.integers(0, 4), min_size=2, max_size=14)


@st.composite
def drawings(draw: st.DrawFn) -> Columns:
    """Columns of a few boxes with links to the right, in no particular order."""
    columns = draw(_COLUMNS)
    used = {column: at for at, column in enumerate(sorted(set(columns)))}
    columns = [used[column] for column in columns]
    pairs = [
        (a, b) for a in range(len(columns)) for b in range(len(columns)) if columns[a] < columns[b]
    ]
    return with_bends(columns, draw(st.lists(st.sampled_from(pairs), max_size=30)) if pairs else [])


def node(
    kind: str,
    name: str,
    *,
    state: str = "fresh",
    affected: bool = False,
    path: str | None = None,
    line: int | None = None,
) -> NodeDocument:
    """One node; files have their name as their path."""
    if kind in ("code", "data", "environment"):
        path = name
    return {
        "id": f"{kind}:{name}",
        "kind": kind,
        "name": name,
        "state": state,
        "affected": affected,
        "path": path,
        "line": line,
        "reasons": [],
    }


def document(
    nodes: list[NodeDocument], *edges: tuple[str, str, str], project: str = "p"
) -> GraphDocument:
    """A document of the whole project; edges are `from`, `to`, `kind`."""
    listed: list[EdgeDocument] = [
        {"from": start, "to": end, "kind": kind} for start, end, kind in sorted(set(edges))
    ]
    return {
        "schema": "mops-bundle.graph/1",
        "project": project,
        "path": None,
        "focus": [],
        "nodes": nodes,
        "edges": listed,
    }


def project_of(count: int, seed: int = 1) -> GraphDocument:
    """A project of `count` nodes: an eighth are targets, half is code, one model is stale."""
    draw = random.Random(seed)
    models = [node("model", f"{draw.choice(_WORDS)}_{at}_sim") for at in range(count // 25)]
    outputs = [node("output", f"{model['name']}_cases") for model in models]
    targets = [node("target", f"{draw.choice(_WORDS)}_by_week_{at}") for at in range(count // 8)]
    sets = [node("target_set", f"fit_{at}") for at in range(count // 40)]
    environment = [node("environment", "pyproject.toml")]
    data = [
        node("data", f"data/{draw.choice(('census', 'serology'))}/{draw.choice(_WORDS)}_{at}.csv")
        for at in range(len(targets))
    ]
    rest = count - sum(map(len, (models, outputs, targets, sets, environment, data)))
    code = [
        node("code", f"{_FOLDERS[at % len(_FOLDERS)]}/{draw.choice(_WORDS)}_{at}.py")
        for at in range(rest)
    ]
    edges: list[tuple[str, str, str]] = []
    for at, file in enumerate(code):
        if at < len(models):
            edges.append((file["id"], models[at]["id"], "defined_in"))
        else:
            near = range(max(0, at - 30), at)
            for user in draw.sample(near, draw.choice((1, 1, 2))):
                edges.append((file["id"], code[user]["id"], "imports"))
    for model, output in zip(models, outputs, strict=True):
        edges.append((model["id"], output["id"], "provided_by"))
    for at, target in enumerate(targets):
        edges.append((outputs[at * len(outputs) // len(targets)]["id"], target["id"], "compares"))
        edges.append((data[at]["id"], target["id"], "reads"))
        edges.append((target["id"], sets[at * len(sets) // len(targets)]["id"], "holds"))
    for entry in (*models, *targets):
        edges.append((environment[0]["id"], entry["id"], "runs_with"))
    models[0]["state"], models[0]["affected"] = "stale", True
    code[0]["state"], outputs[0]["affected"] = "stale", True
    nodes = [*models, *targets, *outputs, *sets, *code, *data, *environment]
    return document(nodes, *edges, project=f"project of {count}")
