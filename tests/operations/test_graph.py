"""The dependency picture of a real project, whole, of an entry, and of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.graph import Graph, NodeKind
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import UsageError
from modelops_bundle.operations.graph import Picture, picture
from modelops_bundle.operations.graph_documents import graph_document
from modelops_bundle.operations.status import status
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.workspace.project import Project
from support.disk import make_project, settle, write
from support.project import FILES
from support.schemas import assert_documented

MODEL, FIRST, SECOND = (
    "model:sir_starsimsir",
    "target:incidence_target",
    "target:incidence_annealed_target",
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A model, two targets of one file, a target set and data; in sync."""
    made = make_project(tmp_path / "sir", {**FILES, "notes.txt": "none\n"})
    assert sync(made, SyncRequest(discover=True)).written
    text = made.registry.read_text()
    text += "target_sets:\n  fit:\n    targets:\n      - incidence_target\n"
    made.registry.write_text(text)
    settle(made.root)
    return made


def edit(project: Project, path: str, old: str, new: str) -> None:
    text = (project.root / path).read_text()
    assert old in text
    write(project.root, path, text.replace(old, new))
    settle(project.root)


def draw(project: Project, name: str = "") -> Picture:
    return picture(project, name, base=project.root)


def unsound(graph: Graph) -> dict[str, str]:
    return {name: node.state.value for name, node in graph.nodes.items() if node.state != "fresh"}


def entries(graph: Graph) -> set[str]:
    kinds = (NodeKind.MODEL, NodeKind.TARGET, NodeKind.TARGET_SET)
    return {name for name, node in graph.nodes.items() if node.kind in kinds}


def test_the_whole_project(project: Project) -> None:
    graph = draw(project).graph
    assert list(graph.nodes) == [
        MODEL,
        FIRST,
        SECOND,
        "output:incidence",
        "target_set:fit",
        "code:lib/__init__.py",
        "code:lib/network.py",
        "code:lib/rates.py",
        "code:models/__init__.py",
        "code:models/sir.py",
        "code:targets/__init__.py",
        "code:targets/incidence.py",
        "data:data/observed.csv",
        "environment:pyproject.toml",
    ]
    assert {(edge.start, edge.end, edge.kind.value) for edge in graph.edges} >= {
        ("code:lib/rates.py", "code:lib/network.py", "imports"),
        ("code:lib/network.py", "code:models/sir.py", "imports"),
        ("code:models/sir.py", MODEL, "defined_in"),
        (MODEL, "output:incidence", "provided_by"),
        ("output:incidence", FIRST, "compares"),
        (FIRST, "target_set:fit", "holds"),
        ("data:data/observed.csv", SECOND, "reads"),
        ("environment:pyproject.toml", MODEL, "runs_with"),
    }
    assert unsound(graph) == {}
    assert draw(project).affected == frozenset()


def test_what_is_upstream_of_an_entry_is_its_closure(project: Project) -> None:
    graph = draw(project).graph
    report = status(project)
    for key, entry in report.plan.record.entries():
        closure = report.session.observed.closures[entry.path]
        own = graph.part(graph.nodes.keys() - entries(graph) | {str(key)})
        above = own.upstream([str(key)])
        files = {f"code:{path}" for path in (closure.path, *closure.files)}
        assert {name for name in above if name.startswith("code:")} == files | (
            {f"code:{entry.path}"}
        )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("data/observed.csv", {FIRST, SECOND, "target_set:fit"}),
        ("data", {FIRST, SECOND, "target_set:fit"}),
        ("lib/rates.py", {MODEL, FIRST, SECOND, "target_set:fit"}),
        ("targets/__init__.py", {FIRST, SECOND, "target_set:fit"}),
        ("pyproject.toml", {MODEL, FIRST, SECOND, "target_set:fit"}),
        ("notes.txt", set()),
        ("./lib/../notes.txt", set()),
    ],
)
def test_what_a_file_concerns(project: Project, path: str, expected: set[str]) -> None:
    drawn = draw(project, path)
    assert entries(drawn.graph) == expected
    assert bool(drawn.focus) is bool(expected)
    assert drawn.asked


def test_a_path_is_relative_to_where_one_stands(project: Project) -> None:
    drawn = picture(project, "rates.py", base=project.root / "lib")
    assert drawn.focus == ("code:lib/rates.py",)


def test_a_file_in_a_data_folder_stands_for_the_folder(project: Project) -> None:
    edit(project, "targets/incidence.py", "data/observed.csv", "data")
    sync(project, SyncRequest())
    drawn = draw(project, "data/observed.csv")
    assert drawn.focus == ("data:data",)
    assert entries(drawn.graph) == {FIRST, SECOND, "target_set:fit"}
    write(project.root, "data/more.csv", "x\n")
    settle(project.root)
    assert draw(project).graph.nodes["data:data"].state.value == "stale"


@pytest.mark.parametrize("name", ["incidence_target", FIRST])
def test_an_entry_with_all_it_needs_and_all_that_uses_it(project: Project, name: str) -> None:
    drawn = draw(project, name)
    assert drawn.focus == (FIRST,)
    assert entries(drawn.graph) == {MODEL, FIRST, "target_set:fit"}
    assert "code:lib/rates.py" in drawn.graph.nodes


def test_stale_marks(project: Project) -> None:
    edit(project, "lib/rates.py", "2.0", "3.0")
    drawn = draw(project)
    assert unsound(drawn.graph) == {MODEL: "stale", "code:lib/rates.py": "stale"}
    assert drawn.affected == {MODEL, "output:incidence", FIRST, SECOND, "target_set:fit"}
    assert draw(project, "data/observed.csv").affected >= {FIRST, SECOND}


