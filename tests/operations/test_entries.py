"""Unregistering and renaming ids: what stays away, what comes back, and what an id may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.core.registry import Kind
from modelops_bundle.errors import NeedsDecisionError, UsageError
from modelops_bundle.operations.document import read_registry
from modelops_bundle.operations.entries import rename_id, unregister
from modelops_bundle.operations.register import RegisterRequest, register
from modelops_bundle.operations.sync import SyncRequest, entry_key, parse_rename, sync
from modelops_bundle.operations.target_sets import set_target_set
from modelops_bundle.workspace.project import Project
from support.disk import make_project, write
from support.project import FILES, TARGETS

TARGET_FILE = "targets/incidence.py"
ANNEALED = "incidence_annealed_target"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = make_project(tmp_path, FILES)
    register_targets(found)
    return found


def register_targets(project: Project, *symbols: str, **fields: tuple[str, ...]) -> None:
    register(
        project,
        RegisterRequest(
            kind=Kind.TARGET,
            files=(TARGET_FILE,),
            symbols=symbols,
            base=project.root,
            exclude=fields.get("exclude", ()),
        ),
    )


def targets(project: Project) -> list[str]:
    return list(read_registry(project).record.targets)


def test_what_was_unregistered_comes_back_only_when_it_is_registered_again(
    project: Project,
) -> None:
    unregister(project, [ANNEALED])
    sync(project, SyncRequest())
    assert targets(project) == ["incidence_target"]
    register_targets(project, ANNEALED)
    assert targets(project) == ["incidence_target", ANNEALED]
    assert read_registry(project).record.excluded == ()


def test_a_target_that_was_renamed_in_the_code_stays_away_too(project: Project) -> None:
    write(project.root, TARGET_FILE, TARGETS.replace(ANNEALED, "colder_target"))
    unregister(project, [ANNEALED])
    sync(project, SyncRequest())
    assert targets(project) == ["incidence_target"]


def test_unregistering_one_of_two_entries_of_a_symbol_excludes_nothing(project: Project) -> None:
    text = project.registry.read_text()
    start, end = text.index(f"  {ANNEALED}:"), text.index("source_roots:")
    twin = text[start:end].replace(f"  {ANNEALED}:", "  twin:", 1)
    project.registry.write_text(text[:end] + twin + text[end:])
    unregister(project, ["twin"])
    assert read_registry(project).record.excluded == ()


def test_selecting_a_function_does_not_exclude_what_is_registered(project: Project) -> None:
    register_targets(project, "incidence_target")
    assert read_registry(project).record.excluded == ()


def test_excluding_what_is_registered_is_refused(project: Project) -> None:
    with pytest.raises(UsageError, match="is registered as 'incidence_annealed_target'"):
        register_targets(project, exclude=(ANNEALED,))


@pytest.mark.parametrize("new", ["", " ", " a", "a\nb", "a\x07", "a\u2028"])
def test_an_id_that_cannot_be_seen_or_typed_is_refused(project: Project, new: str) -> None:
    with pytest.raises(UsageError):
        rename_id(project, Kind.TARGET, ANNEALED, new)
    with pytest.raises(UsageError):
        set_target_set(project, new, [ANNEALED], {})
    assert ANNEALED in targets(project)


@pytest.mark.parametrize("new", ["yes", "1.0", "a: b", "#x", "a=b", "model:x", "target:y", "é"])
def test_an_unusual_id_can_be_used_wherever_an_id_is_asked_for(project: Project, new: str) -> None:
    set_target_set(project, "all", [ANNEALED], {ANNEALED: 2.0})
    rename_id(project, Kind.TARGET, ANNEALED, new)
    record = read_registry(project).record
    assert record.target_sets["all"].weights == {new: 2.0}
    assert entry_key(new, record) == (Kind.TARGET, new)
    assert parse_rename(f"{new}=symbol", record) == ((Kind.TARGET, new), "symbol")
    set_target_set(project, "again", [new], {})
    rename_id(project, Kind.TARGET, new, "plain")
    assert "plain" in targets(project)


def test_an_id_of_one_kind_is_not_taken_for_that_of_another(project: Project) -> None:
    rename_id(project, Kind.TARGET, ANNEALED, "target:x")
    with pytest.raises(UsageError, match="no target has the id 'x'"):
        rename_id(project, Kind.TARGET, "x", "y")


def test_a_conflict_that_a_person_must_settle_is_never_written_over(project: Project) -> None:
    conflicted = (
        f"{project.registry.read_text()}target_sets:\n  all:\n"
        "    targets: [incidence_target]\n    weights:\n"
        "<<<<<<< ours\n      incidence_target: 1.0\n"
        "=======\n      incidence_target: 2.0\n>>>>>>> theirs\n"
    )
    project.registry.write_text(conflicted)
    for change in (
        lambda: rename_id(project, Kind.TARGET, ANNEALED, "new"),
        lambda: unregister(project, [ANNEALED]),
        lambda: set_target_set(project, "other", [ANNEALED], {}),
    ):
        with pytest.raises(NeedsDecisionError, match=r"weights\.incidence_target"):
            change()
    assert project.registry.read_text() == conflicted
