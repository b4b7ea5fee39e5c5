"""Plays a labelled edit on a real project and says what the program made of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Action
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, Kind
from modelops_bundle.operations.observe import observe
from modelops_bundle.operations.register import RegisterRequest, register
from modelops_bundle.operations.scaffold import init
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.operations.target_sets import set_target_set
from modelops_bundle.workspace.project import Project, find_project
from support.rename_labels import DECIDE, GONE, Label
from support.rename_projects import ENTRIES, PROJECTS, REGISTERED, WEIGHTS

FOUND, ASKED, LOST, WRONG = "found", "asked", "offered for removal", "wrong"


class Memory(Enum):
    """What is known of the sources as they were."""

    KEPT = "synced on this machine"
    CLONE = "a fresh clone"
    NONE = "no history at all"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry: the truth, what the plan says, and how that is to be called."""

    label: Label
    entry: str
    truth: str
    said: str
    verdict: str


def touched(outcome: Outcome) -> bool:
    """Whether the edit did anything to the entry."""
    return outcome.truth != ENTRIES[outcome.label.project][outcome.entry]


def lay_out(folder: Path) -> dict[str, Path]:
    """Both projects as they were before any edit: registered, in sync and committed to git."""
    made = {}
    for name, files in PROJECTS.items():
        root = folder / name
        write(root, files)
        init(root, name=name, remote=f"layout:{folder / 'store'}")
        project = find_project(root)
        for kind, path, options in REGISTERED[name]:
            request = RegisterRequest(kind=Kind(kind), files=(path,), base=root, **options)  # type: ignore[arg-type]
            register(project, request)
        for group, weights in WEIGHTS[name].items():
            set_target_set(project, group, weights, weights)
        outcome = sync(project, SyncRequest())
        stated = {key.id: entry.entrypoint for key, entry in outcome.plan.result.entries()}
        assert stated == ENTRIES[name], stated
        git(root, "init", "--quiet")
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message", "as it was")
        made[name] = root
    return made


def git(root: Path, *arguments: str) -> None:
    """Run git without any configuration but its own."""
    who = {
        f"GIT_{role}_{what}": "x@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, **who, **nobody})


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write the files of a project."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def play(label: Label, made: Mapping[str, Path], root: Path, memory: Memory) -> list[Outcome]:
    """Edit a copy of the project, plan, sync, and judge every entry of it.

    Args:
        label: The edit.
        made: What `lay_out` gave.
        root: Where the copy is put, in place of what is there.
        memory: What of the history is left.
    """
    shutil.rmtree(root, ignore_errors=True)
    forgotten = {Memory.KEPT: (".git",), Memory.CLONE: ("cache",), Memory.NONE: (".git", "cache")}
    shutil.copytree(made[label.project], root, ignore=shutil.ignore_patterns(*forgotten[memory]))
    _edit(label, root)
    project = find_project(root)
    session = observe(project)
    plan = plan_sync(session.record, session.observed, base=session.file.digest)
    expected = {**ENTRIES[label.project], **label.truth}
    outcomes = []
    for verdict in plan.verdicts:
        entry = plan.result.get(verdict.key)
        said = {Action.DECIDE: DECIDE, Action.REMOVE: GONE}.get(verdict.action)
        if said is None:
            assert entry is not None
            said = entry.entrypoint
        truth = expected[verdict.key.id]
        outcomes.append(Outcome(label, verdict.key.id, truth, said, _judged(truth, said)))
    _check_sync(label, project, session.record)
    return outcomes


def _edit(label: Label, root: Path) -> None:
    before = dict(PROJECTS[label.project])
    after = dict(before)
    for step in label.steps:
        step(after)
    for path in before.keys() - after.keys():
        (root / BundlePath(path)).unlink()
    write(root, {path: text for path, text in after.items() if before.get(path) != text})


def _check_sync(label: Label, project: Project, record: BundleRegistry) -> None:
    """Ids, places, sets and weights of all that is left are as they were, and nothing is open."""
    outcome = sync(project, SyncRequest(force=True))
    if outcome.refused is not None:
        return
    result = outcome.plan.result
    left = [key for key, _ in record.entries() if result.get(key) is not None]
    assert [key for key, _ in result.entries() if key in left] == left, label.title
    for name, group in record.target_sets.items():
        members = [member for member in group.targets if member in result.targets]
        after = result.target_sets.get(name)
        assert (after is None) == (not members), label.title
        if after is not None:
            assert list(after.targets) == members, label.title
            assert dict(after.weights) == {m: group.weights[m] for m in members}, label.title
    again = observe(project)
    assert plan_sync(again.record, again.observed).empty, label.title


def _judged(truth: str, said: str) -> str:
    if truth == GONE:
        return FOUND if said in (GONE, DECIDE) else WRONG
    if said == truth:
        return FOUND
    if said == DECIDE:
        return ASKED
    return LOST if said == GONE else WRONG
