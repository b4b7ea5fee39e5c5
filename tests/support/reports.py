"""Reports of the mission's project, made by the real planner from hand-built observations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.merge import MergeConflict
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import PlanOptions, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, TargetEntry, TargetSet
from modelops_bundle.operations.documents import Refusal
from support.registries import (
    closure,
    file_state,
    found_model,
    found_target,
    model,
    observation,
    registry,
    target,
    target_set,
)

STALE_HINT = "Run 'mops-bundle sync' to update registry from current code"
DATA = "data/observed_incidence.csv"


@dataclass(frozen=True)
class RemoteFacts:
    """Where the project publishes."""

    url: str = "layout:~/.local/share/modelops-bundle/starsim-sir"
    checked: bool = False
    state: str = "never-pushed"
    digest: str | None = None
    problem: str = ""


@dataclass(frozen=True)
class ReportFacts:
    """What `operations.documents` makes its documents from."""

    plan: SyncPlan
    findings: tuple[Finding, ...] = ()
    project_name: str = "starsim-sir"
    registry_path: str = ".modelops-bundle/registry.yaml"
    remote: RemoteFacts = field(default_factory=RemoteFacts)
    conflicted: bool = False
    conflicts: tuple[MergeConflict, ...] = ()
    environment_details: Mapping[BundlePath, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class OutcomeFacts:
    """What became of a plan."""

    report: ReportFacts
    after: ReportFacts | None = None
    written: bool = False
    refused: Refusal | None = None
    passed_over: tuple[BundlePath, ...] = ()


def synced(record: BundleRegistry, observed: Observation) -> BundleRegistry:
    """The record as a sync leaves it: with every digest of this observation."""
    return plan_sync(record, observed).result


def _settled_targets() -> tuple[BundleRegistry, Observation]:
    """A registry of a model and two targets in one file, in sync with its observation."""
    record = registry(
        {"sir_starsimsir": model("StarsimSIR")},
        {
            "incidence_target": target("incidence_target"),
            "incidence_annealed_target": target("incidence_annealed_target", data=(DATA,)),
        },
        target_sets={"incidence": target_set("incidence_target", incidence_target=1.0)},
    )
    observed = observation(
        found_model("StarsimSIR"),
        found_target("incidence_target", body="mean", line=23),
        found_target("incidence_annealed_target", body="annealed", line=62, data=(DATA,)),
        files=[DATA],
    )
    return synced(record, observed), observed


def mission_record() -> BundleRegistry:
    """The registry of the mission's project before anything changed, but for its bad output."""
    record, _ = _settled_targets()
    entry = record.targets["incidence_target"]
    assert isinstance(entry, TargetEntry)
    bad = replace(entry, model_output="BAD_OUTPUT_NAME")
    return replace(record, targets={**record.targets, "incidence_target": bad})


def mission_observation() -> Observation:
    """The target function has a new name, and the observed data other contents."""
    observed = observation(
        found_model("StarsimSIR"),
        found_target("incidence_replicate_mean_target", body="mean", line=23),
        found_target("incidence_annealed_target", body="annealed", line=62, data=(DATA,)),
    )
    changed = file_state(DATA, "day,in_bed\n1,3\n")
    return replace(observed, files={**observed.files, changed.path: changed})


def stale_findings() -> tuple[Finding, ...]:
    """What preflight says of the mission's project."""
    return (
        Finding(
            code="MB110",
            severity=Severity.WARNING,
            key="target:incidence_target",
            message="Registry may be stale - entrypoint 'incidence_target' not found",
            hint=STALE_HINT,
        ),
        Finding(
            code="MB111",
            severity=Severity.WARNING,
            key="target:incidence_target",
            message="Registry may be stale - output 'BAD_OUTPUT_NAME' not found in the code",
            hint=STALE_HINT,
        ),
    )


def mission_report() -> ReportFacts:
    """`status` of the mission's project (experience.md, the first sample)."""
    plan = plan_sync(mission_record(), mission_observation())
    return ReportFacts(plan, stale_findings())


def removal_report(options: PlanOptions | None = None) -> ReportFacts:
    """The mission's project after a second target file was deleted (the sample of `sync`)."""
    record = mission_record()
    gone = target("prevalence_target", "targets/prevalence.py")
    group = TargetSet(("incidence_target", "prevalence_target"), {})
    record = replace(
        record,
        targets={**record.targets, "prevalence_target": gone},
        target_sets={"incidence": group},
    )
    return ReportFacts(plan_sync(record, mission_observation(), options))


def fresh_report(*findings: Finding) -> ReportFacts:
    """A project in sync."""
    record, observed = _settled_targets()
    return ReportFacts(plan_sync(record, observed), findings)


def ambiguous_report() -> ReportFacts:
    """A renamed target that either of two new functions may be."""
    record, _ = _settled_targets()
    observed = observation(
        found_model("StarsimSIR"),
        found_target("by_day", body="one", line=8),
        found_target("by_week", body="two", line=30),
        found_target("incidence_annealed_target", body="annealed", line=62, data=(DATA,)),
        files=[DATA],
    )
    return ReportFacts(plan_sync(record, observed))


def chain_report() -> ReportFacts:
    """A helper, three imports away from the model, changed; a second model is new in its file."""
    helpers = ("models/network.py", "models/contacts.py")
    via = {"models/network.py": "models/sir.py", "models/contacts.py": "models/network.py"}
    before = closure("models/sir.py", *helpers, via=via)
    record = registry({"sir_starsimsir": model("StarsimSIR", code=helpers)})
    record = synced(record, observation(found_model("StarsimSIR"), closures=[before]))
    contents = {"models/contacts.py": "changed"}
    after = closure("models/sir.py", *helpers, via=via, contents=contents)
    observed = observation(
        found_model("StarsimSIR"),
        found_model("SeasonalSIR", line=40),
        found_model("Toy", "models/toy.py", line=3),
        closures=[after],
        files=contents,
    )
    return ReportFacts(plan_sync(record, observed))
