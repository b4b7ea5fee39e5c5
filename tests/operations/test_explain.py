"""Explaining an entry of a real project: its inputs, what changed in them, and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from modelops_bundle.cli.render.explain import render_explain
from modelops_bundle.core.plan import State
from modelops_bundle.errors import UsageError
from modelops_bundle.operations.explain import Explanation, Input, InputState, Role, explain
from modelops_bundle.operations.explain_documents import explain_document
from modelops_bundle.operations.source_changes import SourceChange
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.workspace.project import Project
from support.disk import make_project, settle, write
from support.project import FILES
from support.schemas import assert_documented

MODEL, FIRST, SECOND = "sir_starsimsir", "incidence_target", "incidence_annealed_target"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A model, two targets of one file, a target set and data; in sync."""
    made = make_project(tmp_path / "sir", FILES)
    assert sync(made, SyncRequest(discover=True)).written
    text = made.registry.read_text() + f"target_sets:\n  fit:\n    targets:\n      - {FIRST}\n"
    made.registry.write_text(text)
    settle(made.root)
    return made


def put(project: Project, path: str, content: str) -> None:
    write(project.root, path, content)
    settle(project.root)


def edit(project: Project, path: str, old: str, new: str) -> None:
    text = (project.root / path).read_text()
    assert old in text
    put(project, path, text.replace(old, new))


def states(found: Explanation) -> dict[str, str]:
    """The inputs that are not as recorded: by path, a link by its role."""
    return {
        str(one.path or one.role): one.state.value
        for one in found.inputs
        if one.state is not InputState.FRESH
    }


def of(found: Explanation, path: str) -> Input:
    return next(one for one in found.inputs if one.path == path)


def change_of(found: Explanation, path: str) -> SourceChange:
    change = of(found, path).change
    assert change is not None
    return change


def touched(found: Explanation, path: str) -> dict[str, bool | None]:
    """The symbols that differ in a file, and whether the entry reaches them."""
    symbols = change_of(found, path).symbols
    return {f"{one.symbol.kind} {one.symbol.name}": one.reached for one in symbols}


def test_every_input_of_a_model_is_listed(project: Project) -> None:
    found = explain(project, MODEL)
    assert [(one.role, str(one.path)) for one in found.inputs] == [
        (Role.CODE, "models/sir.py"),
        (Role.CODE, "lib/__init__.py"),
        (Role.CODE, "lib/network.py"),
        (Role.CODE, "lib/rates.py"),
        (Role.CODE, "models/__init__.py"),
        (Role.ENVIRONMENT, "pyproject.toml"),
    ]
    assert of(found, "lib/rates.py").via == ("models/sir.py", "lib/network.py", "lib/rates.py")
    assert states(found) == {}
    assert (found.verdict.state, found.fix, found.invalidates) == (State.FRESH, "", False)
    assert [(key.id, output) for key, output in found.users] == [
        (FIRST, "incidence"),
        (SECOND, "incidence"),
    ]
    assert found.target_sets == ("fit",)


def test_every_input_of_a_target_is_listed(project: Project) -> None:
    found = explain(project, f"target:{FIRST}")
    assert [(one.role, str(one.path)) for one in found.inputs] == [
        (Role.CODE, "targets/incidence.py"),
        (Role.CODE, "targets/__init__.py"),
        (Role.DATA, "data/observed.csv"),
        (Role.LINK, "None"),
        (Role.ENVIRONMENT, "pyproject.toml"),
    ]
    link = found.inputs[3]
    assert (link.new, [key.id for key, _ in link.providers]) == ("incidence", [MODEL])
    assert found.target_sets == ("fit",)
    assert explain(project, SECOND).target_sets == ()


def test_a_changed_helper_shows_with_its_chain_its_symbol_and_a_diff(project: Project) -> None:
    edit(project, "lib/network.py", "RATE * x", "RATE + x")
    found = explain(project, MODEL)
    assert states(found) == {"lib/network.py": "stale"}
    assert of(found, "lib/network.py").via == ("models/sir.py", "lib/network.py")
    assert touched(found, "lib/network.py") == {"def contacts": True}
    assert change_of(found, "lib/network.py").symbols[0].symbol.line == 4
    diff = change_of(found, "lib/network.py").diff
    assert diff is not None
    assert diff[-2:] == ("-    return RATE * x", "+    return RATE + x")
    assert (found.fix, found.invalidates) == ("mops-bundle sync", True)
    assert states(explain(project, FIRST)) == {}
    assert explain(project, FIRST).inputs[3].providers[0][1] is State.STALE


