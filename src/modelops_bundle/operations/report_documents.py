"""How the JSON documents of `status`, `sync` and `check` are made from a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import filterfalse
from typing import Protocol

from modelops_bundle.core.findings import Finding, Severity, finding_order
from modelops_bundle.core.merge import MergeConflict
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Action, Change, Reason, SectionKey, SyncPlan, Verdict
from modelops_bundle.core.registry import EntryKey, Kind, TargetSet
from modelops_bundle.errors import BundleError
from modelops_bundle.operations.documents import (
    AdditionDocument,
    CheckDocument,
    EntryDocument,
    EnvironmentChangeDocument,
    EnvironmentDocument,
    ErrorDocument,
    FindingDocument,
    ReasonDocument,
    Refusal,
    RemoteDocument,
    SectionDocument,
    StatusDocument,
    SummaryDocument,
    UnregisteredDocument,
)


class ReportedRemote(Protocol):
    """What a report knows of the remote."""

    @property
    def url(self) -> str: ...
    @property
    def checked(self) -> bool: ...
    @property
    def state(self) -> str: ...
    @property
    def digest(self) -> str | None: ...
    @property
    def problem(self) -> str: ...


class Report(Protocol):
    """What the documents are made from (`operations.status.StatusReport`)."""

    @property
    def project_name(self) -> str: ...
    @property
    def registry_path(self) -> str: ...
    @property
    def plan(self) -> SyncPlan: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def remote(self) -> ReportedRemote: ...
    @property
    def conflicted(self) -> bool: ...
    @property
    def conflicts(self) -> tuple[MergeConflict, ...]: ...
    @property
    def environment_details(self) -> Mapping[BundlePath, tuple[str, ...]]: ...


class Outcome(Protocol):
    """What became of a plan (`operations.sync.SyncOutcome`)."""

    @property
    def report(self) -> Report: ...
    @property
    def after(self) -> Report | None: ...
    @property
    def written(self) -> bool: ...
    @property
    def refused(self) -> Refusal | None: ...
    @property
    def passed_over(self) -> tuple[BundlePath, ...]: ...


def status_document(report: Report) -> StatusDocument:
    """The document of `status --json` (contract.md)."""
    plan = report.plan
    memberships = _memberships(plan)
    return {
        "schema": "mops-bundle.status/1",
        "project": {"name": report.project_name, "registry": report.registry_path},
        "in_sync": plan.in_sync and not report.conflicted,
        "entries": [_entry(verdict, plan, memberships) for verdict in plan.verdicts],
        "additions": [_addition(key, found) for key, found in plan.additions],
        "unregistered": [_unregistered(found) for found in plan.unregistered],
        "sections": [
            _section(change, change.key)
            for change in plan.changes
            if isinstance(change.key, SectionKey)
        ],
        "environment": _environment(plan, report.environment_details),
        "conflicted": report.conflicted,
        "conflicts": [
            {"entity": str(c.key), "field": c.field, "ours": c.ours, "theirs": c.theirs}
            for c in report.conflicts
        ],
        "preflight": [_finding(f) for f in sorted(report.findings, key=finding_order)],
        "summary": _summary(plan, report.findings),
        "after": {"models": len(plan.result.models), "targets": len(plan.result.targets)},
        "remote": _remote(report.remote),
    }


def sync_document(outcome: Outcome) -> StatusDocument:
    """The document of `sync --json`: the plan, and what became of it.

    Findings and remote are those of the project as the sync left it.
    """
    document = status_document(outcome.report)
    document["schema"] = "mops-bundle.sync/1"
    if outcome.after is not None:
        findings = {*outcome.after.findings, *filterfalse(_cured, outcome.report.findings)}
        document["preflight"] = [_finding(f) for f in sorted(findings, key=finding_order)]
        document["summary"] = _summary(outcome.report.plan, findings)
        document["remote"] = _remote(outcome.after.remote)
    document["written"] = outcome.written
    document["refused"] = outcome.refused
    if outcome.passed_over:
        document["passed_over"] = [str(path) for path in outcome.passed_over]
    return document


def check_document(report: Report, findings: Iterable[Finding], *, ok: bool) -> CheckDocument:
    """The document of `check --json`.

    Args:
        findings: What is to be shown: staleness, as findings, and preflight.
        ok: The verdict under the options that were given.
    """
    shown = sorted(findings, key=finding_order)
    counts = _severities(shown)
    return {
        "schema": "mops-bundle.check/1",
        "project": {"name": report.project_name, "registry": report.registry_path},
        "ok": ok,
        "findings": [_finding(finding) for finding in shown],
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "infos": counts[Severity.INFO],
    }


def error_document(error: BundleError) -> ErrorDocument:
    """The document of a command that could not do its work."""
    return {
        "schema": "mops-bundle.error/1",
        "code": error.code,
        "message": str(error),
        "hint": error.hint,
    }


def _memberships(plan: SyncPlan) -> Mapping[str, list[str]]:
    sets: dict[str, list[str]] = {}
    for name, group in plan.record.target_sets.items():
        for target_id in group.targets:
            sets.setdefault(target_id, []).append(name)
    return sets


def _entry(verdict: Verdict, plan: SyncPlan, memberships: Mapping[str, list[str]]) -> EntryDocument:
    entry = plan.record.get(verdict.key)
    is_target = verdict.key.kind is Kind.TARGET
    return {
        "kind": verdict.key.kind.value,
        "id": verdict.key.id,
        "state": verdict.state.value,
        "action": verdict.action.value,
        "destructive": verdict.destructive,
        "entrypoint": str(entry.entrypoint) if entry else "",
        "path": str(verdict.path),
        "line": verdict.line or None,
        "reasons": [reason_document(reason) for reason in verdict.reasons],
        "target_sets": memberships.get(verdict.key.id, []) if is_target else [],
        "candidates": [str(candidate) for candidate in verdict.candidates],
    }


def reason_document(reason: Reason) -> ReasonDocument:
    """One difference between the record and the code."""
    return {
        "code": reason.code,
        "field": reason.field,
        "old": reason.old or None,
        "new": reason.new or None,
        "path": None if reason.path is None else str(reason.path),
        "line": reason.line or None,
        "via": [str(path) for path in reason.via],
        "cosmetic": reason.cosmetic,
        "evidence": reason.evidence,
        "message": reason.message,
    }


def _addition(key: EntryKey, found: Discovered) -> AdditionDocument:
    return {
        "kind": key.kind.value,
        "id": key.id,
        "entrypoint": str(found.entrypoint),
        "path": str(found.path),
        "line": found.location.line or None,
    }


def _unregistered(found: Discovered) -> UnregisteredDocument:
    return {
        "kind": found.kind.value,
        "entrypoint": str(found.entrypoint),
        "path": str(found.path),
        "line": found.location.line or None,
    }


def _section(change: Change, key: SectionKey) -> SectionDocument:
    return {
        "section": key.section.value,
        "name": key.name,
        "change": change.kind.value,
        "destructive": change.destructive,
        "cosmetic": change.cosmetic,
        "messages": [reason.message for reason in change.reasons] or [section_difference(change)],
    }


def section_difference(change: Change) -> str:
    """What is other in a section, as a short clause."""
    before, after = change.before, change.after
    if isinstance(before, str) and isinstance(after, str):
        return f"{before} -> {after}"
    if isinstance(before, TargetSet):
        left = after.targets if isinstance(after, TargetSet) else ()
        lost = [target for target in before.targets if target not in left]
        return f"loses {', '.join(lost)}" + ("" if left else "; no target is left")
    old, new = (value if isinstance(value, tuple) else () for value in (before, after))
    added = [f"+{item}" for item in new if item not in old]
    removed = [f"-{item}" for item in old if item not in new]
    return " ".join((*added, *removed))


def _environment(
    plan: SyncPlan, details: Mapping[BundlePath, tuple[str, ...]]
) -> EnvironmentDocument:
    listed: list[EnvironmentChangeDocument] = [
        {
            "path": str(change.path),
            "old": change.old,
            "new": change.new,
            "details": list(details.get(change.path, ())),
        }
        for change in plan.environment
    ]
    # A registry that does not record an environment yet gains one: that makes nothing stale.
    state = ("stale" if plan.record.environment else "cosmetic") if listed else "fresh"
    return {"state": state, "changes": listed}


def _remote(remote: ReportedRemote) -> RemoteDocument:
    return {
        "url": remote.url,
        "checked": remote.checked,
        "state": str(remote.state),
        "digest": remote.digest,
        "problem": remote.problem,
    }


def _cured(finding: Finding) -> bool:
    """Whether a sync cures it (contract.md: category MB11x)."""
    return finding.code.startswith("MB11")


def _finding(finding: Finding) -> FindingDocument:
    place = finding.location
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "entity": finding.key,
        "message": finding.message,
        "hint": finding.hint,
        "path": None if place is None else str(place.path),
        "line": (place.line or None) if place else None,
        "column": (place.column or None) if place else None,
    }


def _severities(findings: Iterable[Finding]) -> Mapping[Severity, int]:
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def _summary(plan: SyncPlan, findings: Iterable[Finding]) -> SummaryDocument:
    actions = dict.fromkeys(Action, 0)
    for verdict in plan.verdicts:
        actions[verdict.action] += 1
    counts = _severities(findings)
    return {
        "add": len(plan.additions),
        "update": actions[Action.UPDATE],
        "rename": actions[Action.RENAME],
        "move": actions[Action.MOVE],
        "remove": actions[Action.REMOVE],
        "decide": actions[Action.DECIDE],
        "unchanged": actions[Action.NONE],
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "infos": counts[Severity.INFO],
    }
