"""MB110 follows the plan's verdicts and names the recorded symbol."""

from __future__ import annotations

from modelops_bundle.core.findings import Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import PlanOptions, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import EntryKey, Kind
from modelops_bundle.preflight.rules.mb110_entrypoint_gone import RULE
from support.preflight import findings, keys
from support.registries import found_model, found_target, model, observation, registry, target

RECORD = registry({"sir": model()}, {"incidence": target()})


def messages(synced: SyncPlan) -> list[str]:
    return [finding.message for finding in findings(RULE, synced.result, synced=synced)]


def test_a_renamed_target_is_named_by_its_recorded_symbol_and_located_at_the_new_one() -> None:
    observed = observation(
        found_model(), found_target("incidence_mean", body="incidence_target", line=23)
    )
    synced = plan_sync(RECORD, observed)
    (finding,) = findings(RULE, synced.result, observed, synced)
    assert finding.severity is Severity.WARNING
    assert finding.key == "target:incidence"
    assert finding.message == "Registry may be stale - entrypoint 'incidence_target' not found"
    assert finding.hint == "Run 'mops-bundle sync' to update registry from current code"
    assert finding.location == Location(BundlePath("targets/incidence.py"), 23)


def test_a_moved_file_is_reported() -> None:
    observed = observation(found_model(path="models/network/sir.py"), found_target())
    assert messages(plan_sync(RECORD, observed)) == [
        "Registry may be stale - entrypoint 'SIR' not found"
    ]


def test_a_removal_is_reported_though_the_entry_is_no_longer_in_the_result() -> None:
    synced = plan_sync(RECORD, observation(found_model()))
    assert "incidence" not in synced.result.targets
    assert keys(findings(RULE, synced.result, synced=synced)) == ["target:incidence"]


def test_a_choice_among_candidates_is_reported() -> None:
    observed = observation(
        found_model(), found_target("first", body="1"), found_target("second", body="2", line=9)
    )
    synced = plan_sync(RECORD, observed)
    assert [verdict.key for verdict in synced.undecided] == [EntryKey(Kind.TARGET, "incidence")]
    assert keys(findings(RULE, synced.result, observed, synced)) == ["target:incidence"]


def test_entries_that_are_where_they_were_are_not_reported() -> None:
    changed = observation(
        found_model(outputs=("incidence", "prevalence")), found_target(model_output="prevalence")
    )
    synced = plan_sync(RECORD, changed)
    assert not synced.empty
    assert messages(synced) == []


def test_an_entry_that_is_kept_is_not_reported_since_a_sync_would_not_mend_it() -> None:
    synced = plan_sync(RECORD, observation(found_model()), PlanOptions(keep=True))
    assert messages(synced) == []