def test_an_edit_of_one_target_does_not_mark_the_other(project: Project) -> None:
    edit(project, "targets/incidence.py", "return [", "return 0, [")
    drawn = draw(project)
    assert unsound(drawn.graph) == {
        FIRST: "cosmetic",
        SECOND: "stale",
        "code:targets/incidence.py": "stale",
    }
    assert drawn.affected == {SECOND}


def test_a_changed_environment_affects_every_entry(project: Project) -> None:
    edit(project, "pyproject.toml", "modelops-calabaria", "modelops-calabaria>=2")
    drawn = draw(project)
    assert unsound(drawn.graph) == {"environment:pyproject.toml": "stale"}
    assert drawn.affected >= {MODEL, FIRST, SECOND}


def test_what_is_gone_and_what_is_new_are_marked(project: Project) -> None:
    (project.root / "targets/incidence.py").unlink()
    (project.root / "data/observed.csv").unlink()
    edit(
        project,
        "models/sir.py",
        "class StarsimSIR",
        "class Other(cb.BaseModel):\n    pass\n\n\nclass StarsimSIR",
    )
    states = unsound(draw(project).graph)
    assert states["model:sir_other"] == "added"
    assert states[FIRST] == states["code:targets/incidence.py"] == "missing"
    assert states["data:data/observed.csv"] == "missing"
    assert draw(project, "data/observed.csv").focus == ("data:data/observed.csv",)


def test_an_output_that_no_model_has_is_missing(project: Project) -> None:
    edit(project, "targets/incidence.py", 'model_output="incidence"', 'model_output="other"')
    assert unsound(draw(project).graph)["output:other"] == "missing"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("incidence_tarfet", "did you mean 'incidence_target'?"),
        ("data/observd.csv", "did you mean 'data/observed.csv'?"),
        ("target:nothing like it at all", "run `mops-bundle list` for all ids"),
        ("bell\a", "run `mops-bundle list` for all ids"),
    ],
)
def test_what_is_neither_entry_nor_file_is_refused(project: Project, name: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        draw(project, name)
    assert (raised.value.exit_code, raised.value.hint) == (2, hint)


def test_a_path_outside_the_project_is_refused(project: Project) -> None:
    with pytest.raises(UsageError, match="outside the project"):
        draw(project, "../x.csv")


def test_an_id_of_two_kinds_needs_its_kind(project: Project) -> None:
    text = project.registry.read_text().replace("  incidence_target:", "  sir_starsimsir:")
    project.registry.write_text(text)
    with pytest.raises(UsageError, match="is a model and a target"):
        draw(project, "sir_starsimsir")
    assert draw(project, MODEL).focus == (MODEL,)


@pytest.mark.parametrize("name", ["", FIRST, "data/observed.csv", "notes.txt"])
def test_the_document_has_the_shape_that_is_documented(project: Project, name: str) -> None:
    edit(project, "lib/rates.py", "2.0", "3.0")
    document = graph_document(draw(project, name))
    assert_documented(document)
    known = {node["id"] for node in document["nodes"]}
    assert {end for edge in document["edges"] for end in (edge["from"], edge["to"])} <= known
    assert set(document["focus"]) <= known


def test_a_path_is_a_bundle_path(project: Project) -> None:
    assert BundlePath.parse(draw(project, "lib/rates.py").asked) == "lib/rates.py"


def told(drawn: Picture, name: str) -> list[str]:
    return [reason.message for reason in drawn.graph.nodes[name].reasons]


def test_what_is_stale_says_why_in_the_words_of_status(project: Project) -> None:
    edit(project, "lib/rates.py", "2.0", "3.0")
    edit(project, "pyproject.toml", "modelops-calabaria", "modelops-calabaria>=2")
    (project.root / "targets/incidence.py").unlink()
    drawn = draw(project)
    verdicts = {str(verdict.key): verdict for verdict in status(project).plan.verdicts}
    for name in (MODEL, FIRST, SECOND):
        assert drawn.graph.nodes[name].reasons == verdicts[name].reasons != ()
    assert "loses incidence_target; no target is left" in told(drawn, "target_set:fit")
    assert told(drawn, "environment:pyproject.toml") == ["modelops-calabaria any -> >=2"]
    assert_documented(graph_document(drawn))


def test_data_that_is_read_and_not_declared_is_marked(project: Project) -> None:
    write(project.root, "data/rates.csv", "a,b\n")
    edit(project, "lib/rates.py", "RATE = 2.0", 'RATE = len(open("data/rates.csv").read())')
    sync(project, SyncRequest())
    drawn = draw(project)
    assert unsound(drawn.graph) == {"data:data/rates.csv": "undeclared"}
    assert drawn.affected == frozenset()
    (edge,) = drawn.graph.after("data:data/rates.csv")
    assert (edge.end, edge.kind.value) == (MODEL, "reads_undeclared")
    assert told(drawn, "data:data/rates.csv") == [
        "model sir_starsimsir reads it at lib/rates.py:1 and does not declare it"
    ]
    assert entries(draw(project, "data/rates.csv").graph) >= {MODEL, FIRST}
    assert_documented(graph_document(drawn))


def test_the_whole_can_be_kept_around_what_was_asked(project: Project) -> None:
    everything = draw(project).graph
    for name, focus in ((FIRST, FIRST), ("lib/rates.py", "code:lib/rates.py")):
        drawn = picture(project, name, base=project.root, whole=True)
        assert (drawn.graph, drawn.focus) == (everything, (focus,))
