"""Findings as lines that editors and CI understand."""

from __future__ import annotations

from modelops_bundle.cli.render.check import render_check
from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.operations.check import all_findings
from modelops_bundle.operations.report_documents import check_document
from support.golden import assert_golden
from support.reports import (
    ReportFacts,
    ambiguous_report,
    chain_report,
    fresh_report,
    mission_report,
    removal_report,
)


def rendered(report: ReportFacts, *, strict: bool = False) -> str:
    findings = tuple(all_findings(report.plan, report.findings, strict=strict))
    ok = not any(finding.severity is Severity.ERROR for finding in findings)
    lines = render_check(check_document(report, findings, ok=ok), 80)
    return "".join(line + "\n" for line in lines)


def test_each_finding_is_one_line_that_begins_with_its_place() -> None:
    assert_golden("check-stale.txt", rendered(mission_report()))
    assert_golden("check-removal.txt", rendered(removal_report()))
    assert_golden("check-chain.txt", rendered(chain_report()))
    assert_golden("check-ambiguous.txt", rendered(ambiguous_report()))


def test_a_project_in_sync_passes() -> None:
    assert rendered(fresh_report()) == "check ok: no findings.\n"


def test_a_note_is_no_failure_and_a_finding_without_a_place_is_the_registry_s() -> None:
    note = Finding(code="MB318", severity=Severity.INFO, message="No target uses 'x'")
    assert rendered(fresh_report(note)) == (
        ".modelops-bundle/registry.yaml: info MB318 No target uses 'x'\ncheck ok: 1 note.\n"
    )
