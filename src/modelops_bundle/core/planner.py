"""The centre of the program: from a record and an observation to one plan.

`status` shows it, `sync` applies it, `push` refuses unless it is empty; there is no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from modelops_bundle.core.apply import apply_changes
from modelops_bundle.core.assign import assign, merge_declared, without_data
from modelops_bundle.core.compare import Comparison, reasons_for
from modelops_bundle.core.derive import Context, Derived, derive_entry
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.findings import Finding, Location, finding_order
from modelops_bundle.core.observation import Discovered, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import (
    Action,
    Change,
    ChangeKind,
    PlanOptions,
    Reason,
    State,
    SyncPlan,
    Verdict,
)
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
)
from modelops_bundle.core.sections import environment_changes, section_changes


def plan_sync(
    record: BundleRegistry,
    observed: Observation,
    options: PlanOptions | None = None,
    *,
    base: Digest | None = None,
) -> SyncPlan:
    """Work out everything that a sync would do. Pure and deterministic (law 3).

    Planning again on the result is empty (law 1), but for entries left by `keep` and
    dependencies that are missing; applying the changes to the record gives the result (law 2).

    Args:
        base: Digest of the registry file's bytes; of no bytes where there is no file.

    Raises:
        UsageError: an option names something that does not exist, or an id that is taken.
        NeedsDecisionError: a registration whose symbol may be a registered one's new name.
    """
    return _Planner(record, observed, options or PlanOptions()).plan(base or Digest.of_bytes(b""))


class _Planner:
    def __init__(self, record: BundleRegistry, observed: Observation, options: PlanOptions) -> None:
        self.record = record
        self.observed = observed
        self.options = options
        self.assignment = assign(record, observed, options)
        self.context = Context(
            observed, self._registered(), self._environment(record, observed, options)
        )
        self.verdicts: list[Verdict] = []
        self.changes: list[Change] = []
        self.findings: list[Finding] = []

    @staticmethod
    def _environment(
        record: BundleRegistry, observed: Observation, options: PlanOptions
    ) -> Mapping[BundlePath, Digest]:
        """A registration leaves the recorded environment as it is, if there is one."""
        if options.scope is not None and record.environment:
            return record.environment
        return observed.environment

    def _registered(self) -> frozenset[tuple[BundlePath, str]]:
        # One of the candidates will be: until a person says which, none counts for its neighbours.
        held = [one for options in self.assignment.undecided.values() for one in options]
        found = (*self.assignment.found.values(), *self.assignment.added.values(), *held)
        return frozenset((item.path, item.symbol) for item in found)

    def plan(self, base: Digest) -> SyncPlan:
        for key, entry in self.record.entries():
            self._plan_entry(key, entry)
        for key, item in self.assignment.added.items():
            self._plan_addition(key, item)
        self.changes += section_changes(
            self.record, self.observed, self.options, self.changes, self.context.environment
        )
        return SyncPlan(
            base=base,
            record=self.record,
            result=apply_changes(self.record, self.changes),
            changes=tuple(self.changes),
            verdicts=tuple(self.verdicts),
            additions=tuple(self.assignment.added.items()),
            unregistered=self.assignment.unregistered,
            environment=environment_changes(self.record, self.observed),
            findings=tuple(sorted(set(self.findings), key=finding_order)),
        )

    def _plan_entry(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> None:
        failure = self.observed.parse_failures.get(entry.path)
        if key in self.assignment.found:
            self._plan_present(key, entry, self.assignment.found[key])
        elif failure is not None:
            reason = Reason(
                code="MB126",
                field="path",
                path=entry.path,
                line=failure.line,
                message=f"cannot be parsed: {failure.message}",
            )
            self._settle(key, entry, State.UNPARSED, Action.NONE, (reason,), line=failure.line)
        elif key in self.assignment.undecided:
            self._plan_undecided(key, entry, self.assignment.undecided[key])
        else:
            self._plan_gone(key, entry)

    def _plan_present(
        self, key: EntryKey, entry: ModelEntry | TargetEntry, found: Discovered
    ) -> None:
        derived = derive_entry(key, entry, found, self.context)
        named = self.assignment.declared.get(key)
        undeclared = self.assignment.undeclared.get(key, ())
        if named is not None or undeclared:
            known = derived.entry.declared or Declared()
            stated = replace(entry, declared=merge_declared(known, named or Declared()))
            if undeclared:
                stated = without_data(stated, undeclared)
            derived = derive_entry(key, stated, found, self.context)
        self.findings += derived.findings
        reasons = reasons_for(
            Comparison(
                recorded=entry,
                derived=derived.entry,
                found=found,
                evidence=self.assignment.evidence.get(key, ""),
                context=self.context,
                environment=self.record.environment,
            )
        )
        cosmetic = all(reason.cosmetic for reason in reasons)
        kind = _kind_of_change(entry, derived.entry)
        differs = derived.entry != entry
        in_scope = self._in_scope(entry.path, found.path)
        if differs and in_scope:
            self._change(kind, key, entry, derived.entry, reasons, cosmetic, found.location)
        state = _state(derived, reasons, cosmetic)
        absent = tuple(_absent_reason(path, derived.entry) for path in derived.absent)
        action = Action(kind.value) if reasons and in_scope else Action.NONE
        self._settle(key, derived.entry, state, action, reasons + absent, line=found.location.line)

    def _plan_undecided(
        self,
        key: EntryKey,
        entry: ModelEntry | TargetEntry,
        options: tuple[Discovered, ...],
    ) -> None:
        names = ", ".join(self._candidate_text(entry, option) for option in options)
        reason = Reason(
            code="MB127",
            field="entrypoint",
            old=entry.entrypoint,
            path=entry.path,
            message=f"{entry.symbol} is gone; it may now be {names}",
        )
        candidates = tuple(option.entrypoint for option in options)
        self.verdicts.append(
            Verdict(
                key=key,
                state=State.AMBIGUOUS,
                action=Action.DECIDE,
                destructive=False,
                path=entry.path,
                reasons=(reason,),
                candidates=candidates,
            )
        )

    def _candidate_text(self, entry: ModelEntry | TargetEntry, found: Discovered) -> str:
        alike = self.observed.similarity.get((entry.entrypoint, found.entrypoint))
        how = "" if alike is None else f", {alike:.0%} alike"
        return f"{found.symbol} ({found.location}{how})"

    def _plan_gone(self, key: EntryKey, entry: ModelEntry | TargetEntry) -> None:
        file_is_there = entry.path in self.observed.files
        reason = Reason(
            code="MB123" if file_is_there else "MB124",
            field="entrypoint" if file_is_there else "path",
            old=entry.entrypoint if file_is_there else entry.path,
            path=entry.path,
            message=(
                f"{entry.symbol} is gone from {entry.path}"
                if file_is_there
                else f"{entry.path} is gone"
            ),
        )
        if self.options.keep or self.options.scope is not None:
            self._settle(key, entry, State.MISSING, Action.NONE, (reason,))
            return
        self.changes.append(
            Change(
                kind=ChangeKind.REMOVE,
                key=key,
                before=entry,
                reasons=(reason,),
                destructive=True,
                location=Location(entry.path),
            )
        )
        self._settle(key, entry, State.MISSING, Action.REMOVE, (reason,))

    def _plan_addition(self, key: EntryKey, found: Discovered) -> None:
        declared = self.assignment.declared.get(key, Declared())
        derived = derive_entry(key, _blank_entry(found, declared), found, self.context)
        self.findings += derived.findings
        self.changes.append(
            Change(kind=ChangeKind.ADD, key=key, after=derived.entry, location=found.location)
        )

    def _in_scope(self, *paths: BundlePath) -> bool:
        return self.options.scope is None or any(path in self.options.scope for path in paths)

    def _change(
        self,
        kind: ChangeKind,
        key: EntryKey,
        before: ModelEntry | TargetEntry,
        after: ModelEntry | TargetEntry,
        reasons: tuple[Reason, ...],
        cosmetic: bool,
        location: Location,
    ) -> None:
        fields = tuple(
            name
            for name in sorted({*before.__dataclass_fields__, *after.__dataclass_fields__})
            if getattr(before, name, None) != getattr(after, name, None)
        )
        self.changes.append(
            Change(
                kind=kind,
                key=key,
                before=before,
                after=after,
                fields=fields,
                reasons=reasons,
                cosmetic=cosmetic,
                location=location,
            )
        )

    def _settle(
        self,
        key: EntryKey,
        entry: ModelEntry | TargetEntry,
        state: State,
        action: Action,
        reasons: tuple[Reason, ...],
        *,
        line: int = 0,
    ) -> None:
        self.verdicts.append(
            Verdict(
                key=key,
                state=state,
                action=action,
                destructive=action is Action.REMOVE,
                path=entry.path,
                line=line,
                reasons=reasons,
            )
        )


def _blank_entry(found: Discovered, declared: Declared) -> ModelEntry | TargetEntry:
    if found.kind is Kind.MODEL:
        return ModelEntry(
            entrypoint=found.entrypoint,
            path=found.path,
            class_name=found.symbol,
            declared=declared,
        )
    return TargetEntry(entrypoint=found.entrypoint, path=found.path, declared=declared)


def _kind_of_change(
    before: ModelEntry | TargetEntry, after: ModelEntry | TargetEntry
) -> ChangeKind:
    if before.path != after.path:
        return ChangeKind.MOVE
    return ChangeKind.UPDATE if before.symbol == after.symbol else ChangeKind.RENAME


def _state(derived: Derived, reasons: tuple[Reason, ...], cosmetic: bool) -> State:
    if derived.absent:
        return State.MISSING
    if not reasons:
        return State.FRESH
    return State.COSMETIC if cosmetic else State.STALE


def _absent_reason(path: BundlePath, entry: ModelEntry | TargetEntry) -> Reason:
    field = "code_digests" if path in entry.code else "data_digests"
    return Reason(code="MB125", field=field, path=path, message=f"{path} is missing")
