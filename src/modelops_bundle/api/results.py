"""What the functions of the API return and raise."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from modelops_bundle.core.findings import Finding
from modelops_bundle.core.plan import Change, SyncPlan, Verdict
from modelops_bundle.errors import BundleError, ProjectNotFoundError
from modelops_bundle.operations.cached import CachedBundle
from modelops_bundle.operations.documents import StatusDocument
from modelops_bundle.operations.report_documents import status_document
from modelops_bundle.operations.status import StatusReport


class NoRegistryError(ProjectNotFoundError, FileNotFoundError):
    """There is no project, or no registry in it."""

    code = "no-registry"


class PushRefusedError(BundleError, RuntimeError):
    """Nothing was published; the message names the findings.

    Attributes:
        findings: Those of preflight, errors first; empty where preflight is not the reason.
    """

    code = "push-refused"
    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        findings: tuple[Finding, ...] = (),
        not_done: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, not_done=not_done, hint=hint)
        self.findings = findings


class NotFreshError(PushRefusedError):
    """What is published is not what is here."""

    code = "not-fresh"


@dataclass(frozen=True, slots=True)
class EntryStatus:
    """How one entry of the registry stands to the code (contract.md, "status --json")."""

    kind: str
    id: str
    state: str
    action: str
    reasons: tuple[str, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict) -> EntryStatus:
        """The same of a verdict."""
        reasons = tuple(reason.message for reason in verdict.reasons)
        key = verdict.key
        return cls(key.kind.value, key.id, verdict.state.value, verdict.action.value, reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """How a project stands to its code and its remote.

    Attributes:
        findings: Preflight over the registry as it would be after a sync, errors first.
        remote: `remote.state` of `status --json`.
        digest: What was last pushed or pulled, or None.
        document: What `status --json` prints.
    """

    project: str
    in_sync: bool
    entries: tuple[EntryStatus, ...]
    findings: tuple[Finding, ...]
    remote: str
    digest: str | None
    document: StatusDocument = field(repr=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that block a push."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @classmethod
    def of(cls, report: StatusReport) -> ProjectStatus:
        """The same of a report."""
        return cls(
            project=report.project_name,
            in_sync=report.plan.in_sync and not report.conflicted,
            entries=tuple(EntryStatus.of(verdict) for verdict in report.plan.verdicts),
            findings=report.findings,
            remote=str(report.remote.state),
            digest=None if report.remote.digest is None else str(report.remote.digest),
            document=status_document(report),
        )


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One thing that a sync would do, such as `rename model:sir`."""

    kind: str
    key: str
    fields: tuple[str, ...]
    destructive: bool
    cosmetic: bool

    @classmethod
    def of(cls, change: Change) -> PlannedChange:
        """The same of a change."""
        return cls(
            change.kind.value, str(change.key), change.fields, change.destructive, change.cosmetic
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sync would do.

    Attributes:
        undecided: Entries with several candidates, which only a person can settle.
        unparsed: Entries whose file cannot be parsed, which block a sync.
    """

    changes: tuple[PlannedChange, ...]
    undecided: tuple[str, ...] = ()
    unparsed: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """There is nothing to do."""
        return not (self.changes or self.undecided or self.unparsed)

    @classmethod
    def of(cls, plan: SyncPlan) -> Plan:
        """The same of a plan."""
        return cls(
            changes=tuple(PlannedChange.of(change) for change in plan.changes),
            undecided=tuple(str(verdict.key) for verdict in plan.undecided),
            unparsed=tuple(str(verdict.key) for verdict in plan.unparsed),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What a sync did, and the project after it."""

    written: bool
    plan: Plan
    status: ProjectStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult:
    """What a pull did.

    Attributes:
        kept: Files that were changed here and not in the bundle.
        backup: Where local work is that `overwrite` replaced, or None.
    """

    digest: str
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    kept: tuple[str, ...]
    backup: str | None


@dataclass(frozen=True, slots=True)
class EnsuredBundle:
    """A bundle on this machine.

    One that is in the cache is not pruned before this is released, or the process ends.
    """

    digest: str
    path: Path
    _held: CachedBundle | None = field(default=None, repr=False, compare=False)

    def __enter__(self) -> EnsuredBundle:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Say that nothing of it is needed any more."""
        if self._held is not None:
            self._held.release()
