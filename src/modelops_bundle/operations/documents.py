"""The JSON documents of `status`, `sync` and `check`, and how they are made from a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import filterfalse
from typing import Literal, NotRequired, Protocol, TypedDict

from modelops_bundle.core.findings import Finding, Severity, finding_order
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.plan import (
    Action,
    Change,
    Reason,
    SectionKey,
    SyncPlan,
    Verdict,
)
from modelops_bundle.core.registry import EntryKey, Kind, TargetSet
from modelops_bundle.errors import BundleError
from modelops_bundle.operations.file_documents import FileStateDocument

Refusal = Literal["destructive", "ambiguous", "unparsed", "conflict"]


class ProjectDocument(TypedDict):
    """The project, and its registry relative to the project's root."""

    name: str
    registry: str


class ReasonDocument(TypedDict):
    """One difference between the record and the code; null stands for none.

    `evidence` is what a rename or move rests on, such as "same body".
    """

    code: str
    field: str
    old: str | None
    new: str | None
    path: str | None
    line: int | None
    via: list[str]
    cosmetic: bool
    evidence: str
    message: str


class EntryDocument(TypedDict):
    """One recorded entry.

    `entrypoint` is what the registry says; `target_sets` are the sets that hold the target
    before the sync; `candidates` are the entrypoints to choose from when it is ambiguous.
    """

    kind: str
    id: str
    state: str
    action: str
    destructive: bool
    entrypoint: str
    path: str
    line: int | None
    reasons: list[ReasonDocument]
    target_sets: list[str]
    candidates: list[str]


class AdditionDocument(TypedDict):
    """A symbol that a sync would register, under this id."""

    kind: str
    id: str
    entrypoint: str
    path: str
    line: int | None


class UnregisteredDocument(TypedDict):
    """A symbol that a convention finds and nobody registered."""

    kind: str
    entrypoint: str
    path: str
    line: int | None


class FindingDocument(TypedDict):
    """One finding; `entity` is "" for the project."""

    code: str
    severity: str
    entity: str
    message: str
    hint: str
    path: str | None
    line: int | None


class SummaryDocument(TypedDict):
    """Counts. `unchanged` are entries that a sync leaves alone."""

    add: int
    update: int
    rename: int
    move: int
    remove: int
    decide: int
    unchanged: int
    errors: int
    warnings: int
    infos: int


class EntryCountDocument(TypedDict):
    """How many entries the registry holds after the sync."""

    models: int
    targets: int


class SectionDocument(TypedDict):
    """A change of a part of the registry that is no entry, such as a target set."""

    section: str
    name: str
    change: str
    destructive: bool
    cosmetic: bool
    messages: list[str]


class EnvironmentChangeDocument(TypedDict):
    """A dependency table or lock file that differs; null where there was, or is, none."""

    path: str
    old: str | None
    new: str | None


class EnvironmentDocument(TypedDict):
    """What the entries run on: `fresh`, `stale`, or `cosmetic` where none was recorded."""

    state: str
    changes: list[EnvironmentChangeDocument]


class RemoteDocument(TypedDict):
    """Where the bundle is published; `checked` tells whether the remote was asked."""

    url: str
    checked: bool
    state: str
    digest: str | None


class StatusDocument(TypedDict):
    """`mops-bundle.status/1`, and with `written` and `refused` `mops-bundle.sync/1`.

    `files` is there where it was asked for (`status --files`).
    """

    schema: str
    project: ProjectDocument
    in_sync: bool
    entries: list[EntryDocument]
    additions: list[AdditionDocument]
    unregistered: list[UnregisteredDocument]
    sections: list[SectionDocument]
    environment: EnvironmentDocument
    preflight: list[FindingDocument]
    summary: SummaryDocument
    after: EntryCountDocument
    remote: RemoteDocument
    written: NotRequired[bool]
    refused: NotRequired[str | None]
    files: NotRequired[list[FileStateDocument]]


class CheckDocument(TypedDict):
    """`mops-bundle.check/1`: stale entries are findings here too."""

    schema: str
    project: ProjectDocument
    ok: bool
    findings: list[FindingDocument]
    errors: int
    warnings: int
    infos: int


class ErrorDocument(TypedDict):
    """What a command prints in place of its own document where it could make none."""

    schema: str
    code: str
    message: str
    hint: str


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


def status_document(report: Report) -> StatusDocument:
    """The document of `status --json` (contract.md)."""
    plan = report.plan
    memberships = _memberships(plan)
    return {
        "schema": "mops-bundle.status/1",
        "project": {"name": report.project_name, "registry": report.registry_path},
        "in_sync": plan.in_sync,
        "entries": [_entry(verdict, plan, memberships) for verdict in plan.verdicts],
        "additions": [_addition(key, found) for key, found in plan.additions],
        "unregistered": [_unregistered(found) for found in plan.unregistered],
        "sections": [
            _section(change, change.key)
            for change in plan.changes
            if isinstance(change.key, SectionKey)
        ],
        "environment": _environment(plan),
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
        "reasons": [_reason(reason) for reason in verdict.reasons],
        "target_sets": memberships.get(verdict.key.id, []) if is_target else [],
        "candidates": [str(candidate) for candidate in verdict.candidates],
    }


def _reason(reason: Reason) -> ReasonDocument:
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
        "messages": [reason.message for reason in change.reasons] or [_difference(change)],
    }


def _difference(change: Change) -> str:
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


def _environment(plan: SyncPlan) -> EnvironmentDocument:
    listed: list[EnvironmentChangeDocument] = [
        {"path": str(change.path), "old": change.old, "new": change.new}
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
