"""Plays random edits on a project through the real observe, plan and sync, and judges each."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from modelops_bundle.core.plan import Action, SyncPlan, Verdict
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.operations.observe import Session, observe
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.workspace.project import Project, find_project
from support.mutation_edits import Bench, Edit, make_edit
from support.mutation_judge import COSMETIC, FRESH, MISSING, STALE, Entry, Expected, Judge, Snapshot

#: After so many edits the project is laid out anew.
WALK = 8
#: Every so many edits all is worked out again without any cache.
COLD = 5


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that a plan said and should not have said, or the other way round.

    Attributes:
        before: The edits that the project had seen by then.
    """

    project: str
    number: int
    edit: str
    where: str
    entry: str
    problem: str
    before: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """What came of a project's edits.

    Attributes:
        kinds: How many edits of each kind.
        judged: Verdicts that had to be one thing, by that thing; "either" where that was open.
    """

    edits: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    complaints: list[Complaint] = field(default_factory=list)


class Player:
    """One project, edited again and again."""

    def __init__(
        self,
        name: str,
        original: Path,
        folder: Path,
        *,
        seed: int,
        roots: tuple[str, ...] = (".",),
        loaded: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Nothing is played yet.

        Args:
            name: For people.
            original: A project in sync; copied, never edited.
            folder: Where the copies are put.
            seed: Of all choices.
            roots: What goes on `sys.path`.
            loaded: What importing the entries' files really loads, by file.
        """
        self.name = name
        self.record = Record()
        self._original = original
        self._root = folder / "played"
        self._judge = Judge(self._root, roots, loaded or {})
        self._random = random.Random(seed)
        self._roots = roots
        self._count = 0
        self._history: list[str] = []

    def play(self, edits: int) -> Record:
        """Make so many edits, each judged."""
        while self.record.edits < edits:
            bench = self._lay_out()
            for _ in range(min(WALK, edits - self.record.edits)):
                if not self._turn(bench):
                    break
        return self.record

    def _lay_out(self) -> Bench:
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.copytree(self._original, self._root, symlinks=True)
        sync(find_project(self._root), SyncRequest())
        self._history.clear()
        entries = entries_of(self._root)
        state = self._judge.look(e.path for e in entries)
        self._judge.start = state.must
        return Bench(self._root, self._random, state, entries, self._count)

    def _turn(self, bench: Bench) -> bool:
        """One edit; False where the project cannot be used any further."""
        edit = make_edit(bench)
        self._count = bench.count
        self._history.append(f"{edit.kind} ({edit.where})")
        self.record.edits += 1
        self.record.kinds[edit.kind] += 1
        project = find_project(self._root)
        trust = self._random.random() < 0.8
        session = observe(project, trust_cache=trust)
        plan = plan_sync(session.record, session.observed, base=session.file.digest)
        now = self._judge.look([*(e.path for e in bench.entries), *(v.path for v in plan.verdicts)])
        self._judge_plan(bench, edit, plan, now)
        if self.record.edits % COLD == 0:
            self._judge_cold(edit, session, plan)
        outcome = sync(project, SyncRequest(force=True))
        if outcome.refused is not None:
            return False
        if not self._judge_synced(edit, project) or edit.kind == "syntax error":
            return False
        if any(v.action is Action.DECIDE for v in plan.verdicts) or not entries_of(self._root):
            return False
        bench.entries = entries_of(self._root)
        paths = {entry.path for entry in bench.entries}
        bench.state = now if paths <= now.must.keys() else self._judge.look(paths)
        return True

    def _complain(self, edit: Edit, entry: str, problem: str) -> None:
        self.record.complaints.append(
            Complaint(
                self.name,
                self.record.edits,
                edit.kind,
                edit.where,
                entry,
                problem,
                tuple(self._history[:-1]),
            )
        )

    def _judge_plan(self, bench: Bench, edit: Edit, plan: SyncPlan, now: Snapshot) -> None:
        verdicts = {str(v.key): v for v in plan.verdicts}
        if edit.environment != bool(plan.environment):
            self._complain(
                edit, "environment", f"changed: {edit.environment}, seen: {plan.environment}"
            )
        for entry in bench.entries:
            verdict = verdicts[entry.key]
            others = [other for other in bench.entries if other is not entry]
            expected = self._judge.expected(entry, others, bench.state, now, edit.added)
            single = next(iter(expected.states)) if len(expected.states) == 1 else "either"
            self.record.judged[single] += 1
            said = verdict.state.value
            if said == MISSING and STALE in expected.states and _names_absent(self._root, verdict):
                continue  # another constant named a file that is not there
            if said not in expected.states:
                why = "; ".join(r.message for r in verdict.reasons)
                self._complain(
                    edit,
                    entry.key,
                    f"must be {'|'.join(sorted(expected.states))}, is {said}: {why}",
                )
            elif said in (STALE, COSMETIC):
                self._judge_reasons(edit, entry, verdict.reasons, expected)
            self._judge_place(edit, entry, plan, verdict.action)

    def _judge_reasons(self, edit: Edit, entry: Entry, reasons, expected: Expected) -> None:  # type: ignore[no-untyped-def]
        if entry.key in edit.truth:
            return
        named = {str(reason.path) for reason in reasons}
        listed = {part.strip("+-") for r in reasons for part in r.message.split()}
        unnamed = expected.named - named - listed
        if unnamed:
            self._complain(edit, entry.key, f"does not name {', '.join(sorted(unnamed))}")

    def _judge_place(self, edit: Edit, entry: Entry, plan: SyncPlan, action: Action) -> None:
        truth = edit.truth.get(entry.key)
        result = {str(key): one for key, one in plan.result.entries()}.get(entry.key)
        if truth is None:
            if action in (Action.RENAME, Action.MOVE):
                self._complain(edit, entry.key, f"is not {result.entrypoint if result else None}")
            return
        if action is Action.DECIDE:
            self.record.judged["asked"] += 1
            return
        if result is None or (result.symbol, result.path) != truth:
            self._complain(
                edit, entry.key, f"is {truth}, not {result and (result.symbol, result.path)}"
            )
        else:
            self.record.judged["followed"] += 1

    def _judge_cold(self, edit: Edit, session: Session, plan: SyncPlan) -> None:
        """Without caches the plan is the same."""
        cold = self._root.parent / "cold"
        shutil.rmtree(cold, ignore_errors=True)
        shutil.copytree(self._root, cold, symlinks=True)
        for path in (cold / ".modelops-bundle/cache").glob("*"):
            if path.name != "sources":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        again = observe(find_project(cold))
        if plan_sync(again.record, again.observed, base=again.file.digest) != plan:
            self._complain(edit, "plan", "differs without caches")

    def _judge_synced(self, edit: Edit, project: Project) -> bool:
        """After a sync nothing is open, and what is recorded is what is on disk.

        Returns whether all is there: while something is missing nothing else can be judged.
        """
        session = observe(project)
        plan = plan_sync(session.record, session.observed, base=session.file.digest)
        missing = {v.key for v in plan.verdicts if v.state.value == "missing"}
        if plan.changes:
            self._complain(
                edit, "plan", f"is not empty after a sync: {[str(c.key) for c in plan.changes]}"
            )
        for path, digest in _recorded(self._root):
            full = self._root / path
            if full.is_file():
                if hashlib.sha256(full.read_bytes()).hexdigest() != digest:
                    self._complain(edit, path, "recorded digest is not that of the file")
            elif not missing and not full.is_dir():
                self._complain(edit, path, "recorded, and not there")
        for entry in entries_of(self._root):
            if any(str(key) == entry.key for key in missing):
                continue
            said = _facts(session, entry.key)
            if said is None:
                continue
            told = literal_facts(self._root / entry.path, entry.symbol)
            if told is not None and not told <= said:
                self._complain(edit, entry.key, f"says {sorted(told)}, recorded {sorted(said)}")
        return not missing


def _names_absent(root: Path, verdict: Verdict) -> bool:
    return any(
        reason.path is not None and not (root / reason.path).exists() for reason in verdict.reasons
    )


def entries_of(root: Path) -> tuple[Entry, ...]:
    """The entries of a registry, read by no code of the program's."""
    registry = yaml.safe_load((root / ".modelops-bundle/registry.yaml").read_bytes())
    found = []
    for kind in ("model", "target"):
        for name, one in (registry.get(f"{kind}s") or {}).items():
            symbol = one["entrypoint"].partition(":")[2]
            found.append(Entry(f"{kind}:{name}", one["path"], symbol, tuple(one.get("data") or ())))
    return tuple(found)


def _recorded(root: Path) -> Iterator[tuple[str, str]]:
    registry = yaml.safe_load((root / ".modelops-bundle/registry.yaml").read_bytes())
    for kind, own in (("models", "model_digest"), ("targets", "target_digest")):
        for one in (registry.get(kind) or {}).values():
            stated = {
                one["path"]: one[own],
                **(one.get("data_digests") or {}),
                **(one.get("code_digests") or {}),
            }
            for path, digest in stated.items():
                if not (root / path).is_dir():
                    yield path, digest.partition(":")[2]


def _facts(session: Session, key: str) -> frozenset[str] | None:
    """Recorded outputs; None where no convention finds the symbol, so that nothing is checked."""
    entry = {str(k): e for k, e in session.record.entries()}[key]
    found = {(one.path, one.symbol): one for one in session.observed.discovered}
    if not found[entry.path, entry.symbol].convention:
        return None
    outputs = getattr(entry, "outputs", ()) or (getattr(entry, "model_output", ""),)
    return frozenset(outputs)


_DECORATED = re.compile(r"@[\w.]*output\(\s*['\"](\w+)['\"]\s*\)\s*\n\s*def ")
_TARGET = re.compile(r"@[\w.]*target\([^)]*?(?:model_)?output=\s*['\"](\w+)['\"]")


def literal_facts(path: Path, symbol: str) -> frozenset[str] | None:
    """Outputs that a definition's text states as literals; None where it is not to be found."""
    import ast

    text = path.read_text(encoding="utf-8-sig")
    for node in ast.parse(text).body:
        if getattr(node, "name", "") == symbol:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])  # type: ignore[attr-defined]
            source = "\n".join(text.split("\n")[first - 1 : node.end_lineno])
            pattern = _DECORATED if isinstance(node, ast.ClassDef) else _TARGET
            return frozenset(pattern.findall(source))
    return None


__all__ = ["FRESH", "Complaint", "Player", "Record", "entries_of"]
