"""Bringing the registry up to date with the code: one plan, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import PlanOptions, SyncPlan, Verdict
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind
from modelops_bundle.errors import UsageError
from modelops_bundle.operations.document import require_registry, write_registry
from modelops_bundle.operations.ids import meant_id
from modelops_bundle.operations.likeness import keep_sources
from modelops_bundle.operations.mentions import stale_mentions
from modelops_bundle.operations.observe import Session, observe
from modelops_bundle.operations.planning import plan_of, seen_where_it_leads
from modelops_bundle.operations.status import StatusReport, evaluate, report_on
from modelops_bundle.workspace.kept_sources import KeptSources
from modelops_bundle.workspace.phases import saying_what_stays
from modelops_bundle.workspace.project import Project

Refusal = Literal["destructive", "ambiguous", "unparsed", "conflict"]

#: Asks a person which candidate an ambiguous entry has become; None leaves it undecided.
Choose = Callable[[Verdict], Entrypoint | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """What a person asks of a sync.

    Attributes:
        force: Carry out destructive changes.
        write: False for `--dry-run` and `--check`: the same plan, nothing written.
        renames: `ID=SYMBOL` texts, ID with `model:` or `target:` where both kinds have it.
    """

    force: bool = False
    keep: bool = False
    discover: bool = False
    write: bool = True
    trust_cache: bool = True
    renames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOutcome:
    """What a sync did.

    Attributes:
        report: The plan and preflight over its result.
        after: The project as it is after the sync; None where nothing was or would be changed
            because the sync was refused.
        written: The registry file was changed.
        refused: Why nothing was written, or None.
        passed_over: Of the files of a registration, those that hold nothing to register.
    """

    report: StatusReport
    after: StatusReport | None
    written: bool
    refused: Refusal | None
    passed_over: tuple[BundlePath, ...] = ()

    @property
    def plan(self) -> SyncPlan:
        """What was, or would be, done."""
        return self.report.plan

    @property
    def exit_code(self) -> int:
        """0, 2 where source cannot be parsed, 3 where a person must decide."""
        if self.refused is None:
            return 0
        return 2 if self.refused == "unparsed" else 3


def sync(project: Project, request: SyncRequest, choose: Choose | None = None) -> SyncOutcome:
    """Re-derive the registry from the code, and write it unless a person must decide first.

    Raises:
        UsageError: a rename names something that does not exist.
        ChangedDuringUseError: the registry was written by somebody else meanwhile.
        RegistryError: there is no registry, and nothing was discovered that would begin one.
    """
    session = observe(project, trust_cache=request.trust_cache)
    options = PlanOptions(
        keep=request.keep,
        discover=request.discover,
        renames=dict(parse_rename(text, session.record) for text in request.renames),
    )
    plan = plan_of(session, options)
    if choose is not None and plan.undecided:
        plan, options = _ask(session, plan, options, choose)
    session, plan = seen_where_it_leads(session, plan, options, trust_cache=request.trust_cache)
    if not plan.additions:
        require_registry(session.file, "sync", "changed")
    return carry_out(session, plan, force=request.force, write=request.write)


def carry_out(
    session: Session, plan: SyncPlan, *, force: bool, write: bool, scoped: bool = False
) -> SyncOutcome:
    """Apply a plan to the registry file, or say why not (arguments as `refusal`)."""
    report = report_on(session, plan, stale_mentions(session, plan))
    refused = refusal(session, plan, force=force, scoped=scoped)
    if refused is not None:
        return SyncOutcome(report=report, after=None, written=False, refused=refused)
    if not write:
        return SyncOutcome(report=report, after=None, written=False, refused=None)
    written = False
    file = session.file
    if plan.changes or file.was_conflicted:
        text = write_registry(session.project, file, plan.result)
        written = text != file.content
        file = replace(file, content=text, text=text, was_conflicted=False, record=plan.result)
    discovered = session.observed.discovered
    with saying_what_stays(lambda: "the registry is in line with the code"):
        keep_sources(plan.result, discovered, session.scan, KeptSources(session.project))
    after = evaluate(replace(session, file=replace(file, record=plan.result)))
    return SyncOutcome(report=report, after=after, written=written, refused=None)


def refusal(
    session: Session, plan: SyncPlan, *, force: bool, scoped: bool = False
) -> Refusal | None:
    """Why a plan must not be applied, or None.

    Args:
        scoped: The plan concerns named files only: what is open elsewhere does not block it.
    """
    if session.file.conflicts:
        return "conflict"
    if scoped:
        return None
    if plan.unparsed:
        return "unparsed"
    if plan.undecided:
        return "ambiguous"
    if plan.destructive and not force:
        return "destructive"
    return None


def parse_rename(text: str, record: BundleRegistry) -> tuple[EntryKey, str]:
    """`ID=SYMBOL` as an entry and its symbol.

    Raises:
        UsageError: not of that form, or no entry, or two, have this id.
    """
    name, equals, symbol = text.rpartition("=")
    if not equals or not name or not symbol:
        raise UsageError(f"--rename {text}: not of the form ID=SYMBOL")
    return entry_key(name, record), symbol


def entry_key(name: str, record: BundleRegistry) -> EntryKey:
    """The entry that a person means by an id, with or without its kind in front.

    Raises:
        UsageError: there is none, or a model and a target have the same id.
    """
    kind, colon, bare = name.partition(":")
    plain = [EntryKey(Kind.MODEL, name), EntryKey(Kind.TARGET, name)]
    of_kind = [EntryKey(Kind(kind), bare)] if colon and kind in tuple(Kind) else []
    known = [key for key in of_kind if record.get(key) is not None]
    known = known or [key for key in plain if record.get(key) is not None]
    if len(known) == 1:
        return known[0]
    if known:
        raise UsageError(
            f"{name!r} is a model and a target", hint=f"say model:{name} or target:{name}"
        )
    ids = [key.id for key, _ in record.entries()]
    raise UsageError(f"no entry has the id {name!r}", hint=_closest(name, ids))


def key_of_kind(kind: Kind, entry_id: str, record: BundleRegistry) -> EntryKey:
    """The entry of this kind and id.

    Raises:
        UsageError: there is none.
    """
    key = EntryKey(kind, entry_id)
    if record.get(key) is None:
        ids = [other.id for other, _ in record.entries() if other.kind is kind]
        raise UsageError(f"no {kind.value} has the id {entry_id!r}", hint=_closest(entry_id, ids))
    return key


def _closest(name: str, ids: list[str]) -> str:
    if not ids:
        return "nothing is registered yet"
    return meant_id(name, ids)


def _ask(
    session: Session, plan: SyncPlan, options: PlanOptions, choose: Choose
) -> tuple[SyncPlan, PlanOptions]:
    """Let a person settle ambiguous entries one by one; each answer may settle others."""
    asked: set[EntryKey] = set()
    while True:
        open_ = [verdict for verdict in plan.undecided if verdict.key not in asked]
        if not open_:
            return plan, options
        verdict = open_[0]
        asked.add(verdict.key)
        chosen = choose(verdict)
        if chosen is not None:
            options = replace(options, renames={**options.renames, verdict.key: chosen})
            plan = plan_of(session, options)
