"""The mission's three ways for a registry to lie, alone and together, from status to pull."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest

from support.project import Shell
from support.scenarios import (
    REGISTRY,
    assert_true_to_disk,
    changed_lines,
    parsed_registry,
    published,
    sha256,
)
from support.schemas import assert_documented

ID, OTHER = "incidence_target", "incidence_annealed_target"
NEW = "incidence_replicate_mean_target"
BAD = "BAD_OUTPUT_NAME"
SOURCE, DATA = "targets/incidence.py", "data/observed_incidence.csv"
HINT = "Run 'mops-bundle sync' to update registry from current code"

WAYS = [
    frozenset(chosen)
    for size in (1, 2, 3)
    for chosen in combinations(("rename", "output", "data"), size)
]
ways = pytest.mark.parametrize("what", WAYS, ids=lambda what: "+".join(sorted(what)))


def annotate(sir: Shell) -> None:
    """Give the registry what a person and other tools put there."""
    sir.edit(REGISTRY, "version: '1.1'\n", "# Reviewed by the modelling group.\nversion: '1.1'\n")
    sir.edit(
        REGISTRY,
        f"  {ID}:\n    path: {SOURCE}\n",
        f"  # the mean over replicates\n  {ID}:\n    labels: {{stage: fit, 'owner': \"ann\"}}\n"
        f"    path: {SOURCE}  # one file for both\n",
    )
    sir.edit(REGISTRY, "target_sets:\n", "x-dashboard: [1978, 'Lancet']\ntarget_sets:\n")
    sir.edit(REGISTRY, f"      {ID}: 1.0\n", f"      {ID}: 1.0   # the reference\n")


def make_stale(sir: Shell, what: Iterable[str]) -> None:
    """Do what the mission names."""
    if "output" in what:
        # The code was registered while it had a wrong name, and has been corrected since.
        sir.edit(SOURCE, 'model_output="incidence"', f'model_output="{BAD}"')
        assert sir("sync").code == 0
        assert sir.registry.count(f"model_output: {BAD}") == 2
        sir.edit(SOURCE, f'model_output="{BAD}"', 'model_output="incidence"')
    if "rename" in what:
        sir.edit(SOURCE, f"def {ID}(", f"def {NEW}(")
    if "data" in what:
        sir.edit(DATA, "14,4\n", "14,5\n")


def line_of(path: Path, text: str) -> int:
    """The number of the first line with a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@ways
def test_status_tells_what_is_stale_and_why(sir: Shell, what: frozenset[str]) -> None:
    make_stale(sir, what)
    document = sir.json("status")
    assert_documented(document)
    assert document["in_sync"] is False
    entries = {entry["id"]: entry for entry in document["entries"]}
    assert entries["sir_starsimsir"]["state"] == "fresh"
    entry, other = entries[ID], entries[OTHER]
    assert entry["state"] == "stale"
    assert entry["action"] == ("rename" if "rename" in what else "update")
    assert entry["destructive"] is False
    where = line_of(sir.root / SOURCE, f"def {NEW if 'rename' in what else ID}(")
    assert (entry["path"], entry["line"]) == (SOURCE, where)

    told = {(reason["code"], reason["field"]): reason for reason in entry["reasons"]}
    serious = {key for key, reason in told.items() if not reason["cosmetic"]}
    expected = set()
    if "rename" in what:
        expected.add(("MB101", "entrypoint"))
        renamed = told["MB101", "entrypoint"]
        assert renamed["old"] == f"targets.incidence:{ID}"
        assert renamed["new"] == f"targets.incidence:{NEW}"
        assert (renamed["path"], renamed["line"]) == (SOURCE, where)
    if "output" in what:
        expected.add(("MB107", "model_output"))
        output = told["MB107", "model_output"]
        assert (output["old"], output["new"]) == (BAD, "incidence")
        assert (output["path"], output["line"]) == (SOURCE, where)
    if "data" in what:
        expected.add(("MB120", "data_digests"))
        data = told["MB120", "data_digests"]
        assert data["path"] == DATA
        assert data["new"] == sha256(sir.root / DATA)
        assert data["old"] != data["new"]
    assert expected <= serious
    assert serious - expected <= {("MB122", "target_digest")}
    assert other["state"] == ("stale" if what & {"output", "data"} else "cosmetic")
    assert document["summary"]["rename"] == ("rename" in what)
    codes = {finding["code"] for finding in document["preflight"]}
    assert ("MB110" in codes) is ("rename" in what)
    assert ("MB111" in codes) is ("output" in what)
    assert document["summary"]["errors"] == 0


