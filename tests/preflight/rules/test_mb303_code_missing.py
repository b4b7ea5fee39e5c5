"""MB303 reports absent source files of entries that a sync leaves in place."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.plan import PlanOptions
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.preflight.rules.mb303_code_missing import RULE
from support.preflight import findings, keys
from support.registries import found_model, found_target, model, observation, registry, target

RECORD = registry({"sir": model(code=["models/network.py"])}, {"t": target()})


def test_an_absent_dependency_is_an_error_at_the_entry() -> None:
    (finding,) = findings(RULE, RECORD, observation(found_model(line=3), found_target()))
    assert finding.severity is Severity.ERROR
    assert finding.message == "Source file 'models/network.py' is missing (needed by model 'sir')"
    assert finding.hint == (
        "Restore models/network.py, or take out what refers to it, then run 'mops-bundle sync'"
    )
    assert str(finding.location) == "models/sir.py:3"


def test_files_that_are_there_are_fine() -> None:
    whole = observation(found_model(), found_target(), files=["models/network.py"])
    assert findings(RULE, RECORD, whole) == []


def test_an_entry_that_is_kept_without_its_file_is_an_error() -> None:
    observed = observation(found_model(), files=["models/network.py"])
    synced = plan_sync(RECORD, observed, PlanOptions(keep=True))
    (finding,) = findings(RULE, synced.result, observed, synced)
    assert finding.key == "target:t"
    assert finding.hint == "Restore targets/incidence.py, or run 'mops-bundle unregister t'"


def test_an_entry_that_a_sync_would_remove_or_ask_about_raises_no_phantom() -> None:
    observed = observation(found_model(), files=["models/network.py"])
    removed = plan_sync(RECORD, observed)
    assert findings(RULE, removed.result, observed, removed) == []
    choice = observation(
        found_model(),
        found_target("incidence_target", "targets/a.py"),
        found_target("incidence_target", "targets/b.py"),
        files=["models/network.py"],
    )
    undecided = plan_sync(RECORD, choice)
    assert undecided.undecided
    assert findings(RULE, undecided.result, choice, undecided) == []


def test_an_id_that_two_entries_share_is_told_apart_in_the_hint() -> None:
    record = registry({"x": model()}, {"x": target()})
    (finding,) = findings(RULE, record, observation(found_model()))
    assert finding.hint.endswith("'mops-bundle unregister target:x'")


def test_one_absent_file_of_several_entries_is_one_finding() -> None:
    record = registry({name: model(name, code=["shared.py"]) for name in ("M1", "M2")})
    assert keys(findings(RULE, record, observation(found_model("M1"), found_model("M2")))) == [
        "model:M1"
    ]
