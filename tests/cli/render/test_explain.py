"""`explain` for people, on the example: the exact text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelops_bundle.cli.render.explain import render_explain
from modelops_bundle.operations.explain import explain
from modelops_bundle.operations.explain_documents import explain_document
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.workspace.project import Project, find_project
from support.disk import settle
from support.golden import assert_golden
from support.scenarios import copy_example

MODEL, FIRST, SECOND = "sir_starsimsir", "incidence_target", "incidence_annealed_target"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The Starsim example, its sources kept by a sync."""
    root = copy_example("starsim-sir", tmp_path / "sir")
    settle(root)
    found = find_project(root)
    sync(found, SyncRequest())
    return found


def edit(project: Project, path: str, old: str, new: str) -> None:
    file = project.root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    settle(project.root)


def unchanged(project: Project) -> None:
    """As the last sync left it."""


def helper(project: Project) -> None:
    edit(project, "sirlib/contacts.py", "return CONTACTS", "return 2 * CONTACTS")


def unreached(project: Project) -> None:
    file = project.root / "sirlib/network.py"
    with file.open("a", encoding="utf-8") as stream:
        stream.write("\n\ndef plot_debug(net):\n\treturn net\n")
    settle(project.root)


def data_and_neighbour(project: Project) -> None:
    """The sample of the design: data changed, and so did the other target of the file."""
    edit(project, "data/observed_incidence.csv", "14,4", "14,5")
    edit(project, "targets/incidence.py", 'name="incidence",', 'name="daily",')


def everything(project: Project) -> None:
    edit(project, "targets/incidence.py", "def incidence_target", "def mean_target")
    edit(project, "targets/incidence.py", '(model_output="incidence"', '(model_output="cases"')
    edit(
        project, "targets/incidence.py", "import polars as pl\n", "import polars as pl\nimport os\n"
    )
    edit(project, "pyproject.toml", "polars>=1.33", "polars>=1.40")


def gone(project: Project) -> None:
    (project.root / "targets/incidence.py").unlink()


def unparsed(project: Project) -> None:
    edit(project, "targets/incidence.py", "OBSERVED = ", "OBSERVED = = ")


def forgotten(project: Project) -> None:
    helper(project)
    for kept in (project.cache / "sources").iterdir():
        kept.unlink()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (unchanged, MODEL),
        (unchanged, FIRST),
        (helper, MODEL),
        (helper, FIRST),
        (unreached, MODEL),
        (data_and_neighbour, SECOND),
        (everything, FIRST),
        (gone, FIRST),
        (unparsed, FIRST),
        (forgotten, MODEL),
    ],
)
def test_the_text(project: Project, change: Callable[[Project], None], name: str) -> None:
    change(project)
    lines = render_explain(explain_document(explain(project, name)), 80)
    text = "".join(line + "\n" for line in lines)
    assert_golden(f"explain-{change.__name__.replace('_', '-')}-{name}-80.txt", text)


def test_no_line_ends_in_blanks_and_tabs_are_widened(project: Project) -> None:
    unreached(project)
    lines = render_explain(explain_document(explain(project, MODEL)), 80)
    assert all(line == line.rstrip() and "\t" not in line for line in lines)
