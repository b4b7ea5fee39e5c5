"""What `check` reports: the plan as findings beside those of preflight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from modelops_bundle.core.findings import Finding, Location, Severity, finding_order
from modelops_bundle.core.naming_some import some_of
from modelops_bundle.core.observation import FileState, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import (
    Change,
    Reason,
    Section,
    SectionKey,
    State,
    SyncPlan,
    Verdict,
)
from modelops_bundle.core.registry import BundleRegistry, Entry
from modelops_bundle.operations.document import require_registry
from modelops_bundle.operations.observe import Session
from modelops_bundle.operations.planning import planned
from modelops_bundle.operations.status import StatusReport, evaluate, report_on
from modelops_bundle.workspace.git import ignored_by_git
from modelops_bundle.workspace.project import REGISTRY, Project

#: Codes of staleness that the planner has no reason for.
UNVERIFIED, UNREGISTERED, REWRITTEN, CONFLICTED = "MB132", "MB133", "MB134", "MB135"
#: What a sync would cure: in a check the plan says it, with the place.
CURED = "MB11"
SYNC_HINT = "Run 'mops-bundle sync'"
#: More differences of one dependency table or lock file are counted.
_TOLD = 8

#: Preflight's errors that say why a dependency could not be observed.
_WHY_ABSENT = frozenset({"MB302", "MB303", "MB310", "MB312", "MB313", "MB314"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A project's report, and all findings of the check, sorted."""

    report: StatusReport
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Nothing of it is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def check(
    project: Project,
    *,
    strict: bool = False,
    code_only: bool = False,
    jobs: Iterable[Path] = (),
) -> CheckReport:
    """Evaluate a project for CI.

    Args:
        strict: Cosmetic changes are errors too.
        code_only: Take data files that are absent and that git ignores as they are recorded,
            and report them as not verified.
        jobs: Files of job specifications, which are laid against the registry as it would be
            after the sync.

    Raises:
        BundleError: the registry, the configuration or a job cannot be read.
        RegistryError: there is no registry.
    """
    files = tuple(jobs)
    findings_of = _reader(project, files) if files else None
    session, plan = planned(project)
    require_registry(session.file)
    unverified: tuple[BundlePath, ...] = ()
    if code_only:
        session, unverified = _with_recorded_data(session)
    report = evaluate(session) if unverified else report_on(session, plan)
    details = report.environment_details
    findings = set(all_findings(report.plan, report.findings, details=details, strict=strict))
    findings.update(map(_unverified_finding, unverified))
    if findings_of is not None:
        findings.update(findings_of(report))
    if report.conflicted:
        findings.add(_conflict_finding(report))
    return CheckReport(report=report, findings=tuple(sorted(findings, key=finding_order)))


def _reader(project: Project, files: Iterable[Path]) -> Callable[[StatusReport], Iterable[Finding]]:
    """Read jobs, before the project is looked at, and give what lays them against a report."""
    from modelops_bundle.operations.jobs import job_findings, read_job  # most checks have none

    specifications = [read_job(project, file) for file in files]
    return lambda report: job_findings(report, specifications)


def all_findings(
    plan: SyncPlan,
    preflight: Iterable[Finding],
    *,
    details: Mapping[BundlePath, tuple[str, ...]] | None = None,
    strict: bool = False,
) -> Iterator[Finding]:
    """The plan as findings and those of preflight, each cause once.

    Where both speak of one cause the error stays that says more: preflight's of what is not there
    or cannot be parsed, the plan's of what a sync would cure.
    """
    found = tuple(preflight)
    stale = tuple(_plan_findings(plan, _ExplainedBy(found), details or {}, strict=strict))
    told = {finding.key for finding in stale}
    yield from stale
    yield from (f for f in found if not (f.code.startswith(CURED) and f.key in told))


class _ExplainedBy:
    """Tells which reasons of the plan preflight has an error for."""

    def __init__(self, preflight: Iterable[Finding]) -> None:
        errors = [finding for finding in preflight if finding.severity is Severity.ERROR]
        self._absences = any(finding.code in _WHY_ABSENT for finding in errors)
        self._unparsed = {
            f.location.path for f in errors if f.code in ("MB305", "MB314") and f.location
        }

    def __call__(self, reason: Reason) -> bool:
        if reason.code == "MB125":
            return self._absences
        return reason.code == "MB126" and reason.path in self._unparsed


def _plan_findings(
    plan: SyncPlan,
    explained: Callable[[Reason], bool],
    details: Mapping[BundlePath, tuple[str, ...]],
    *,
    strict: bool,
) -> Iterator[Finding]:
    """One finding for each entry, addition or section that differs."""
    for verdict in plan.verdicts:
        reasons = tuple(reason for reason in verdict.reasons if not explained(reason))
        if verdict.state is not State.FRESH and reasons:
            yield _entry_finding(_without_explained(verdict, reasons), strict=strict)
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
            yield _section_finding(change, details)


def _section_finding(change: Change, details: Mapping[BundlePath, tuple[str, ...]]) -> Finding:
    first = change.reasons[0] if change.reasons else None
    told = "; ".join(_of_environment(reason, details) for reason in change.reasons)
    return Finding(
        code=first.code if first else REWRITTEN,
        severity=Severity.ERROR,
        key=str(change.key),
        message=told or f"{change.key} of the registry differs",
        hint=SYNC_HINT,
        location=Location((first and first.path) or REGISTRY),
    )


def _of_environment(reason: Reason, details: Mapping[BundlePath, tuple[str, ...]]) -> str:
    """What a section's reason says, with what is other in the file where that is known."""
    known = details.get(reason.path, ()) if reason.path is not None else ()
    if not known:
        return reason.message
    return f"{reason.path}: {some_of(known, _TOLD)}"


def _without_explained(verdict: Verdict, reasons: tuple[Reason, ...]) -> Verdict:
    """The verdict as it would be without the reasons that preflight has an error for."""
    if len(reasons) == len(verdict.reasons):
        return verdict
    cosmetic = all(reason.cosmetic for reason in reasons)
    return replace(verdict, state=State.COSMETIC if cosmetic else State.STALE, reasons=reasons)


def _entry_finding(verdict: Verdict, *, strict: bool) -> Finding:
    cosmetic = verdict.state is State.COSMETIC
    reasons = [r for r in verdict.reasons if not r.cosmetic] or list(verdict.reasons)
    told = "; ".join(map(_told, reasons))
    how = "differs in digests only" if cosmetic else f"is {verdict.state.value}"
    return Finding(
        code=reasons[0].code,
        severity=Severity.ERROR if strict or not cosmetic else Severity.WARNING,
        key=str(verdict.key),
        message=f"{verdict.key.kind.value} {verdict.key.id} {how}: {told}",
        hint=_hint(verdict),
        location=Location(verdict.path, verdict.line),
    )


def _told(reason: Reason) -> str:
    chain = f" ({' -> '.join(reason.via)})" if len(reason.via) > 1 else ""
    return reason.message + chain


def _hint(verdict: Verdict) -> str:
    if verdict.state is State.UNPARSED:
        return f"Correct the syntax at {Location(verdict.path, verdict.line)}"
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
    above, _, _ = report.session.file.content.partition(b"<<<<<<<")
    fields = ", ".join(f"{conflict.key} {conflict.field}" for conflict in report.conflicts)
    return Finding(
        code=CONFLICTED,
        severity=Severity.ERROR,
        message="git's conflict markers" + (f"; to be settled: {fields}" if fields else ""),
        hint="Settle it in the file" if fields else SYNC_HINT,
        location=Location(REGISTRY, above.count(b"\n") + 1),
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
