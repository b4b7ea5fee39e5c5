"""`explain` and `graph` as a shell runs them."""

from __future__ import annotations

import json

import pytest

from support.project import Shell


def test_an_entry_is_explained_by_its_id_with_or_without_its_kind(shell: Shell) -> None:
    plain = shell.ok("explain", "incidence_target").out
    assert plain.startswith("incidence_target is fresh: none of 5 inputs changed since sync\n")
    assert shell.ok("explain", "target:incidence_target").out == plain


@pytest.mark.parametrize("command", ["explain", "graph"])
def test_an_unknown_id_is_refused_with_the_closest_one(shell: Shell, command: str) -> None:
    shown = shell(command, "incidence_tarfet")
    assert (shown.code, shown.out) == (2, "")
    assert "'incidence_tarfet'" in shown.err
    assert "help: did you mean 'incidence_target'?" in shown.err
    refused = shell(command, "incidence_tarfet", "--json")
    assert (refused.code, refused.document["schema"]) == (2, "mops-bundle.error/1")


def test_the_exit_code_is_0_whatever_is_stale(shell: Shell) -> None:
    shell.edit("lib/rates.py", "2.0", "3.0")
    explained = shell.ok("explain", "sir_starsimsir").out
    assert "lib/rates.py:1 (changed: RATE)" in explained
    assert explained.endswith("Fix: mops-bundle sync\n")
    assert "! model sir_starsimsir" in shell.ok("graph").out
    shell.ok("sync")
    assert "! " not in shell.ok("graph").out


def test_the_formats_of_a_graph(shell: Shell) -> None:
    assert shell.ok("graph", "--format", "mermaid").out.startswith("flowchart LR\n")
    assert shell.ok("graph", "--format", "dot").out.startswith('digraph "sir" {\n')
    printed = shell.ok("graph", "--format", "json")
    assert printed.document == shell.json("graph", "--format", "dot") == shell.json("graph")
    assert shell.ok("graph", "--format", "html").out.startswith("<!doctype html>\n")
    refused = shell("graph", "--format", "pdf")
    assert refused.code == 2
    assert "no such value for --format: pdf" in refused.err


@pytest.mark.parametrize("form", ["tree", "mermaid", "dot", "json", "html"])
def test_a_graph_can_be_written_to_a_file(shell: Shell, form: str) -> None:
    printed = shell.ok("graph", "--format", form).out
    told = shell.ok("graph", "--format", form, "--output", "drawn").out
    assert told == "Wrote drawn.\n"
    assert shell.read("drawn") == printed
    document = shell.json("graph", "--format", form, "--output", "drawn")
    assert (document, shell.read("drawn")) == (shell.json("graph"), printed)


def test_a_page_holds_the_whole_project_focused_on_what_was_asked_about(shell: Shell) -> None:
    page = shell.ok("graph", "lib/rates.py", "--format", "html").out
    part, whole = shell.json("graph", "lib/rates.py"), shell.json("graph")
    held = json.loads(page.partition('id="graph">')[2].partition("</script>")[0])
    assert held == whole | {"focus": part["focus"], "path": part["path"]}
    assert shell.json("graph", "lib/rates.py", "--format", "html") == part


@pytest.mark.parametrize(
    "file", ["models/sir.py", "data/observed.csv", ".modelops-bundle/registry.yaml"]
)
def test_no_picture_takes_the_place_of_what_it_is_drawn_from(shell: Shell, file: str) -> None:
    before = shell.read(file)
    refused = shell("graph", "--format", "html", "--output", file)
    assert (refused.code, refused.out) == (2, "")
    assert f"{file} is a file of the bundle; nothing was written" in refused.err
    assert shell.read(file) == before


def test_a_file_that_cannot_be_written_is_an_error(shell: Shell) -> None:
    refused = shell("graph", "--output", "nowhere/picture.txt")
    assert refused.code == 2
    assert "cannot write nowhere/picture.txt" in refused.err


def test_a_path_starts_from_the_working_folder(shell: Shell) -> None:
    below = shell("graph", "rates.py", folder=shell.root / "lib").out
    assert below == shell("graph", "lib/rates.py").out
    assert below.startswith("A change of lib/rates.py concerns 1 model, 2 targets, 1 target set:")


def test_a_project_without_entries_has_no_picture(bare: Shell) -> None:
    bare.ok("init")
    assert bare.ok("graph").out == "No models or targets are registered.\n"
    assert bare("explain", "x").code == 2