def test_a_symbol_that_is_not_reached_is_noted_and_stays_stale(project: Project) -> None:
    put(project, "lib/network.py", FILES["lib/network.py"] + "\n\ndef plot(x):\n    return x\n")
    found = explain(project, MODEL)
    assert touched(found, "lib/network.py") == {"def plot": False}
    assert found.verdict.state is State.STALE
    assert states(found) == {"lib/network.py": "stale"}
    edit(project, "lib/rates.py", "RATE = 2.0", "RATE = globals()['X']")
    assert touched(explain(project, MODEL), "lib/network.py") == {"def plot": None}


def test_an_edit_of_another_target_is_cosmetic(project: Project) -> None:
    edit(project, "targets/incidence.py", "return [", "return 0, [")
    found = explain(project, FIRST)
    assert states(found) == {"targets/incidence.py": "cosmetic"}
    assert touched(found, "targets/incidence.py") == {f"def {SECOND}": False}
    assert (found.verdict.state, found.invalidates) == (State.COSMETIC, False)
    assert states(explain(project, SECOND)) == {"targets/incidence.py": "stale"}


def test_comments_and_docstrings_are_told_apart(project: Project) -> None:
    put(project, "lib/rates.py", "RATE = 2.0  # per day\n")
    assert change_of(explain(project, MODEL), "lib/rates.py").summary == "comments or formatting"
    put(project, "lib/rates.py", '"""Rates."""\nRATE = 2.0\n')
    assert change_of(explain(project, MODEL), "lib/rates.py").summary == "docstrings"


def test_changed_data_shows_with_both_digests(project: Project) -> None:
    put(project, "data/observed.csv", "day,in_bed\n")
    found = explain(project, FIRST)
    assert states(found) == {"data/observed.csv": "stale"}
    data = of(found, "data/observed.csv")
    assert data.old != data.new
    assert data.new.startswith("sha256:")


def test_missing_data_is_to_be_brought_back(project: Project) -> None:
    (project.root / "data/observed.csv").unlink()
    found = explain(project, FIRST)
    assert states(found) == {"data/observed.csv": "missing"}
    assert found.fix == "bring back data/observed.csv"


def test_a_file_below_a_data_folder_shows_by_itself(project: Project) -> None:
    edit(project, "targets/incidence.py", "data/observed.csv", "data")
    sync(project, SyncRequest())
    put(project, "data/more.csv", "x\n")
    assert states(explain(project, FIRST)) == {"data/more.csv": "added"}
    sync(project, SyncRequest())
    (project.root / "data/more.csv").unlink()
    assert states(explain(project, FIRST)) == {"data/more.csv": "removed"}


def test_files_that_come_into_a_closure_and_leave_it(project: Project) -> None:
    put(project, "lib/network.py", "from lib.new import RATE\n\n\ndef contacts(x):\n    return x\n")
    put(project, "lib/new.py", "RATE = 1\n")
    assert states(explain(project, MODEL)) == {
        "lib/network.py": "stale",
        "lib/new.py": "added",
        "lib/rates.py": "removed",
    }


def test_a_changed_environment_shows_although_the_entry_is_fresh(project: Project) -> None:
    edit(project, "pyproject.toml", "modelops-calabaria", "modelops-calabaria>=2")
    found = explain(project, MODEL)
    assert states(found) == {"pyproject.toml": "stale"}
    assert found.verdict.state is State.FRESH
    assert (found.fix, found.invalidates) == ("mops-bundle sync", True)


def test_an_output_that_no_model_has_is_a_missing_link(project: Project) -> None:
    edit(project, "targets/incidence.py", 'model_output="incidence"', 'model_output="other"')
    found = explain(project, FIRST)
    assert states(found)["link"] == "missing"
    link = next(one for one in found.inputs if one.role is Role.LINK)
    assert (link.old, link.new, link.providers) == ("incidence", "other", ())
    assert "model_output" not in [reason.field for reason in found.differences]


