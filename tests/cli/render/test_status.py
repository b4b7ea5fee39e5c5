"""`status` for people, against golden files at two widths."""

from __future__ import annotations

import pytest

from modelops_bundle.cli.render.status import render_status
from modelops_bundle.cli.render.sync import render_plan
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.operations.report_documents import status_document
from support.golden import assert_golden
from support.registries import found_model, model, observation, registry
from support.reports import (
    ReportFacts,
    ambiguous_report,
    chain_report,
    fresh_report,
    mission_report,
    removal_report,
)

REPORTS = {
    "stale": mission_report,
    "removal": removal_report,
    "fresh": fresh_report,
    "ambiguous": ambiguous_report,
    "chain": chain_report,
}


def rendered(report: ReportFacts, columns: int = 80, *, verbose: bool = False) -> str:
    lines = render_status(status_document(report), columns, verbose=verbose)
    return "".join(line + "\n" for line in lines)


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", REPORTS)
def test_status_reads_well_at_each_width(name: str, columns: int) -> None:
    assert_golden(f"status-{name}-{columns}.txt", rendered(REPORTS[name](), columns))


@pytest.mark.parametrize("columns", [20, 60, 80, 108, 120, 300])
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_left_out_at_any_width(name: str, columns: int) -> None:
    report = REPORTS[name]()
    document = status_document(report)
    shown = rendered(report, columns)
    for entry in document["entries"]:
        if entry["state"] != "fresh":
            assert f"{entry['kind']} {entry['id']}" in shown
            assert entry["path"] in shown
    for finding in document["preflight"]:
        assert finding["message"] in shown
        assert finding["hint"] in shown


def test_unchanged_entries_and_notes_show_on_request_only() -> None:
    note = Finding(
        code="MB318",
        severity=Severity.INFO,
        message="No target uses the output 'prevalence'",
        location=Location(BundlePath("models/sir.py"), 4),
    )
    report = fresh_report(note)
    assert "Preflight ok (1 note, -v)." in rendered(report)
    assert note.message not in rendered(report)
    assert "  = model sir_starsimsir" in rendered(report, verbose=True)
    assert note.message in rendered(report, verbose=True)


def test_a_hint_is_said_once_for_findings_that_share_it() -> None:
    assert rendered(mission_report()).count("Run 'mops-bundle sync'") == 1


def test_a_finding_names_its_place() -> None:
    error = Finding(
        code="MB301",
        severity=Severity.ERROR,
        key="target:incidence_target",
        message="No model provides the output 'incidnce'",
        hint="Did you mean 'incidence'?",
        location=Location(BundlePath("targets/incidence.py"), 23),
    )
    shown = rendered(fresh_report(error))
    assert "Preflight Errors:" in shown
    assert "targets/incidence.py:23" in shown
    assert "mops-bundle push" not in shown


def test_a_name_too_long_for_the_line_keeps_its_place_on_the_next_one() -> None:
    document = status_document(mission_report())
    document["entries"][1]["id"] = "x" * 70
    lines = render_status(document, 80)
    at = lines.index(f"  ! target {'x' * 70}")
    assert lines[at + 1].strip() == "targets/incidence.py:23"


def test_wide_characters_count_as_two_cells() -> None:
    document = status_document(mission_report())
    plain = render_status(document, 80)
    document["entries"][1]["id"] = "流行_target"
    wide = render_status(document, 80)
    line = next(text for text in wide if "流行" in text)
    other = next(text for text in plain if "! target incidence_target" in text)
    assert len(line) == len(other) - 2


def test_a_list_that_differs_is_named_once_and_apart_from_what_it_gains() -> None:
    record = registry({"sir_starsimsir": model("StarsimSIR")})
    found = found_model("StarsimSIR", parameters=["beta"], scenarios=["baseline", "lockdown"])
    report = ReportFacts(plan_sync(record, observation(found)))
    lines = [line.strip() for line in rendered(report).splitlines()]
    assert "params    +beta" in lines
    assert "scenarios +lockdown" in lines
    planned = render_plan(status_document(report), 80)
    assert "      parameters    +beta" in planned
