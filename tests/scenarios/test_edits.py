"""Each edit that people make to a project, and what status, sync and push make of it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from support.project import Shell
from support.scenarios import (
    REGISTRY,
    assert_true_to_disk,
    changed_lines,
    keep_times,
    parsed_registry,
    published,
    sha256,
)

MODEL, ID, OTHER = "sir_starsimsir", "incidence_target", "incidence_annealed_target"
MODEL_SOURCE, SOURCE = "models/sir.py", "targets/incidence.py"
DATA, DEEP = "data/observed_incidence.csv", "sirlib/timetable.py"


def entry(shell: Shell, entry_id: str) -> Any:
    """One entry of `status --json`."""
    return next(e for e in shell.json("status")["entries"] if e["id"] == entry_id)


def states(shell: Shell) -> list[str]:
    """The states of model, target and other target."""
    return [e["state"] for e in shell.json("status")["entries"]]


def mended(shell: Shell) -> None:
    """Sync, and check that nothing is left and that the registry is true."""
    shell.ok("sync")
    assert shell.json("status")["in_sync"] is True
    assert shell("status", "--check-staleness").code == 0
    assert_true_to_disk(shell.root)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("sirlib/rates.csv", 'RATES = files("sirlib").joinpath("rates.csv").read_text()'),
        ("sirlib/_fast.cpython-311-x86_64-linux-gnu.so", "from sirlib import _fast"),
    ],
)
def test_a_file_of_the_closure_that_is_no_source(sir: Shell, path: str, line: str) -> None:
    """Its bytes are a part of what the entry does, whatever the cached analysis says."""
    sir.write(path, "1\n")
    sir.write(DEEP, f"from importlib.resources import files\n{line}\n{sir.read(DEEP)}")
    sir.ok("sync")
    for _ in range(2):
        sir.write(path, sir.read(path) + "2\n")
        assert states(sir) == ["stale", "fresh", "fresh"]
        assert sir.json("status") == sir.json("status", "--check-staleness")
        before = sir.registry
        mended(sir)
        fields = [new.split(":")[0].strip() for _, new in changed_lines(before, sir.registry)]
        assert fields == [path, "behavior_digest"]


def test_a_helper_three_imports_away(sir: Shell) -> None:
    sir.edit(DEEP, "CLASS: 6.0", "CLASS: 5.0")
    reason = entry(sir, MODEL)["reasons"]
    assert [(r["code"], r["field"], r["path"], r["cosmetic"]) for r in reason] == [
        ("MB121", "code_digests", DEEP, False)
    ]
    assert reason[0]["via"] == [MODEL_SOURCE, "sirlib/network.py", "sirlib/contacts.py", DEEP]
    assert reason[0]["new"] == sha256(sir.root / DEEP)
    assert states(sir) == ["stale", "fresh", "fresh"]
    assert sir("push").code == 1
    before = sir.registry
    mended(sir)
    fields = [new.split(":")[0].strip() for _, new in changed_lines(before, sir.registry)]
    assert fields == [DEEP, "behavior_digest"]


def test_a_new_target_in_a_registered_file(sir: Shell) -> None:
    text = sir.read(SOURCE)
    added = text[text.index("@cb.calibration_target") :].split("\n\n\n")[0]
    sir.write(SOURCE, f"{text}\n\n{added.replace(ID, 'weekly_target').replace('mean', 'sum')}\n")
    document = sir.json("status")
    assert [new["id"] for new in document["additions"]] == ["weekly_target"]
    assert document["additions"][0]["path"] == SOURCE
    assert sir("push").code == 1
    mended(sir)
    registry = parsed_registry(sir.root)
    assert list(registry["targets"]) == [ID, OTHER, "weekly_target"]
    assert registry["target_sets"]["incidence"]["targets"] == [ID, OTHER]


def test_an_excluded_target_stays_out(sir: Shell) -> None:
    assert sir("unregister", OTHER, "--force").code == 0
    mended(sir)
    assert list(parsed_registry(sir.root)["targets"]) == [ID]
    assert sir.json("list")["excluded"] == [f"targets.incidence:{OTHER}"]
    sir.ok("register-target", f"{SOURCE}:{OTHER}")
    assert list(parsed_registry(sir.root)["targets"]) == [ID, OTHER]
    assert sir.json("list")["excluded"] == []


@pytest.mark.parametrize("edited", [False, True], ids=["as it is", "with an edit"])
def test_a_model_file_is_moved(sir: Shell, edited: bool) -> None:
    (sir.root / "epidemics").mkdir()
    (sir.root / "epidemics/__init__.py").touch()
    (sir.root / MODEL_SOURCE).rename(sir.root / "epidemics/school.py")
    if edited:
        sir.edit("epidemics/school.py", "DAYS = 14", "DAYS = 21")
    found = entry(sir, MODEL)
    assert (found["action"], found["destructive"]) == ("move", False)
    moved = next(r for r in found["reasons"] if r["field"] == "path")
    assert (moved["code"], moved["old"], moved["new"]) == (
        "MB102",
        MODEL_SOURCE,
        "epidemics/school.py",
    )
    assert sir("push").code == 1
    mended(sir)
    recorded = parsed_registry(sir.root)["models"]
    assert list(recorded) == [MODEL]
    assert recorded[MODEL]["entrypoint"] == "epidemics.school:StarsimSIR"
    assert recorded[MODEL]["declared"] == {"data": ["data/demographics.csv"]}
    assert "epidemics/__init__.py" in recorded[MODEL]["code"]
    assert "models/__init__.py" not in recorded[MODEL]["code"]


def test_a_class_is_renamed(sir: Shell) -> None:
    sir.edit(MODEL_SOURCE, "class StarsimSIR(", "class SchoolSIR(")
    found = entry(sir, MODEL)
    assert found["action"] == "rename"
    assert "-> SchoolSIR (same body)" in sir.ok("status").out
    mended(sir)
    recorded = parsed_registry(sir.root)["models"][MODEL]
    assert recorded["class_name"] == "SchoolSIR"
    assert recorded["entrypoint"] == "models.sir:SchoolSIR"


def test_a_data_file_is_renamed_together_with_its_decorator(sir: Shell) -> None:
    (sir.root / DATA).rename(sir.root / "data/boys_in_bed.csv")
    sir.edit(SOURCE, DATA, "data/boys_in_bed.csv")
    for entry_id in (ID, OTHER):
        reasons = {r["code"]: r for r in entry(sir, entry_id)["reasons"]}
        assert (reasons["MB108"]["old"], reasons["MB108"]["new"]) == (DATA, "data/boys_in_bed.csv")
    assert sir.json("status")["summary"]["errors"] == 0
    mended(sir)
    for recorded in parsed_registry(sir.root)["targets"].values():
        assert recorded["data"] == ["data/boys_in_bed.csv"]
        assert list(recorded["data_digests"]) == ["data/boys_in_bed.csv"]
    assert DATA not in sir.registry


def drop_target(sir: Shell) -> None:
    """Delete the second target from its file."""
    text = sir.read(SOURCE)
    sir.write(SOURCE, text[: text.rindex("@cb.calibration_target")].rstrip() + "\n")


def test_a_deleted_target_waits_for_a_decision(sir: Shell, home: Any) -> None:
    drop_target(sir)
    before = sir.registry
    found = entry(sir, OTHER)
    assert (found["action"], found["destructive"]) == ("remove", True)
    assert found["target_sets"] == ["incidence"]
    refused = sir("sync")
    assert refused.code == 3
    assert "leaves target set incidence" in refused.out
    assert "--force" in refused.out
    assert "--keep" in refused.out
    for options in (["push"], ["push", "--force"]):
        assert sir(*options).code == 1
    for options in (["push", "--sync"], ["push", "--sync", "--force"]):
        assert sir(*options).code == 3
    assert sir("sync", "--dry-run").code == 3
    assert sir.registry == before
    assert published(home) == {}

    sir.ok("sync", "--keep")
    kept = parsed_registry(sir.root)
    assert list(kept["targets"]) == [ID, OTHER]
    assert kept["target_sets"]["incidence"]["targets"] == [ID, OTHER]
    assert entry(sir, OTHER)["state"] == "missing"
    assert sir.json("status")["in_sync"] is False
    assert sir("status", "--check").code == 1
    assert sir("push").code == 1

    sir.ok("sync", "--force")
    left = parsed_registry(sir.root)
    assert list(left["targets"]) == [ID]
    assert left["target_sets"] == {"incidence": {"targets": [ID], "weights": {ID: 1.0}}}
    assert "# The annealed target counts half" in sir.registry
    mended(sir)
    sir.ok("push")


def test_a_target_set_that_ends_up_empty_is_removed(sir: Shell) -> None:
    (sir.root / SOURCE).unlink()
    refused = sir("sync")
    assert refused.code == 3
    assert f"{SOURCE} is gone" in refused.out
    shown = sir.ok("sync", "--force")
    assert "target set incidence" in shown.out
    registry = parsed_registry(sir.root)
    assert not registry["targets"]
    assert not registry.get("target_sets")


def test_a_comment_is_recorded_by_push_which_says_so(sir: Shell) -> None:
    first = sir.ok("push").out.splitlines()[-1]
    sir.edit(DEEP, "from __future__", "# Hours as in the school's prospectus.\nfrom __future__")
    assert states(sir) == ["cosmetic", "fresh", "fresh"]
    document = sir.json("status")
    assert document["in_sync"] is False
    assert [r["cosmetic"] for r in document["entries"][0]["reasons"]] == [True]
    assert sir("status", "--check").code == 0
    assert sir("check").code == 0
    assert sir("check", "--strict").code == 1
    behaviour = parsed_registry(sir.root)["models"][MODEL]["behavior_digest"]
    before = sir.registry
    shown = sir.ok("push")
    assert "Recorded digests in the registry first" in shown.out
    assert shown.out.splitlines()[-1] != first
    assert [new for _, new in changed_lines(before, sir.registry)] == [
        f"      {DEEP}: {sha256(sir.root / DEEP)}\n"
    ]
    assert parsed_registry(sir.root)["models"][MODEL]["behavior_digest"] == behaviour
    assert sir.json("status")["in_sync"] is True
    assert_true_to_disk(sir.root)


def test_formatting_by_a_formatter_is_cosmetic(sir: Shell) -> None:
    for path in (MODEL_SOURCE, SOURCE, DEEP):
        text = sir.read(path)
        sir.write(path, text.replace('"', "'").replace(", ", ",  "))
    sir.ok("sync", "--force")
    for path in (MODEL_SOURCE, SOURCE, DEEP):
        before = sir.read(path)
        subprocess.run(
            [sys.executable, "-m", "ruff", "format", "--isolated", "--quiet", path],
            cwd=sir.root,
            check=True,
        )
        assert sir.read(path) != before
    assert states(sir) == ["cosmetic"] * 3
    assert sir("status", "--check").code == 0
    mended(sir)


def test_line_endings_are_cosmetic(sir: Shell) -> None:
    text = sir.read(SOURCE)
    (sir.root / SOURCE).write_bytes(text.replace("\n", "\r\n").encode())
    assert states(sir) == ["fresh", "cosmetic", "cosmetic"]
    mended(sir)


def test_touching_files_changes_nothing(sir: Shell) -> None:
    sir.ok("status")
    for path in sorted(sir.root.rglob("*")):
        if path.is_file() and ".modelops-bundle" not in path.parts:
            os.utime(path)
    before = sir.registry
    assert states(sir) == ["fresh"] * 3
    assert sir.json("sync")["written"] is False
    assert sir.registry == before


@pytest.mark.parametrize("path", [SOURCE, MODEL_SOURCE])
def test_a_syntax_error_blocks_sync_and_push(sir: Shell, path: str, home: Any) -> None:
    sir.edit(path, "from __future__", "def f(:\nfrom __future__")
    sir.write(DATA, "day,in_bed\n1,3\n")
    before = sir.registry
    shown = sir("status")
    assert shown.code == 0
    line = sir.read(path).splitlines().index("def f(:") + 1
    assert f"{path}:{line}" in shown.out
    assert sir("status", "--check").code == 1
    document = sir.json("status")
    broken = [e["id"] for e in document["entries"] if e["state"] == "unparsed"]
    assert broken == ([MODEL] if path == MODEL_SOURCE else [ID, OTHER])
    assert document["in_sync"] is False
    for options in ([], ["--force"], ["--keep"], ["--dry-run"]):
        assert sir("sync", *options).code == 2
    assert sir.json("sync")["refused"] == "unparsed"
    assert sir("push").code == 1
    assert sir("push", "--sync").code == 2
    assert sir.registry == before
    assert published(home) == {}


@pytest.mark.parametrize("path", [DEEP, "sirlib/network.py"])
def test_a_helper_that_cannot_be_parsed_counts_by_its_bytes(sir: Shell, path: str) -> None:
    code = parsed_registry(sir.root)["models"][MODEL]["code"]
    sir.write(path, sir.read(path) + "\ndef later[T](:\n")
    document = sir.json("status")
    assert document["entries"][0]["state"] == "stale"
    warning = next(f for f in document["preflight"] if f["code"] == "MB203")
    assert (warning["severity"], warning["path"]) == ("warning", path)
    sir.ok("sync")
    recorded = parsed_registry(sir.root)["models"][MODEL]
    assert recorded["code_digests"][path] == sha256(sir.root / path)
    assert recorded["code"] == code, "what it imports travels still"
    assert {*code} <= {file["path"] for file in sir.json("files")["files"]}
    assert sir("push").code == 0


def test_an_edit_of_the_same_size_with_the_old_time(sir: Shell) -> None:
    sir.ok("status")
    keep_times(sir.root / DATA, sir.read(DATA).replace("14,4", "14,9"))
    shown = sir("status", "--check-staleness")
    assert shown.code == 1
    assert f"{DATA} changed" in shown.out
    assert sir("push").code == 1, "what a check found is not forgotten"
    mended(sir)


def test_an_edit_behind_the_caches_back_is_never_published_as_it_was(sir: Shell, home: Any) -> None:
    """Even where size and all times are as recorded: a push hashes what it sends (law 6)."""
    sir.ok("status")
    keep_times(sir.root / DATA, sir.read(DATA).replace("14,4", "14,9"))
    assert sir("push").code in (0, 1)
    blobs = {name.rpartition("/")[2] for name in published(home) if "blobs/sha256" in name}
    if blobs:
        assert sha256(sir.root / DATA).partition(":")[2] in blobs
        assert_true_to_disk(sir.root)


def test_an_unrelated_file_is_no_concern(sir: Shell) -> None:
    sir.ok("status")
    sir.write("notes/todo.md", "ask the school\n")
    sir.write("sirlib/plots.py", "def broken(:\n")
    sir.edit("README.md", "#", "##")
    assert states(sir) == ["fresh"] * 3
    document = sir.json("status")
    assert document["in_sync"] is True
    assert document["unregistered"] == []
    assert sir.json("sync")["written"] is False


def test_a_helper_is_deleted_while_it_is_still_imported(sir: Shell) -> None:
    recorded = parsed_registry(sir.root)["models"][MODEL]["code_digests"][DEEP]
    (sir.root / DEEP).unlink()
    found = entry(sir, MODEL)
    assert (found["state"], found["action"], found["destructive"]) == ("missing", "none", False)
    assert sir("status", "--check").code == 1
    errors = [f for f in sir.json("status")["preflight"] if f["severity"] == "error"]
    assert errors
    assert any(DEEP in f["message"] or "timetable" in f["message"] for f in errors)
    before = sir.registry
    shown = sir("sync")
    assert shown.code == 0
    assert sir.registry == before
    assert parsed_registry(sir.root)["models"][MODEL]["code_digests"][DEEP] == recorded
    assert sir("push").code == 1
    assert sir("push", "--sync").code == 1


@pytest.mark.parametrize("sync_first", [False, True])
def test_data_is_deleted(sir: Shell, sync_first: bool) -> None:
    recorded = parsed_registry(sir.root)["targets"][ID]["data_digests"][DATA]
    (sir.root / DATA).unlink()
    before = sir.registry
    if sync_first:
        assert sir("sync").code == 0
    assert sir.registry == before
    for entry_id in (ID, OTHER):
        found = entry(sir, entry_id)
        assert (found["state"], found["action"]) == ("missing", "none")
    errors = [f for f in sir.json("status")["preflight"] if f["code"] == "MB302"]
    assert errors
    assert all(f["severity"] == "error" for f in errors)
    assert sir("status", "--check").code == 1
    assert sir("push").code == 1
    assert parsed_registry(sir.root)["targets"][ID]["data_digests"][DATA] == recorded


def test_a_new_dependency_is_said_once(sir: Shell) -> None:
    sir.edit("pyproject.toml", '    "polars>=1.33",\n', '    "polars>=1.33",\n    "scipy",\n')
    document = sir.json("status")
    assert document["environment"]["state"] == "stale"
    assert [c["path"] for c in document["environment"]["changes"]] == ["pyproject.toml"]
    assert [e["reasons"] for e in document["entries"]] == [[], [], []]
    shown = sir.ok("status").out
    assert shown.count("pyproject.toml") == 1
    assert sir("status", "--check").code == 1
    assert sir("push").code == 1
    mended(sir)


def test_a_new_lock_file_is_part_of_the_environment(sir: Shell) -> None:
    sir.write("uv.lock", "version = 1\n")
    changes = sir.json("status")["environment"]["changes"]
    assert [(c["path"], c["old"], c["new"]) for c in changes] == [
        ("uv.lock", None, sha256(sir.root / "uv.lock"))
    ]
    mended(sir)


def test_what_pyproject_says_besides_dependencies_is_no_concern(sir: Shell) -> None:
    sir.edit("pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"')
    assert sir.json("status")["in_sync"] is True


def test_an_edit_of_one_of_two_targets_leaves_the_other_cosmetic(sir: Shell) -> None:
    sir.edit(SOURCE, "weight=0.5", "weight=0.25")
    assert states(sir) == ["fresh", "cosmetic", "stale"]
    before = parsed_registry(sir.root)["targets"][ID]["behavior_digest"]
    mended(sir)
    assert parsed_registry(sir.root)["targets"][ID]["behavior_digest"] == before


def test_a_hand_edit_of_a_derived_value_is_overwritten_and_shown(sir: Shell) -> None:
    sir.edit(REGISTRY, "      - prevalence\n", "      - prevalance\n")
    shown = sir.ok("sync")
    assert "prevalence" in shown.out
    assert parsed_registry(sir.root)["models"][MODEL]["outputs"] == ["incidence", "prevalence"]


def test_an_output_is_renamed_in_the_model_only(sir: Shell, home: Any) -> None:
    """A sync cannot mend a target that asks for what no model provides."""
    sir.edit(MODEL_SOURCE, '@cb.model_output("incidence")', '@cb.model_output("incidences")')
    errors = [f for f in sir.json("status")["preflight"] if f["code"] == "MB301"]
    assert {f["entity"] for f in errors} == {f"target:{ID}", f"target:{OTHER}"}
    assert all("incidences" in f["message"] + f["hint"] for f in errors)
    assert sir.ok("sync").code == 0
    assert sir.json("status")["in_sync"] is True
    refused = sir("push")
    assert refused.code == 1
    assert "MB301" in refused.err
    assert published(home) == {}


def test_a_swap_of_two_targets_is_no_rename(sir: Shell) -> None:
    text = sir.read(SOURCE)
    swapped = text.replace(f"def {ID}(", "def x(").replace(f"def {OTHER}(", f"def {ID}(")
    sir.write(SOURCE, swapped.replace("def x(", f"def {OTHER}("))
    for found in sir.json("status")["entries"][1:]:
        assert (found["state"], found["action"]) == ("stale", "update")
    mended(sir)
    assert list(parsed_registry(sir.root)["targets"]) == [ID, OTHER]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("run.R", "x <- 2\n"),
        ("scripts/a.R", "x <- 2\n"),
        ("scripts/new.R", "x <- 2\n"),
        ("scripts/b.R", None),
    ],
)
def test_code_that_a_person_declared_counts_by_its_bytes(
    sir: Shell, path: str, text: str | None
) -> None:
    for name in ("run.R", "scripts/a.R", "scripts/b.R"):
        sir.write(name, "x <- 1\n")
    sir.ok("register-model", MODEL_SOURCE, "--code", "run.R", "--code", "scripts")
    assert sir.json("status")["in_sync"] is True
    if text is None:
        (sir.root / path).unlink()
    else:
        sir.write(path, text)
    found = entry(sir, MODEL)
    assert found["state"] == "stale"
    reasons = [(r["code"], r["path"], r["cosmetic"]) for r in found["reasons"]]
    assert reasons == [("MB121", path, False)]
    assert sir("push").code == 1
    mended(sir)
    assert parsed_registry(sir.root)["models"][MODEL]["declared"]["code"] == ["run.R", "scripts"]