def test_a_renamed_symbol_is_a_difference_beside_the_inputs(project: Project) -> None:
    edit(project, "targets/incidence.py", f"def {FIRST}(", "def better(")
    found = explain(project, FIRST)
    assert [reason.field for reason in found.differences] == ["entrypoint"]
    assert found.symbol == "better"


def test_without_the_earlier_source_no_diff_is_made_up(project: Project) -> None:
    edit(project, "lib/network.py", "RATE * x", "RATE + x")
    shutil.rmtree(project.cache)
    found = explain(project, MODEL)
    assert states(found) == {"lib/network.py": "stale"}
    assert change_of(found, "lib/network.py") == SourceChange()


def test_a_file_that_does_not_parse_still_has_a_diff(project: Project) -> None:
    edit(project, "targets/incidence.py", f"def {FIRST}(", f"def {FIRST}((")
    found = explain(project, FIRST)
    assert found.verdict.state is State.UNPARSED
    assert found.fix == "mend targets/incidence.py:5"
    assert change_of(found, "targets/incidence.py").symbols == ()
    assert change_of(found, "targets/incidence.py").diff


def test_an_entry_whose_file_is_gone(project: Project) -> None:
    (project.root / "targets/incidence.py").unlink()
    found = explain(project, FIRST)
    assert states(found) == {"targets/incidence.py": "missing"}
    assert found.differences == ()
    assert found.fix == "mops-bundle sync --force, or keep the entry with --keep"
    assert found.target_sets == ("fit",)


def test_an_entry_that_may_be_one_of_several(project: Project) -> None:
    first = FILES["targets/incidence.py"].split("\n\n\n")[1]
    one, two = (first.replace(f"def {FIRST}(", f"def by_{unit}(") for unit in ("day", "week"))
    edit(project, "targets/incidence.py", first, f"{one}\n\n\n{two}")
    found = explain(project, FIRST)
    assert found.fix == f"mops-bundle sync --rename target:{FIRST}=SYMBOL"
    assert explain_document(found)["candidates"] == [
        "targets.incidence:by_day",
        "targets.incidence:by_week",
    ]


@pytest.mark.parametrize("name", ["incidence_tarfet", f"model:{FIRST}", "nothing at all"])
def test_an_unknown_id_is_refused(project: Project, name: str) -> None:
    with pytest.raises(UsageError) as raised:
        explain(project, name)
    assert raised.value.exit_code == 2
    assert raised.value.hint


def test_explaining_changes_no_file_and_no_verdict(project: Project) -> None:
    edit(project, "lib/network.py", "RATE * x", "RATE + x")
    before = project.registry.read_bytes()
    first, second = explain(project, MODEL), explain(project, MODEL)
    assert first == second
    assert project.registry.read_bytes() == before


@pytest.mark.parametrize("name", [MODEL, FIRST])
def test_the_document_has_the_shape_that_is_documented(project: Project, name: str) -> None:
    assert_documented(explain_document(explain(project, name)))
    edit(project, "lib/network.py", "RATE * x", "RATE + x")
    edit(project, "targets/incidence.py", f"def {FIRST}(", "def better(")
    document = explain_document(explain(project, name))
    assert_documented(document)
    assert document["changed"] == 1


def test_data_that_is_read_and_not_declared_is_listed(project: Project) -> None:
    put(project, "data/rates.csv", "a,b\n")
    edit(project, "lib/rates.py", "RATE = 2.0", 'RATE = len(open("data/rates.csv").read())')
    sync(project, SyncRequest())
    found = explain(project, MODEL)
    assert states(found) == {"data/rates.csv": "undeclared"}
    read = of(found, "data/rates.csv")
    assert str(read.read_at) == "lib/rates.py:1"
    assert read.via == ("models/sir.py", "lib/network.py", "lib/rates.py")
    assert found.fix == "mops-bundle register-model models/sir.py --data data/rates.csv"
    assert not found.invalidates
    document = explain_document(found)
    assert_documented(document)
    assert document["changed"] == 0
    shown = render_explain(document, 80)
    assert shown[0] == f"{MODEL} is fresh: none of 6 inputs changed since sync"
    assert "  ? data  data/rates.csv   read, not declared (lib/rates.py:1)" in shown
    assert explain(project, FIRST).fix == ""
