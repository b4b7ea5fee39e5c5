"""Static facts against real registrations: what agrees, what is unresolved, what is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelops_bundle.analysis.discover import Discovery
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.core.observation import (
    Discovered,
    ListFact,
    ModelFacts,
    TargetFacts,
    Unresolved,
)
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import Kind
from support.oracle.projects import Project
from support.trees import memory_tree

_CHILD = Path(__file__).with_name("observe.py")
Run = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Counts over many projects.

    Attributes:
        equal: Facts that the code settles and that are what is registered.
        unresolved: Facts left open although both runs register the same, by reason.
        open_rightly: Facts left open that differ between the runs.
        wrong: What the analysis says and is not so.
        examples: For each reason the first project with it, and where.
    """

    projects: int = 0
    modules: int = 0
    refused: int = 0
    symbols: int = 0
    equal: int = 0
    open_rightly: int = 0
    unresolved: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> int:
        """All facts that were compared."""
        return self.equal + self.open_rightly + sum(self.unresolved.values()) + len(self.wrong)


def registrations(
    folders: Sequence[Path], python: str = sys.executable, framework: Sequence[str] = ()
) -> list[tuple[Run, Run]]:
    """What importing each project registers, in both runs; in one process of its own."""
    done = subprocess.run(
        [python, str(_CHILD), *framework],
        input=json.dumps([str(folder) for folder in folders]),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    reports = json.loads(done.stdout)
    return list(zip(reports[::2], reports[1::2], strict=True))


def write(project: Project, folder: Path) -> None:
    """The files of a project below a folder."""
    for name, source in project.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")


def compare(project: Project, runs: tuple[Run, Run], tally: Tally, label: str) -> None:
    """Compare one project's facts with its registrations."""
    tally.projects += 1
    discovery = Discovery(ModuleIndex(memory_tree(project), [ROOT]), BUILT_IN)
    for module in runs[0]:
        real = [run[module] for run in runs if "error" not in run[module]]
        tally.modules += 1
        if not real:
            tally.refused += 1
            continue
        path = _path(module, project)
        found = {(one.kind, one.symbol): one for one in discovery.file(path).discovered}
        judge = _Judge(tally, f"{label} {path}")
        judge.models(found, real, discovery, path)
        judge.targets(found, real, discovery, path)


def _path(module: str, project: Project) -> BundlePath:
    text = module.replace(".", "/")
    return BundlePath(f"{text}.py" if f"{text}.py" in project else f"{text}/__init__.py")


@dataclass(slots=True)
class _Judge:
    tally: Tally
    label: str

    def models(
        self,
        found: dict[tuple[Kind, str], Discovered],
        real: list[Run],
        discovery: Discovery,
        path: BundlePath,
    ) -> None:
        names = dict.fromkeys(name for run in real for name in run["models"])
        for name in names:
            reports = [run["models"][name] for run in real if name in run["models"]]
            one = found.pop((Kind.MODEL, name), None)
            needed = any(r["own"] and (r["named"] or not r["twin"]) for r in reports)
            if one is None:
                if needed:
                    self._absent(discovery.describe(path, name, Kind.MODEL), name)
                continue
            self.tally.symbols += 1
            facts = one.facts
            assert isinstance(facts, ModelFacts)
            for what in ("outputs", "scenarios", "parameters"):
                truths = [set(r[what]) for r in reports]
                truths += [set(r["live"][what]) for r in reports if "live" in r]
                self._list(getattr(facts, what), truths, f"{what} of {name}")
        for kind, name in list(found):
            if kind is Kind.MODEL:
                self._surplus(found.pop((kind, name)), name)

    def targets(
        self,
        found: dict[tuple[Kind, str], Discovered],
        real: list[Run],
        discovery: Discovery,
        path: BundlePath,
    ) -> None:
        names = dict.fromkeys(name for run in real for name in run["targets"])
        for name in names:
            reports = [run["targets"][name] for run in real if name in run["targets"]]
            one = found.pop((Kind.TARGET, name), None)
            if one is None:
                if any(r["own"] and r["decorated"] for r in reports):
                    self._absent(discovery.describe(path, name, Kind.TARGET), name)
                continue
            self.tally.symbols += 1
            facts = one.facts
            assert isinstance(facts, TargetFacts)
            self._output(facts, reports, name)
            if facts.data is not None:
                truths = [set(r["data"] or ()) for r in reports]
                self._list(facts.data, truths, f"data of {name}")
            elif any(r["data"] for r in reports):
                self._wrong(f"data of {name}: said none")
        for kind, name in list(found):
            if kind is Kind.TARGET:
                self._surplus(found.pop((kind, name)), name)

    def _absent(self, described: Discovered | None, name: str) -> None:
        """A symbol that is registered and not found: unresolved if it is known to be there."""
        if described is None:
            self._wrong(f"{name} is missing")
        else:
            self._open(f"not found: {described.convention or 'plain'}", name)

    def _surplus(self, one: Discovered, name: str) -> None:
        """A symbol that no run has: right only where what is said of it is open."""
        self.tally.symbols += 1
        facts = one.facts
        if isinstance(facts, ModelFacts):
            said = facts.outputs.complete
        else:
            said = not isinstance(facts.model_output, Unresolved)
        if said:
            self._wrong(f"{name} is not there")
        else:
            self._open("whether it is there", name)

    def _output(self, facts: TargetFacts, reports: list[Run], name: str) -> None:
        said = facts.model_output
        truths = {r["output"] if r["output"] is not None else r["returned"] for r in reports}
        sure = all(r["decorated"] or r["called"] for r in reports)
        if isinstance(said, Unresolved):
            if len(truths) > 1:
                self.tally.open_rightly += 1
            else:
                self._open(said.reason, f"output of {name}")
        elif truths == {said} or not sure:
            self.tally.equal += 1
        else:
            self._wrong(f"output of {name}: said {said!r}, is {truths}")
        if facts.body_output is not None and any(
            r["called"] and r["returned"] != facts.body_output for r in reports
        ):
            self._wrong(f"body of {name}: said {facts.body_output!r}")

    def _list(self, fact: ListFact, truths: list[set[str]], what: str) -> None:
        said = set(fact.values)
        if fact.complete:
            if all(said == truth for truth in truths):
                self.tally.equal += 1
            else:
                self._wrong(f"{what}: said {sorted(said)}, is {[sorted(t) for t in truths]}")
        elif not all(said <= truth for truth in truths):
            self._wrong(f"{what}: at least {sorted(said)}, is {[sorted(t) for t in truths]}")
        elif any(truth != truths[0] for truth in truths):
            self.tally.open_rightly += 1
        else:
            self._open(fact.unresolved[0].reason, f"{what}: {fact.unresolved[0].expression}")

    def _open(self, reason: str, what: str) -> None:
        kind = _kind(reason)
        self.tally.unresolved[kind] += 1
        self.tally.examples.setdefault(kind, f"{self.label}: {what} [{reason}]")

    def _wrong(self, what: str) -> None:
        self.tally.wrong.append(f"{self.label}: {what}")


def _kind(reason: str) -> str:
    """A reason without the names, places and values in it."""
    reason = re.sub(r"\([^()]*\)|'[^']*'|\b\d+\b", "", reason)
    reason = re.sub(r"\b(?:\w+\.)+\w+\b|\b[A-Z_]{2,}\w*|\bMade\w*|\b_\w+", "…", reason)
    return re.sub(r"\s+", " ", reason).strip(" ;:,")


def batches(items: Iterable[Project], size: int) -> Iterator[list[Project]]:
    """The items in lists of a given length."""
    batch: list[Project] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
