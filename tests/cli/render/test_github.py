"""Findings as GitHub's workflow commands."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from modelops_bundle.cli.render.github import github_error, in_repository, render_github
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.operations.check import all_findings
from modelops_bundle.operations.report_documents import check_document
from support.golden import assert_golden
from support.reports import ReportFacts, chain_report, fresh_report, mission_report, removal_report

#: What the runner takes for a command (actions/runner, ActionCommand.cs).
COMMAND = re.compile(r"::(?P<name>\w+) (?P<properties>[^\n]*?)::(?P<message>[^\n]*)")


def rendered(report: ReportFacts, place: BundlePath = ROOT) -> list[str]:
    findings = tuple(all_findings(report.plan, report.findings))
    ok = not any(finding.severity is Severity.ERROR for finding in findings)
    return render_github(check_document(report, findings, ok=ok), place)


def many(code: str, severity: Severity, count: int) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=code,
            severity=severity,
            message=f"number {at:02}",
            location=Location(BundlePath("a.py"), at),
        )
        for at in range(1, count + 1)
    )


def test_the_annotations_of_stale_projects() -> None:
    text = "\n".join(
        line
        for report in (mission_report(), removal_report(), chain_report())
        for line in rendered(report)
    )
    assert_golden("check-github.txt", text + "\n")


def test_every_line_of_it_is_one_command_or_the_verdict() -> None:
    *commands, verdict = rendered(mission_report())
    assert all(COMMAND.fullmatch(line) for line in commands)
    assert verdict == "check failed: 2 errors."


def test_characters_that_end_a_command_are_escaped() -> None:
    place = Location(BundlePath("odd: name, 100%.py"), 7, 3)
    odd = Finding(
        code="MB302",
        severity=Severity.ERROR,
        message="50% of a:b, is\r\ngone::error::x",
        location=place,
    )
    command, _ = rendered(fresh_report(odd))
    assert command == (
        "::error file=odd%3A name%2C 100%25.py,line=7,col=3,title=MB302 Data missing"
        "::50%25 of a:b, is%0D%0Agone::error::x"
    )


def test_more_than_github_shows_are_counted_and_listed_in_the_log() -> None:
    errors = many("MB302", Severity.ERROR, 12)
    notes = many("MB318", Severity.INFO, 10)
    lines = rendered(fresh_report(*errors, *notes))
    commands = [line.split("::")[1].split()[0] for line in lines if line.startswith("::")]
    assert commands == ["error"] * 10 + ["notice"] * 10
    assert lines[9] == (
        "::error title=3 more errors::3 more errors: the log of this step lists them"
    )
    assert lines[-5:] == [
        "Not shown as annotations:",
        *(f"- a.py:{at}: error MB302 number {at}" for at in (10, 11, 12)),
        "check failed: 12 errors, 10 notes.",
    ]


def test_a_name_in_the_log_does_not_pass_for_a_command() -> None:
    place = Location(BundlePath("::stop-commands::x ##[debug]"), 1)
    odd = [replace(one, location=place) for one in many("MB302", Severity.ERROR, 11)]
    *_, first, second, _ = rendered(fresh_report(*odd))
    assert first.startswith("- ::stop-commands::x ## [debug]:1: error MB302 ")
    assert second.startswith("- ")


def test_paths_are_those_of_the_repository() -> None:
    first, *_ = rendered(mission_report(), BundlePath("models/sir"))
    assert first.startswith("::error file=models/sir/targets/incidence.py,line=23,")


@pytest.mark.parametrize(
    ("path", "place", "expected"),
    [
        ("a.py", ".", "a.py"),
        ("a.py", "models/sir", "models/sir/a.py"),
        ("../jobs/a.json", "models/sir", "models/jobs/a.json"),
        ("../../a.json", "models/sir", "a.json"),
        ("../../../a.json", "models/sir", "../a.json"),
        ("../a.json", ".", "../a.json"),
        ("/elsewhere/a.json", "models/sir", "/elsewhere/a.json"),
    ],
)
def test_a_path_goes_up_from_the_project(path: str, place: str, expected: str) -> None:
    assert in_repository(path, BundlePath(place)) == expected


def test_an_error_without_a_file_is_an_annotation_of_the_run() -> None:
    command = github_error(
        {
            "code": "MB001",
            "severity": "error",
            "entity": "",
            "message": "no project",
            "hint": "make one",
            "path": None,
            "line": None,
            "column": None,
        },
        ROOT,
    )
    assert command == "::error title=MB001 Check could not be made::no project%0Amake one"
