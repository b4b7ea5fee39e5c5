"""Why one entry has the state it has: each of its inputs, and what changed since the last sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Location
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Action, Reason, Section, SectionKey, State, Verdict
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry, TargetEntry
from modelops_bundle.operations.source_changes import SourceChange, SourceChanges
from modelops_bundle.operations.status import StatusReport, status
from modelops_bundle.operations.sync import entry_key
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.data_use import undeclared_reads
from modelops_bundle.preflight.rules.mb220_undeclared_data import declaring_command
from modelops_bundle.workspace.project import Project

#: Reasons that the inputs tell.
_TOLD_BY_INPUTS = frozenset(
    ("code", "data", "code_digests", "data_digests", "model_digest", "target_digest")
)


class Role(StrEnum):
    """What an input is to its entry."""

    CODE = "code"
    DATA = "data"
    LINK = "link"
    ENVIRONMENT = "environment"


class InputState(StrEnum):
    """How an input stands to what the registry recorded of it."""

    FRESH = "fresh"
    COSMETIC = "cosmetic"
    STALE = "stale"
    MISSING = "missing"
    ADDED = "added"
    REMOVED = "removed"
    UNDECLARED = "undeclared"


#: Of what is not declared no digest was recorded: whether it changed cannot be told.
_UNCHANGED = (InputState.FRESH, InputState.COSMETIC, InputState.UNDECLARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing that an entry depends on.

    Attributes:
        path: None for a link.
        old, new: Digests for files, outputs for a link; "" for none.
        via: The import chain from the entry's file, both ends included; empty for what is not
            imported.
        change: For code that differs.
        details: For the environment: what is other in it, where that is known.
        read_at: For data that is read and not declared: the first place that names it.
        providers: For a link: the models that have the output, with their states.
    """

    role: Role
    state: InputState
    path: BundlePath | None = None
    old: str = ""
    new: str = ""
    via: tuple[BundlePath, ...] = ()
    change: SourceChange | None = None
    details: tuple[str, ...] = ()
    providers: tuple[tuple[EntryKey, State], ...] = ()
    read_at: Location | None = None

    @property
    def changed(self) -> bool:
        """Whether it differs so that it can make a difference to what the entry computes."""
        return self.state not in _UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One entry with all its inputs.

    Attributes:
        symbol: What the entry's symbol is called now.
        differences: What the code says otherwise than the registry, beside the inputs.
        users: For a model: the targets that use its outputs, each with the output.
        target_sets: The sets that hold the entry, or a target that uses it.
        fix: The one thing to do, or "".
    """

    verdict: Verdict
    symbol: str
    inputs: tuple[Input, ...]
    differences: tuple[Reason, ...]
    users: tuple[tuple[EntryKey, str], ...]
    target_sets: tuple[str, ...]
    fix: str

    @property
    def invalidates(self) -> bool:
        """Whether results of what uses the entry may no longer be valid."""
        fresh = self.verdict.state in (State.FRESH, State.COSMETIC)
        return not fresh or any(one.changed for one in self.inputs)


def explain(project: Project, name: str) -> Explanation:
    """Explain the entry with this id.

    Args:
        name: With or without `model:` or `target:`.

    Raises:
        UsageError: no entry has the id, or two have it.
        BundleError: the project cannot be evaluated.
    """
    report = status(project)
    return _Explainer(report, entry_key(name, report.plan.record)).explain()


class _Explainer:
    def __init__(self, report: StatusReport, key: EntryKey) -> None:
        plan, session = report.plan, report.session
        self._report = report
        self._plan = plan
        self._session = session
        self._observed = session.observed
        self._key = key
        recorded = plan.record.get(key)
        if recorded is None:
            raise KeyError(key)
        self._recorded = recorded
        self._entry = plan.result.get(key) or recorded
        self._verdict = next(verdict for verdict in plan.verdicts if verdict.key == key)
        self._closure = session.observed.closures.get(self._entry.path)
        self._cosmetic = {r.path: r.cosmetic for r in self._verdict.reasons if r.path is not None}

    def explain(self) -> Explanation:
        inputs = (
            *self._code(),
            *self._data(),
            *self._undeclared(),
            *self._link(),
            *self._environment(),
        )
        told = set(_TOLD_BY_INPUTS)
        if self._key.kind is Kind.TARGET:
            told.add("model_output")
        if inputs[0].state is InputState.MISSING:
            told.add("path")
        users = tuple(self._users())
        members = {self._key, *(key for key, _ in users)}
        sets = [*self._plan.record.target_sets.items(), *self._plan.result.target_sets.items()]
        return Explanation(
            verdict=self._verdict,
            symbol=self._entry.symbol,
            inputs=inputs,
            differences=tuple(
                reason
                for reason in self._verdict.reasons
                if reason.field not in told or reason.code == "MB128"
            ),
            users=users,
            target_sets=tuple(
                dict.fromkeys(
                    name
                    for name, group in sets
                    if any(EntryKey(Kind.TARGET, target) in members for target in group.targets)
                )
            ),
            fix=self._fix(inputs),
        )

    def _code(self) -> Iterator[Input]:
        """The entry's own file, then its closure by path."""
        old, new = self._recorded, self._entry
        states: list[tuple[BundlePath, Digest | None, InputState]] = []
        own = self._digest_now(new.path, {})
        states.append((new.path, old.source_digest, self._state(new.path, old.source_digest, own)))
        for path in sorted({*old.code_digests, *new.code_digests, *old.code, *new.code}):
            if path == new.path:
                continue
            recorded = old.code_digests.get(path)
            if path in self._observed.directories and path not in new.code_digests:
                continue  # its files stand for it
            dropped = path not in new.code_digests and path not in new.code
            state = self._state(path, recorded, self._digest_now(path, new.code_digests))
            if dropped:
                state = InputState.REMOVED
            elif recorded is None and state is not InputState.MISSING:
                state = InputState.ADDED
            states.append((path, recorded, state))
        changes = self._source_changes(states)
        for path, recorded, state in states:
            now = self._digest_now(path, new.code_digests)
            yield Input(
                role=Role.CODE,
                state=state,
                path=path,
                old=recorded or "",
                new=now or "",
                via=self._chain(path),
                change=changes.get(path),
            )

    def _source_changes(
        self, states: Sequence[tuple[BundlePath, Digest | None, InputState]]
    ) -> Mapping[BundlePath, SourceChange]:
        entries = (entry for _, entry in self._plan.result.entries())
        changes = SourceChanges(self._session, self._entry, entries)
        differing = (InputState.STALE, InputState.COSMETIC)
        return changes.of(
            {
                path: (recorded, state is InputState.COSMETIC)
                for path, recorded, state in states
                if state in differing and path.endswith(".py")
            }
        )

    def _data(self) -> Iterator[Input]:
        old, new = self._recorded, self._entry
        folders = self._observed.directories
        listed = {path for path in (*old.data, *new.data) if path not in folders}
        for path in sorted({*old.data_digests, *new.data_digests, *listed}):
            recorded = old.data_digests.get(path)
            now = self._digest_now(path, new.data_digests)
            state = self._state(path, recorded, now)
            if path not in new.data_digests and path not in new.data:
                state = InputState.REMOVED
            elif recorded is None and now is not None:
                state = InputState.ADDED
            yield Input(role=Role.DATA, state=state, path=path, old=recorded or "", new=now or "")

    def _context(self) -> PreflightContext:
        return PreflightContext(
            registry=self._plan.result, plan=self._plan, observed=self._observed
        )

    def _undeclared(self) -> Iterator[Input]:
        """Data that the entry's code reads and that it does not declare (rule MB220)."""
        found = undeclared_reads(self._context()).get(self._key, {})
        for path, place in sorted(found.items()):
            yield Input(
                role=Role.DATA,
                state=InputState.UNDECLARED,
                path=path,
                via=self._chain(place.path),
                read_at=place,
            )

    def _link(self) -> Iterator[Input]:
        old, new = self._recorded, self._entry
        if not isinstance(old, TargetEntry) or not isinstance(new, TargetEntry):
            return
        output = new.model_output
        states = {verdict.key: verdict.state for verdict in self._plan.verdicts}
        providers = tuple(
            (EntryKey(Kind.MODEL, name), states.get(EntryKey(Kind.MODEL, name), State.STALE))
            for name, model in self._plan.result.models.items()
            if output and output in model.outputs
        )
        state = InputState.FRESH if old.model_output == output else InputState.STALE
        if not providers:
            state = InputState.MISSING
        yield Input(
            role=Role.LINK,
            state=state,
            old=old.model_output,
            new=output,
            providers=providers,
        )

    def _environment(self) -> Iterator[Input]:
        recorded = self._plan.record.environment
        changes = {change.path: change for change in self._plan.environment}
        for path in sorted({*recorded, *self._observed.environment}):
            old, new = recorded.get(path), self._observed.environment.get(path)
            state = InputState.FRESH
            if path in changes:
                if old is None:
                    state = InputState.ADDED if recorded else InputState.COSMETIC
                else:
                    state = InputState.STALE if new is not None else InputState.REMOVED
            yield Input(
                role=Role.ENVIRONMENT,
                state=state,
                path=path,
                old=old or "",
                new=new or "",
                details=self._observed.environment_details.get(path, ()),
            )

    def _users(self) -> Iterator[tuple[EntryKey, str]]:
        old, new = self._recorded, self._entry
        if not isinstance(old, ModelEntry) or not isinstance(new, ModelEntry):
            return
        outputs = {*old.outputs, *new.outputs}
        for name, target in self._plan.result.targets.items():
            if target.model_output in outputs:
                yield EntryKey(Kind.TARGET, name), target.model_output

    def _digest_now(self, path: BundlePath, derived: Mapping[BundlePath, Digest]) -> Digest | None:
        """A file's digest now, or a large folder's; None where it is not there."""
        state = self._observed.files.get(path)
        if state is not None:
            return state.digest
        return derived.get(path) if path in self._observed.directories else None

    def _state(self, path: BundlePath, recorded: Digest | None, now: Digest | None) -> InputState:
        if now is None:
            return InputState.MISSING
        if now == recorded:
            return InputState.FRESH
        return InputState.COSMETIC if self._cosmetic.get(path) else InputState.STALE

    def _chain(self, path: BundlePath) -> tuple[BundlePath, ...]:
        closure = self._closure
        return closure.chain(path) if closure is not None and path in closure.via else ()

    def _fix(self, inputs: tuple[Input, ...]) -> str:
        verdict = self._verdict
        if self._report.conflicts:
            return f"settle the conflict in {self._report.registry_path}"
        if verdict.state is State.UNPARSED:
            place = f"{verdict.path}:{verdict.line}" if verdict.line else str(verdict.path)
            return f"mend {place}"
        if verdict.action is Action.DECIDE:
            return f"mops-bundle sync --rename {self._key}=SYMBOL"
        if verdict.destructive:
            return "mops-bundle sync --force, or keep the entry with --keep"
        environment = any(
            change.key == SectionKey(Section.ENVIRONMENT) for change in self._plan.changes
        )
        if verdict.action is not Action.NONE or environment:
            return "mops-bundle sync"
        missing = [one.path for one in inputs if one.state is InputState.MISSING and one.path]
        if missing:
            return f"bring back {missing[0]}"
        unseen = [one.path for one in inputs if one.read_at is not None and one.path]
        if unseen:
            return declaring_command(self._context(), [(self._key, self._entry)], unseen)
        return ""
