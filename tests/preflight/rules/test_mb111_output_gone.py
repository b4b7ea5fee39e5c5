"""MB111 reports each output name that a sync takes out, once."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.preflight.rules.mb111_output_gone import RULE
from support.preflight import findings
from support.registries import found_model, found_target, model, observation, registry, target


def reported(record: BundleRegistry, observed: Observation) -> list[tuple[str, str]]:
    synced = plan_sync(record, observed)
    return [
        (finding.key, finding.message.split("'")[1])
        for finding in findings(RULE, synced.result, observed, synced)
    ]


def test_the_old_output_of_a_target_is_reported_where_no_model_has_it() -> None:
    record = registry({"sir": model()}, {"t": target(model_output="BAD_OUTPUT_NAME")})
    observed = observation(found_model(), found_target())
    synced = plan_sync(record, observed)
    (finding,) = findings(RULE, synced.result, observed, synced)
    assert finding.severity is Severity.WARNING
    assert finding.key == "target:t"
    assert finding.message == (
        "Registry may be stale - output 'BAD_OUTPUT_NAME' not found in the code"
    )
    assert finding.hint == "Run 'mops-bundle sync' to update registry from current code"


def test_the_old_output_of_a_target_is_fine_where_a_model_still_has_it() -> None:
    record = registry(
        {"sir": model(outputs=("incidence", "prevalence"))}, {"t": target(model_output="incidence")}
    )
    observed = observation(
        found_model(outputs=("incidence", "prevalence")), found_target(model_output="prevalence")
    )
    assert reported(record, observed) == []


def test_an_output_that_model_and_target_both_renamed_is_one_finding_at_the_target() -> None:
    record = registry({"sir": model(outputs=("old",))}, {"t": target(model_output="old")})
    observed = observation(found_model(outputs=("new",)), found_target(model_output="new"))
    assert reported(record, observed) == [("target:t", "old")]


def test_an_output_that_only_a_model_lost_is_reported_at_the_model() -> None:
    record = registry({"sir": model(outputs=("incidence", "old"))}, {"t": target()})
    observed = observation(found_model(), found_target())
    assert reported(record, observed) == [("model:sir", "old")]


def test_an_output_that_a_target_still_asks_for_is_left_to_mb301() -> None:
    record = registry({"sir": model(outputs=("old",))}, {"t": target(model_output="old")})
    observed = observation(found_model(outputs=("new",)), found_target(model_output="old"))
    assert reported(record, observed) == []


def test_outputs_of_an_entry_that_a_sync_removes_are_not_reported_beside_it() -> None:
    record = registry({"sir": model(), "seir": model("SEIR", "models/seir.py", outputs=("e",))})
    assert reported(record, observation(found_model())) == []


def test_an_output_that_was_never_recorded_is_not_reported() -> None:
    record = registry({"sir": model()}, {"t": target(model_output="")})
    assert reported(record, observation(found_model(), found_target())) == []


def test_a_registry_in_sync_has_nothing_to_report() -> None:
    record = registry({"sir": model()}, {"t": target()})
    assert reported(record, observation(found_model(), found_target())) == []
