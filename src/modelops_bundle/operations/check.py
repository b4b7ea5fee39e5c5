"""What `check` reports: the plan as findings beside those of preflight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from modelops_bundle.core.findings import Finding, Location, Severity, finding_order
from modelops_bundle.core.observation import FileState, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Reason, Section, SectionKey, State, SyncPlan, Verdict
from modelops_bundle.core.registry import BundleRegistry, Entry
from modelops_bundle.operations.observe import Session, observe
from modelops_bundle.operations.status import StatusReport, evaluate
from modelops_bundle.workspace.git import ignored_by_git
from modelops_bundle.workspace.project import REGISTRY, Project

#: Codes of staleness that the planner has no reason for.
UNVERIFIED, UNREGISTERED, REWRITTEN, CONFLICTED = "MB132", "MB133", "MB134", "MB135"
SYNC_HINT = "Run 'mops-bundle sync'"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A project's report, and all findings of the check, sorted."""

    report: StatusReport
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Nothing of it is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def check(project: Project, *, strict: bool = False, code_only: bool = False) -> CheckReport:
    """Evaluate a project for CI.

    Args:
        strict: Cosmetic changes are errors too.
        code_only: Take data files that are absent and that git ignores as they are recorded,
            and report them as not verified.

    Raises:
        BundleError: the registry or the configuration cannot be read.
    """
    session = observe(project)
    unverified: tuple[BundlePath, ...] = ()
    if code_only:
        session, unverified = _with_recorded_data(session)
    report = evaluate(session)
    findings = {*report.findings, *plan_findings(report.plan, strict=strict)}
    findings.update(map(_unverified_finding, unverified))
    if report.conflicted:
        findings.add(_conflict_finding(report))
    return CheckReport(report=report, findings=tuple(sorted(findings, key=finding_order)))


def plan_findings(plan: SyncPlan, *, strict: bool = False) -> Iterator[Finding]:
    """One finding for each entry, addition or section that differs."""
    for verdict in plan.verdicts:
        if verdict.state is not State.FRESH and verdict.reasons:
            yield _entry_finding(verdict, strict=strict)
    for key, found in plan.additions:
        yield Finding(
            code=UNREGISTERED,
            severity=Severity.ERROR,
            key=str(key),
            message=f"{found.kind.value} {found.symbol} is not registered",
            hint=f"{SYNC_HINT}, or unregister it to leave it out",
            location=found.location,
        )
    for change in plan.changes:
        if not isinstance(change.key, SectionKey) or change.key.section is Section.TARGET_SET:
            continue  # target sets follow their targets, which have findings of their own
        if strict or not change.cosmetic:
            told = ", ".join(reason.message for reason in change.reasons)
            yield Finding(
                code=change.reasons[0].code if change.reasons else REWRITTEN,
                severity=Severity.ERROR,
                key=str(change.key),
                message=told or f"{change.key} of the registry differs",
                hint=SYNC_HINT,
            )


def _entry_finding(verdict: Verdict, *, strict: bool) -> Finding:
    cosmetic = verdict.state is State.COSMETIC
    reasons = [r for r in verdict.reasons if not r.cosmetic] or list(verdict.reasons)
    told = "; ".join(map(_told, reasons))
    if cosmetic:
        told += " (digest only)"
    return Finding(
        code=reasons[0].code,
        severity=Severity.ERROR if strict or not cosmetic else Severity.WARNING,
        key=str(verdict.key),
        message=f"{verdict.key.kind.value} {verdict.key.id} is {verdict.state.value}: {told}",
        hint=_hint(verdict),
        location=Location(verdict.path, verdict.line),
    )


def _told(reason: Reason) -> str:
    chain = f" ({' -> '.join(reason.via)})" if len(reason.via) > 1 else ""
    return reason.message + chain


def _hint(verdict: Verdict) -> str:
    if verdict.state is State.UNPARSED:
        return f"Mend {verdict.path}"
    if verdict.candidates:
        return f"Run 'mops-bundle sync --rename {verdict.key}=SYMBOL'"
    if verdict.destructive:
        return f"{SYNC_HINT} with --force to remove it, or --keep to keep it"
    if verdict.state is State.MISSING:
        return f"Restore what {verdict.key} needs"
    return SYNC_HINT


def _with_recorded_data(session: Session) -> tuple[Session, tuple[BundlePath, ...]]:
    """The session as if data that is absent and ignored by git were there as recorded."""
    absent = _absent_data(session.record, session.observed)
    ignored = ignored_by_git(session.project.root, sorted({*absent, *_folders_of(absent)}))
    assumed = {
        path: FileState(path, state.digest, state.size_bytes)
        for path, (state, folder) in absent.items()
        if path in ignored or folder in ignored
    }
    directories = dict(session.observed.directories)
    for path in assumed:
        folder = absent[path][1]
        if folder != path:
            directories[folder] = tuple(sorted({*directories.get(folder, ()), path}))
    observed = replace(
        session.observed, files={**session.observed.files, **assumed}, directories=directories
    )
    return replace(session, observed=observed), tuple(sorted(assumed))


def _absent_data(
    record: BundleRegistry, observed: Observation
) -> Mapping[BundlePath, tuple[FileState, BundlePath]]:
    """Recorded data files that are not there, as recorded, with the data path that names each."""
    absent: dict[BundlePath, tuple[FileState, BundlePath]] = {}
    for _, entry in record.entries():
        for path, digest in entry.data_digests.items():
            if path not in observed.files and path not in observed.directories:
                absent[path] = (FileState(path, digest, 0), _data_path(entry, path))
    return absent


def _data_path(entry: Entry, path: BundlePath) -> BundlePath:
    return next((data for data in entry.data if path.is_within(data)), path)


def _folders_of(
    absent: Mapping[BundlePath, tuple[FileState, BundlePath]],
) -> Iterator[BundlePath]:
    for _, folder in absent.values():
        yield folder


def _conflict_finding(report: StatusReport) -> Finding:
    fields = ", ".join(f"{conflict.key} {conflict.field}" for conflict in report.conflicts)
    return Finding(
        code=CONFLICTED,
        severity=Severity.ERROR,
        message="git's conflict markers" + (f"; to be settled: {fields}" if fields else ""),
        hint="Settle it in the file" if fields else SYNC_HINT,
        location=Location(REGISTRY),
    )


def _unverified_finding(path: BundlePath) -> Finding:
    return Finding(
        code=UNVERIFIED,
        severity=Severity.INFO,
        key=path,
        message=f"{path} is not here, and git ignores it: not verified",
        hint="Run the check without --code-only where the data is",
        location=Location(path),
    )
