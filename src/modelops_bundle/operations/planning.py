"""One observation and the plan made from it, with an eye on the files that entries go to.

Preflight speaks of the registry as it would be after a sync. What there is to say of a file's
imports is found out for files of entries only: so a file that gets its first entry by the plan is
looked at as one before anything is said.
"""

from __future__ import annotations

from modelops_bundle.core.plan import PlanOptions, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.operations.observe import Session, observe
from modelops_bundle.workspace.project import Project


def planned(
    project: Project, options: PlanOptions | None = None, *, trust_cache: bool = True
) -> tuple[Session, SyncPlan]:
    """Look at a project and plan.

    Args:
        options: What a sync is asked for.
        trust_cache: False hashes every file again.

    Raises:
        BundleError: the registry or the configuration cannot be read.
    """
    session = observe(project, trust_cache=trust_cache)
    plan = plan_of(session, options)
    return seen_where_it_leads(session, plan, options, trust_cache=trust_cache)


def plan_of(session: Session, options: PlanOptions | None) -> SyncPlan:
    """The plan of a session: no further look at the code."""
    return plan_sync(session.record, session.observed, options, base=session.file.digest)


def seen_where_it_leads(
    session: Session, plan: SyncPlan, options: PlanOptions | None, *, trust_cache: bool
) -> tuple[Session, SyncPlan]:
    """The same where no entry gets to another file; else a second look, and the plan from that.

    Args:
        trust_cache: As for the first look, which may not have been able to mend the cache.
    """
    before = {entry.path for _, entry in session.record.entries()}
    led = tuple(
        (key.kind, entry.path, entry.symbol)
        for key, entry in plan.result.entries()
        if entry.path not in before
    )
    if not led:
        return session, plan
    again = observe(session.project, trust_cache=trust_cache, requested=led)
    return again, plan_of(again, options)
