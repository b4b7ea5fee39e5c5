"""MB324 reports entries that stay without a definition."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.plan import PlanOptions
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.preflight.rules.mb324_symbol_missing import RULE
from support.preflight import findings
from support.registries import (
    found_model,
    found_target,
    model,
    observation,
    parse_failure,
    registry,
    target,
)

RECORD = registry({"sir": model()}, {"t": target()})
WITHOUT_TARGET = observation(found_model(), files=["targets/incidence.py"])


def test_a_kept_entry_without_its_symbol_is_an_error() -> None:
    synced = plan_sync(RECORD, WITHOUT_TARGET, PlanOptions(keep=True))
    (finding,) = findings(RULE, synced.result, WITHOUT_TARGET, synced)
    assert finding.severity is Severity.ERROR
    assert finding.key == "target:t"
    assert finding.message == "'incidence_target' is not defined in targets/incidence.py"
    assert finding.hint == "Define it, or run 'mops-bundle unregister t'"


def test_an_entry_that_a_sync_would_remove_raises_no_phantom() -> None:
    synced = plan_sync(RECORD, WITHOUT_TARGET)
    assert findings(RULE, synced.result, WITHOUT_TARGET, synced) == []


def test_an_entry_that_waits_for_a_choice_raises_no_phantom() -> None:
    observed = observation(
        found_model(), found_target("first", body="1"), found_target("second", body="2", line=9)
    )
    synced = plan_sync(RECORD, observed)
    assert synced.undecided
    assert findings(RULE, synced.result, observed, synced) == []


def test_gone_and_broken_files_are_left_to_their_own_rules() -> None:
    assert findings(RULE, RECORD, observation(found_model())) == []
    broken = observation(found_model(), failures=[parse_failure("targets/incidence.py")])
    assert findings(RULE, RECORD, broken) == []


def test_defined_symbols_are_fine() -> None:
    assert findings(RULE, RECORD, observation(found_model(), found_target())) == []
