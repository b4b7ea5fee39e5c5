"""What the functions of the API return and raise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from modelops_bundle.api.display import DEFAULT_COLUMNS, Result
from modelops_bundle.core.findings import Finding
from modelops_bundle.core.plan import Change, Verdict
from modelops_bundle.errors import BundleError, ProjectNotFoundError
from modelops_bundle.operations.cached import CachedBundle
from modelops_bundle.operations.documents import StatusDocument
from modelops_bundle.operations.pull import PullOutcome
from modelops_bundle.operations.report_documents import status_document, sync_document
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.operations.sync import SyncOutcome
from modelops_bundle.operations.transfer_documents import PullDocument, pull_document

#: Digits of a digest that people need to tell bundles apart.
_DIGITS = 12


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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProjectStatus(Result[StatusDocument]):
    """How a project stands to its code and its remote; goes through its entries.

    Attributes:
        findings: Preflight over the registry as it would be after a sync, errors first.
        remote: `remote.state` of `status --json`.
        digest: What was last pushed or pulled, or None.
        document: What `status --json` prints.
    """

    INSTEAD_OF_TRUTH: ClassVar[str] = "`.in_sync`, or `.ok` where preflight counts too"

    project: str
    in_sync: bool
    entries: tuple[EntryStatus, ...]
    findings: tuple[Finding, ...]
    remote: str
    digest: str | None
    document: StatusDocument = field(hash=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that block a push."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def ok(self) -> bool:
        """In sync, and preflight has no errors: what `status --check` asks."""
        return self.in_sync and not self.errors

    @property
    def differing(self) -> tuple[EntryStatus, ...]:
        """Entries that are not as the registry says, those that differ in digests only too."""
        return tuple(entry for entry in self.entries if entry.state != "fresh")

    @property
    def summary(self) -> str:
        """`starsim-sir: stale, 2 of 3 entries`."""
        total = f"{len(self.entries)} {'entry' if len(self.entries) == 1 else 'entries'}"
        if self.in_sync:
            said = f"in sync, {total}, {self.remote}"
        elif self.document["conflicted"]:
            said = "stale, git conflict in the registry"
        else:
            broken = [entry for entry in self.differing if entry.state != "cosmetic"]
            cosmetic = self.differing and not broken
            number = len(broken or self.differing)
            said = f"{'digests differ' if cosmetic else 'stale'}, {number} of {total}"
        errors = f", {_counted(len(self.errors), 'error')}" if self.errors else ""
        return f"{self.project}: {said}{errors}"

    def __iter__(self) -> Iterator[EntryStatus]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def lines(self, columns: int = DEFAULT_COLUMNS, *, verbose: bool = False) -> list[str]:
        """What `status` prints."""
        from modelops_bundle.api.texts import render_status

        return render_status(self.document, columns, verbose=verbose)

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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan(Result[StatusDocument]):
    """What a sync would do; goes through its changes.

    Attributes:
        undecided: Entries with several candidates, which only a person can settle.
        unparsed: Entries whose file cannot be parsed, which block a sync.
        refused: Why a sync would write nothing, as `refused` of `sync --json`; None if it would.
        document: What `sync --dry-run --json` prints.
    """

    INSTEAD_OF_TRUTH: ClassVar[str] = "`.empty`"

    changes: tuple[PlannedChange, ...]
    undecided: tuple[str, ...] = ()
    unparsed: tuple[str, ...] = ()
    refused: str | None = None
    document: StatusDocument = field(hash=False)

    @property
    def empty(self) -> bool:
        """There is nothing to do."""
        return not (self.changes or self.undecided or self.unparsed)

    @property
    def summary(self) -> str:
        """`1 rename, 1 update`."""
        kinds = [change.kind for change in self.changes]
        parts = [_counted(kinds.count(kind), kind) for kind in dict.fromkeys(kinds)]
        parts += [f"undecided {key}" for key in self.undecided]
        parts += [f"cannot parse {key}" for key in self.unparsed]
        return ", ".join(parts) or "nothing to do"

    def __iter__(self) -> Iterator[PlannedChange]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def lines(self, columns: int = DEFAULT_COLUMNS, *, verbose: bool = False) -> list[str]:
        """What `sync --dry-run` prints of the changes."""
        from modelops_bundle.api.texts import render_plan

        return render_plan(self.document, columns)

    @classmethod
    def of(cls, outcome: SyncOutcome, document: StatusDocument) -> Plan:
        """The plan of a sync, whatever became of it, with the document of that sync."""
        plan = outcome.plan
        return cls(
            changes=tuple(PlannedChange.of(change) for change in plan.changes),
            undecided=tuple(str(verdict.key) for verdict in plan.undecided),
            unparsed=tuple(str(verdict.key) for verdict in plan.unparsed),
            refused=outcome.refused,
            document=document,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SyncResult(Result[StatusDocument]):
    """What a sync did, and the project after it.

    Attributes:
        written: The registry file was changed.
        document: What `sync --json` prints.
    """

    INSTEAD_OF_TRUTH: ClassVar[str] = "`.written`, or `.status.in_sync`"

    written: bool
    plan: Plan
    status: ProjectStatus
    document: StatusDocument = field(hash=False)

    @property
    def summary(self) -> str:
        """`wrote 1 update; decay: in sync, 2 entries, ahead`."""
        did = f"wrote {self.plan.summary}" if self.written else "nothing to write"
        return f"{did}; {self.status.summary}"

    def lines(self, columns: int = DEFAULT_COLUMNS, *, verbose: bool = False) -> list[str]:
        """What `sync` prints."""
        from modelops_bundle.api.texts import render_sync

        return render_sync(self.document, columns)

    @classmethod
    def of(cls, outcome: SyncOutcome) -> SyncResult:
        """The same of a sync that was not refused."""
        document = sync_document(outcome)
        return cls(
            written=outcome.written,
            plan=Plan.of(outcome, document),
            status=ProjectStatus.of(outcome.after or outcome.report),
            document=document,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PullResult(Result[PullDocument]):
    """What a pull did.

    Attributes:
        kept: Files that were changed here and not in the bundle.
        backup: Where local work is that `overwrite` replaced, or None.
        document: What `pull --json` prints.
    """

    digest: str
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    kept: tuple[str, ...]
    backup: str | None
    document: PullDocument = field(hash=False)

    @property
    def summary(self) -> str:
        """`sha256:1a2b3c4d5e6f: 3 written, 1 kept`."""
        counts = {"written": self.written, "deleted": self.deleted, "kept": self.kept}
        did = ", ".join(f"{len(paths)} {what}" for what, paths in counts.items() if paths)
        return f"{self.digest[: len('sha256:') + _DIGITS]}: {did or 'nothing to do'}"

    def lines(self, columns: int = DEFAULT_COLUMNS, *, verbose: bool = False) -> list[str]:
        """What `pull` prints."""
        from modelops_bundle.api.texts import render_pull

        return render_pull(self.document, columns)

    @classmethod
    def of(cls, outcome: PullOutcome) -> PullResult:
        """The same of a pull without conflicts."""
        return cls(
            digest=str(outcome.digest),
            written=tuple(str(step.path) for step in outcome.plan.write),
            deleted=tuple(str(step.path) for step in outcome.plan.delete),
            kept=tuple(str(path) for path in outcome.plan.keep),
            backup=None if outcome.backup is None else str(outcome.backup),
            document=pull_document(outcome, dry_run=False),
        )


@dataclass(frozen=True, slots=True)
class EnsuredBundle:
    """A bundle on this machine.

    One that is in the cache is not pruned before this is released, or the process ends. A copy
    that was pickled holds nothing: it is as good as the one that it was made from.
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

    def __reduce__(self) -> tuple[type[EnsuredBundle], tuple[str, Path]]:
        return EnsuredBundle, (self.digest, self.path)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
