"""The plan as findings."""

from __future__ import annotations

from dataclasses import replace

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.operations.check import all_findings
from support.registries import closure, found_model, model, observation, registry
from support.reports import fresh_report, mission_report, stale_findings, synced


def test_a_plan_that_is_empty_has_no_findings() -> None:
    assert list(all_findings(fresh_report().plan, ())) == []


def test_each_stale_entry_is_one_error_at_its_place() -> None:
    findings = list(all_findings(mission_report().plan, stale_findings()))
    assert [(f.key, f.severity, str(f.location)) for f in findings] == [
        ("target:incidence_target", Severity.ERROR, "targets/incidence.py:23"),
        ("target:incidence_annealed_target", Severity.ERROR, "targets/incidence.py:62"),
    ]


def test_a_cosmetic_change_is_an_error_under_strict_only() -> None:
    before = observation(found_model("SIR"), closures=[closure("models/sir.py")])
    record = synced(registry({"sir": model("SIR")}), before)
    touched = closure("models/sir.py")
    after = observation(
        found_model("SIR"), closures=[touched], files={"models/sir.py": "a comment more"}
    )
    after = replace(after, closures=before.closures)
    plan = plan_sync(record, after)
    assert [verdict.state.value for verdict in plan.verdicts] == ["cosmetic"]
    assert [f.severity for f in all_findings(plan, ())] == [Severity.WARNING]
    assert [f.severity for f in all_findings(plan, (), strict=True)] == [Severity.ERROR]
