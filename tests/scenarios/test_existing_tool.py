"""Registries of the existing tool: read as they are, upgraded without loss, read by it again.

That tool writes YAML of its own style (no `declared`, no digests of a target's data, `code` as a
person typed it) and reads the keys that it knows; both are played here from those facts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from support.project import Shell
from support.scenarios import (
    REGISTRY,
    assert_true_to_disk,
    declared_digests,
    parsed_registry,
    sha256,
)

SOURCE, DATA = "targets/incidence.py", "data/observed_incidence.csv"
DEMOGRAPHICS, NOTES = "data/demographics.csv", "data/notes.txt"
TARGETS = ("incidence_target", "incidence_annealed_target")

#: What the existing reader takes of an entry: (key, whether it must be there, type).
MODEL_KEYS = (
    ("entrypoint", True, str),
    ("path", True, str),
    ("class_name", True, str),
    ("scenarios", False, list),
    ("parameters", False, list),
    ("outputs", False, list),
    ("data", False, list),
    ("data_digests", False, dict),
    ("code", False, list),
    ("code_digests", False, dict),
    ("model_digest", False, str),
)
TARGET_KEYS = (
    ("path", True, str),
    ("entrypoint", True, str),
    ("model_output", True, str),
    ("data", False, list),
    ("target_digest", False, str),
)


def old_document(root: Path) -> dict[str, Any]:
    """What the existing tool records of the example, with two files that nothing refers to."""
    return {
        "version": "1.0",
        "models": {
            "sir_starsimsir": {
                "entrypoint": "models.sir:StarsimSIR",
                "path": "models/sir.py",
                "class_name": "StarsimSIR",
                "scenarios": [],
                "parameters": [],
                "outputs": ["prevalence", "incidence"],
                "data": [DEMOGRAPHICS, NOTES],
                "data_digests": {
                    DEMOGRAPHICS: sha256(root / DEMOGRAPHICS),
                    NOTES: sha256(root / NOTES),
                },
                "code": [],
                "code_digests": {},
                "model_digest": sha256(root / "models/sir.py"),
                "aliases": ["school"],
                "labels": {"stage": "draft"},
            }
        },
        "targets": {
            name: {
                "path": SOURCE,
                "entrypoint": f"targets.incidence:{name}",
                "model_output": "incidence",
                "data": [DATA],
                "target_digest": sha256(root / SOURCE),
            }
            for name in TARGETS
        },
        "target_sets": {"fit": {"targets": list(TARGETS), "weights": {TARGETS[0]: 2.0}}},
        "x-written-by": {"tool": "modelops-bundle", "release": 7},
    }


def read_as_1_0(text: str) -> dict[str, Any]:
    """A reader that knows the keys of 1.0 only, and needs those that it has no default for."""
    document = yaml.safe_load(text)
    read: dict[str, Any] = {"models": {}, "targets": {}, "target_sets": {}}
    for kind, keys in (("models", MODEL_KEYS), ("targets", TARGET_KEYS)):
        for name, entry in document.get(kind, {}).items():
            taken = {key: entry[key] for key, needed, _ in keys if needed or key in entry}
            for key, _, expected in keys:
                assert isinstance(taken.get(key, expected()), expected), (name, key)
            for key in ("data", "code", "outputs", "scenarios", "parameters"):
                assert all(isinstance(item, str) for item in taken.get(key, [])), (name, key)
            for key in ("data_digests", "code_digests"):
                pairs = taken.get(key, {}).items()
                assert all(isinstance(item, str) for pair in pairs for item in pair), (name, key)
            read[kind][name] = taken
    for name, group in document.get("target_sets", {}).items():
        weights = {target: float(weight) for target, weight in group.get("weights", {}).items()}
        read["target_sets"][name] = {"targets": list(group.get("targets", [])), "weights": weights}
    return read


def write_old(shell: Shell, document: dict[str, Any]) -> str:
    """Write a registry as the existing tool does."""
    text: str = yaml.safe_dump(document, sort_keys=False)
    shell.write(REGISTRY, text)
    return text


@pytest.fixture
def old(sir: Shell) -> Shell:
    """The example as the existing tool left it."""
    sir.write(NOTES, "read by hand\n")
    write_old(sir, old_document(sir.root))
    return sir


def test_status_reads_it_and_a_push_waits_for_a_sync(old: Shell) -> None:
    before = old.registry
    document = old.json("status")
    assert document["in_sync"] is False
    assert [e["action"] for e in document["entries"]] == ["update"] * 3
    assert [e["destructive"] for e in document["entries"]] == [False] * 3
    assert document["summary"]["errors"] == 0
    assert old("push").code == 1
    assert old("push", "--dry-run").code == 1
    assert old.registry == before


def test_a_sync_upgrades_it_and_loses_nothing(old: Shell) -> None:
    before = parsed_registry(old.root)
    assert old.json("sync")["written"] is True
    assert old.json("status")["in_sync"] is True
    assert old.json("sync")["written"] is False

    after = parsed_registry(old.root)
    assert after["version"] == "1.1"
    assert [key for key in after if key in before] == list(before)
    assert after["x-written-by"] == before["x-written-by"]
    assert after["target_sets"] == before["target_sets"]
    model, was = after["models"]["sir_starsimsir"], before["models"]["sir_starsimsir"]
    assert (model["aliases"], model["labels"]) == (was["aliases"], was["labels"])
    assert model["outputs"] == ["prevalence", "incidence"], "an existing order is kept"
    assert model["data"] == [DEMOGRAPHICS, NOTES]
    assert model["declared"] == {"data": [DEMOGRAPHICS, NOTES]}
    assert model["scenarios"] == ["baseline", "lockdown"]
    assert "sirlib/timetable.py" in model["code"]
    for name in TARGETS:
        assert after["targets"][name]["data"] == [DATA]
        assert "declared" not in after["targets"][name], "the decorator says it"
    assert_true_to_disk(old.root)


def test_what_we_write_is_read_by_a_reader_of_1_0(old: Shell) -> None:
    before = read_as_1_0(old.registry)
    old.ok("sync")
    after = read_as_1_0(old.registry)
    assert list(after["targets"]) == list(before["targets"])
    assert after["target_sets"] == before["target_sets"]
    for kind in ("models", "targets"):
        for name, entry in before[kind].items():
            assert after[kind][name]["entrypoint"] == entry["entrypoint"]
            assert set(entry["data"]) <= set(after[kind][name]["data"])
    model = after["models"]["sir_starsimsir"]
    for path, digest in {**model["data_digests"], **model["code_digests"]}.items():
        assert sha256(old.root / path) == digest
    assert model["model_digest"] == sha256(old.root / "models/sir.py")


def test_what_that_tool_saves_of_ours_is_mended_by_a_sync(old: Shell) -> None:
    """It drops the keys that it does not know, a version 1.1 that it repeats among what stays."""
    old.ok("sync")
    ours = old.registry
    saved = {"version": "1.1", **read_as_1_0(ours)}
    write_old(old, saved)
    assert old.json("status")["in_sync"] is False
    old.ok("sync")
    assert old.json("status")["in_sync"] is True
    again, was = parsed_registry(old.root), yaml.safe_load(ours)
    for name, entry in was["targets"].items():
        assert again["targets"][name] == entry
    for key in ("data", "data_digests", "code_digests", "outputs", "behavior_digest"):
        assert again["models"]["sir_starsimsir"][key] == was["models"]["sir_starsimsir"][key]


def test_the_style_of_the_file_is_kept(old: Shell) -> None:
    before = old.registry.splitlines()
    old.ok("sync")
    after = old.registry.splitlines()
    lost = [line for line in before if line not in after]
    replaced = ["version: '1.0'", "    scenarios: []", "    parameters: []", "    code: []"]
    assert lost == [*replaced, "    code_digests: {}"]
    assert "    - prevalence" in after, "lists stay where that tool puts them"


@pytest.mark.parametrize(
    "stale",
    [
        {"code": ["sirlib/contacts.py", "README.md"], "code_digests": {}},
        {"code": ["sirlib"], "code_digests": {}},
        {"code": None, "data_digests": None, "model_digest": None},
        {"data": ["data\\demographics.csv"], "data_digests": {"data\\demographics.csv": "?"}},
        {"model_digest": "md5:123", "code_digests": {"sirlib/contacts.py": 7}},
    ],
    ids=["declared code", "a folder of code", "nulls", "backslashes", "malformed"],
)
def test_it_is_read_leniently(old: Shell, stale: dict[str, Any]) -> None:
    document = old_document(old.root)
    document["models"]["sir_starsimsir"].update(stale)
    write_old(old, document)
    assert old("status").code == 0
    old.ok("sync")
    assert old.json("status")["in_sync"] is True
    assert_true_to_disk(old.root)
    read_as_1_0(old.registry)
    model = parsed_registry(old.root)["models"]["sir_starsimsir"]
    assert DEMOGRAPHICS in model["data"]
    if stale.get("code") == ["sirlib/contacts.py", "README.md"]:
        assert model["declared"]["code"] == ["README.md"]


def test_data_of_a_target_that_its_decorator_does_not_give(old: Shell) -> None:
    """It stays as declared if it exists; if it does not, the decorator has the say."""
    document = old_document(old.root)
    document["targets"][TARGETS[0]]["data"] = [DATA, NOTES, "data/gone.csv"]
    write_old(old, document)
    old.ok("sync")
    target = parsed_registry(old.root)["targets"][TARGETS[0]]
    assert target["data"] == [DATA, NOTES]
    assert target["declared"] == {"data": [NOTES]}
    assert old.json("status")["in_sync"] is True


def test_all_at_once_with_the_three_ways_to_be_stale(old: Shell) -> None:
    document = old_document(old.root)
    document["targets"][TARGETS[0]]["model_output"] = "BAD_OUTPUT_NAME"
    write_old(old, document)
    old.edit(SOURCE, f"def {TARGETS[0]}(", "def incidence_replicate_mean_target(")
    old.edit(DATA, "14,4", "14,5")
    actions = [e["action"] for e in old.json("status")["entries"]]
    assert actions == ["update", "rename", "update"]
    old.ok("sync")
    after = parsed_registry(old.root)
    assert list(after["targets"]) == list(TARGETS)
    assert after["target_sets"] == document["target_sets"]
    assert after["targets"][TARGETS[0]]["model_output"] == "incidence"
    assert old("push").code == 0


def test_its_whole_story_with_one_command(old: Shell, colleague: Shell) -> None:
    assert old("push", "--sync").code == 0
    assert colleague("pull").code == 0
    assert declared_digests(parsed_registry(colleague.root))
    assert_true_to_disk(colleague.root)