@ways
def test_the_text_of_status_names_each_cause_once(sir: Shell, what: frozenset[str]) -> None:
    make_stale(sir, what)
    shown = sir.ok("status").out
    where = line_of(sir.root / SOURCE, f"def {NEW if 'rename' in what else ID}(")
    assert f"{SOURCE}:{where}\n" in shown
    assert shown.count(f"  ! target {ID} ") == 1
    assert (f"renamed   -> {NEW} (" in shown) is ("rename" in what)
    # The output's name stands in the function, so that its body is the same only if it stays.
    assert (f"-> {NEW} (same body)" in shown) is ("rename" in what and "output" not in what)
    assert (f"output    {BAD} -> incidence" in shown) is ("output" in what)
    assert (f"data      {DATA} changed" in shown) is ("data" in what)
    warning = "Registry may be stale - "
    assert (f"{warning}entrypoint '{ID}' not found" in shown) is ("rename" in what)
    assert (f"{warning}output '{BAD}' not found in the code" in shown) is ("output" in what)
    assert (HINT in shown) is bool(what & {"rename", "output"})
    assert shown.endswith("Next: mops-bundle sync\n")
    assert sir("status", "--check").code == 1
    assert sir("check").code == 1


@ways
def test_a_push_is_refused_and_nothing_is_uploaded(
    sir: Shell, home: Path, what: frozenset[str]
) -> None:
    make_stale(sir, what)
    before = sir.registry
    shown = sir("push")
    assert (shown.code, shown.out) == (1, "")
    assert "error: registry is stale (" in shown.err
    assert f"  target {ID} " in shown.err
    assert "help: run `mops-bundle sync`, then push again" in shown.err
    for options in (["--force"], ["--tag", "v1"], ["--dry-run"]):
        assert sir("push", *options).code == 1
    document = sir.json("push")
    assert_documented(document)
    assert (document["refused"], document["digest"], document["tags"]) == ("stale", None, [])
    assert document["status"]["in_sync"] is False
    assert published(home) == {}
    assert sir.registry == before


@ways
def test_sync_mends_it_and_what_is_pulled_is_what_the_registry_declares(
    sir: Shell, colleague: Shell, what: frozenset[str]
) -> None:
    annotate(sir)
    make_stale(sir, what)
    before = sir.registry

    assert sir("sync", "--dry-run").code == 0
    assert sir.registry == before
    document = sir.json("sync")
    assert_documented(document)
    assert (document["written"], document["refused"]) == (True, None)

    changed = list(changed_lines(before, sir.registry))
    intended = {f"    target_digest: {sha256(sir.root / SOURCE)}\n"}
    if "rename" in what:
        intended.add(f"    entrypoint: targets.incidence:{NEW}\n")
    if "output" in what:
        intended.add("    model_output: incidence\n")
    if "data" in what:
        intended.add(f"      {DATA}: {sha256(sir.root / DATA)}\n")
    derived = {new for _, new in changed if new.startswith(("    behavior_", "    symbol_"))}
    assert {new for _, new in changed} - derived <= intended
    if what != {"data"}:
        assert intended <= {new for _, new in changed}
    assert sir.registry.count("# ") == before.count("# ")
    registry = parsed_registry(sir.root)
    assert registry["x-dashboard"] == [1978, "Lancet"]
    assert registry["targets"][ID]["labels"] == {"stage": "fit", "owner": "ann"}
    assert registry["target_sets"] == {
        "incidence": {"targets": [ID, OTHER], "weights": {ID: 1.0, OTHER: 0.5}}
    }
    assert list(registry["targets"]) == [ID, OTHER]
    assert_true_to_disk(sir.root)

    after = sir.json("status")
    assert after["in_sync"] is True
    assert sir("status", "--check-staleness").code == 0
    assert sir.json("sync")["written"] is False

    pushed = sir.ok("push")
    digest = pushed.out.splitlines()[-1]
    assert digest.startswith("sha256:")
    pulled = colleague.json("pull")
    assert_documented(pulled)
    assert pulled["digest"] == digest
    assert_true_to_disk(colleague.root)
    assert colleague.registry == sir.registry
    assert colleague("status", "--check-staleness").code == 0


def test_what_was_only_edited_in_the_registry_is_mended_too(sir: Shell) -> None:
    sir.edit(
        REGISTRY, "incidence_target\n    model_output: incidence", f"{ID}\n    model_output: X"
    )
    before = sir.registry
    assert sir("push").code == 1
    assert "output    X -> incidence" in sir.ok("status").out
    sir.ok("sync")
    assert list(changed_lines(before, sir.registry)) == [
        ("    model_output: X\n", "    model_output: incidence\n")
    ]


def test_a_second_push_of_the_same_content_uploads_nothing(sir: Shell) -> None:
    make_stale(sir, ["rename", "output", "data"])
    first = sir.json("push", "--sync")
    again = sir.json("push")
    assert again["digest"] == first["digest"]
    assert again["uploaded"] == {"blobs": 0, "bytes": 0}
    assert again["tags"] == first["tags"]
