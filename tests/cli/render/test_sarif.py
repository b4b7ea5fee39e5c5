"""Findings as SARIF logs, validated against the schema that OASIS publishes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from modelops_bundle import __version__
from modelops_bundle.cli.render.sarif import sarif_log
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import ROOT, BundlePath
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
from support.sarif import assert_sarif


def log_of(report: ReportFacts, place: BundlePath = ROOT) -> Any:
    findings = tuple(all_findings(report.plan, report.findings))
    ok = not any(finding.severity is Severity.ERROR for finding in findings)
    log = json.loads(json.dumps(sarif_log(check_document(report, findings, ok=ok), place)))
    assert_sarif(log)
    return log


def results(report: ReportFacts, place: BundlePath = ROOT) -> list[Any]:
    found: list[Any] = log_of(report, place)["runs"][0]["results"]
    return found


def finding(path: str, line: int = 0, column: int = 0, key: str = "") -> Finding:
    return Finding(
        code="MB302",
        severity=Severity.ERROR,
        message="is gone",
        key=key,
        location=Location(BundlePath(path), line, column),
    )


def uri(report: ReportFacts, place: BundlePath = ROOT) -> str:
    physical = results(report, place)[0]["locations"][0]["physicalLocation"]
    found: str = physical["artifactLocation"]["uri"]
    return found


def test_the_log_of_a_stale_project() -> None:
    text = json.dumps(log_of(mission_report()), indent=2) + "\n"
    version = json.dumps(__version__)
    assert version in text
    assert_golden("check-stale.sarif", text.replace(version, '"VERSION"'))


@pytest.mark.parametrize(
    "report",
    [fresh_report(), removal_report(), chain_report(), ambiguous_report()],
    ids=["fresh", "removal", "chain", "ambiguous"],
)
def test_every_log_is_valid(report: ReportFacts) -> None:
    assert log_of(report)["runs"][0]["invocations"] == [{"executionSuccessful": True}]


def test_the_schema_refuses_what_is_no_log() -> None:
    log = log_of(mission_report())
    log["runs"][0]["results"][0]["level"] = "info"
    with pytest.raises(AssertionError, match="'info' is not one of"):
        assert_sarif(log)
    assert jsonschema.Draft4Validator.FORMAT_CHECKER.checkers


def test_severities_become_levels() -> None:
    found = [replace(finding("a.py", 1, key="a"), severity=severity) for severity in Severity]
    levels = [result["level"] for result in results(fresh_report(*found))]
    assert levels == ["error", "warning", "note"]


def test_names_are_percent_encoded_and_stay_in_the_repository() -> None:
    assert uri(fresh_report(finding("data/a b%é:#?.csv"))) == "data/a%20b%25%C3%A9%3A%23%3F.csv"
    assert uri(fresh_report(finding("a.py")), BundlePath("my models")) == "my%20models/a.py"
    assert uri(fresh_report(finding("../jobs/a.json")), BundlePath("sir")) == "jobs/a.json"


def test_a_name_that_is_not_utf_8_keeps_its_bytes() -> None:
    assert uri(fresh_report(finding("data/\udcff.csv"))) == "data/%FF.csv"


def test_a_finding_of_a_whole_file_is_at_its_first_line() -> None:
    (whole,) = results(fresh_report(finding("a.csv")))
    assert whole["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    (exact,) = results(fresh_report(finding("a.csv", 3, 5)))
    region = exact["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 5}


def test_a_fingerprint_outlives_an_edit_above_it() -> None:
    def fingerprints(line: int) -> list[Any]:
        report = fresh_report(finding("a.py", line, key="model:a"), finding("a.py", line + 9))
        return [result["partialFingerprints"] for result in results(report)]

    assert fingerprints(3) == fingerprints(40)


def test_projects_of_one_repository_have_runs_of_their_own() -> None:
    run = log_of(fresh_report(), BundlePath("models/sir"))["runs"][0]
    assert run["automationDetails"] == {"id": "mops-bundle/models/sir/"}
