"""What is stale and why: the plan, preflight over its result, and the remote as last seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelops_bundle.core.findings import Finding, finding_order
from modelops_bundle.core.merge import MergeConflict
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import PlanOptions, SyncPlan
from modelops_bundle.operations.observe import Session
from modelops_bundle.operations.planning import plan_of, planned
from modelops_bundle.operations.remote_view import RemoteView, view_remote
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.runner import run_preflight
from modelops_bundle.workspace.project import REGISTRY, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Everything that `status`, `sync`, `check` and `push` decide from.

    Attributes:
        project_name: For people.
        registry_path: Relative to the project's root.
        findings: Preflight over the plan's result, with what the scan, the analysis and the
            planner noticed; sorted.
        remote: The remote, as last seen or as asked.
    """

    project_name: str
    registry_path: str
    session: Session
    plan: SyncPlan
    findings: tuple[Finding, ...]
    remote: RemoteView

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that block a push."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def conflicted(self) -> bool:
        """The registry file holds git's conflict markers."""
        return self.session.file.was_conflicted

    @property
    def conflicts(self) -> tuple[MergeConflict, ...]:
        """What people declared differently on the two sides, for a person to settle."""
        return self.session.file.conflicts

    @property
    def environment_details(self) -> Mapping[BundlePath, tuple[str, ...]]:
        """What is other in dependency tables and lock files, where that is known."""
        return self.session.observed.environment_details


def status(
    project: Project, *, trust_cache: bool = True, options: PlanOptions | None = None
) -> StatusReport:
    """Evaluate a project.

    Args:
        trust_cache: False hashes every file again (`--check-staleness`).
        options: What a sync would be asked for.

    Raises:
        BundleError: the registry or the configuration cannot be read.
    """
    return report_on(*planned(project, options, trust_cache=trust_cache))


def evaluate(session: Session, options: PlanOptions | None = None) -> StatusReport:
    """The report of a session: no further look at the code."""
    return report_on(session, plan_of(session, options))


def report_on(session: Session, plan: SyncPlan, further: tuple[Finding, ...] = ()) -> StatusReport:
    """The report of a plan that was made from this session."""
    context = PreflightContext(registry=plan.result, plan=plan, observed=session.observed)
    findings = {*run_preflight(context), *further}
    return StatusReport(
        project_name=session.name,
        registry_path=REGISTRY,
        session=session,
        plan=plan,
        findings=tuple(sorted(findings, key=finding_order)),
        remote=view_remote(session, plan),
    )
