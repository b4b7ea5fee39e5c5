"""The documents of `status`, `sync` and `check` have the fields that the contract promises."""

from __future__ import annotations

import json

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import Action, ChangeKind, State
from modelops_bundle.errors import TagMovedError
from modelops_bundle.operations.report_documents import (
    check_document,
    error_document,
    status_document,
    sync_document,
)
from support.reports import (
    OutcomeFacts,
    ambiguous_report,
    chain_report,
    fresh_report,
    mission_report,
    removal_report,
    stale_findings,
)

ENTRY = {"kind", "id", "state", "action", "destructive", "path", "line", "reasons"}
REASON = {"code", "field", "old", "new", "path", "line", "via", "cosmetic", "message"}
FINDING = {"code", "severity", "entity", "message", "hint", "path", "line"}
SUMMARY = {"add", "update", "rename", "move", "remove", "unchanged", "errors", "warnings", "infos"}
TOP = {
    "schema",
    "project",
    "in_sync",
    "entries",
    "additions",
    "unregistered",
    "preflight",
    "summary",
    "remote",
}
REPORTS = (mission_report, removal_report, fresh_report, ambiguous_report, chain_report)


def test_every_field_of_the_contract_is_there() -> None:
    for make in REPORTS:
        document = status_document(make())
        assert document["schema"] == "mops-bundle.status/1"
        assert document.keys() >= TOP
        assert document["summary"].keys() >= SUMMARY
        assert document["remote"].keys() >= {"url", "checked", "state", "digest"}
        for entry in document["entries"]:
            assert entry.keys() >= ENTRY
            assert entry["state"] in set(State)
            assert entry["action"] in set(Action)
            for reason in entry["reasons"]:
                assert reason.keys() >= REASON
        for finding in document["preflight"]:
            assert finding.keys() >= FINDING
        for new in document["additions"]:
            assert new.keys() >= {"kind", "id", "entrypoint", "path", "line"}
        for found in document["unregistered"]:
            assert found.keys() >= {"kind", "entrypoint", "path", "line"}


def test_documents_are_plain_json() -> None:
    for make in REPORTS:
        document = status_document(make())
        assert json.loads(json.dumps(document)) == document


def test_the_mission_case_in_full() -> None:
    document = status_document(mission_report())
    assert document["in_sync"] is False
    entry = next(e for e in document["entries"] if e["id"] == "incidence_target")
    assert (entry["state"], entry["action"], entry["line"]) == ("stale", "rename", 23)
    renamed = next(reason for reason in entry["reasons"] if reason["code"] == "MB101")
    assert renamed["field"] == "entrypoint"
    assert renamed["old"] == "targets.incidence:incidence_target"
    assert renamed["new"] == "targets.incidence:incidence_replicate_mean_target"
    assert document["summary"]["rename"] == document["summary"]["update"] == 1
    assert document["summary"]["warnings"] == 2


def test_counts_add_up_to_the_entries() -> None:
    for make in REPORTS:
        document = status_document(make())
        summary = document["summary"]
        actions = ("update", "rename", "move", "remove", "decide", "unchanged")
        assert sum(summary[action] for action in actions) == len(document["entries"])


def test_a_sync_that_was_written_reports_what_is_left() -> None:
    report = mission_report()
    left = Finding(
        code="MB301",
        severity=Severity.ERROR,
        message="No model provides 'x'",
        location=Location(BundlePath("targets/incidence.py"), 3),
    )
    after = fresh_report(left)
    document = sync_document(OutcomeFacts(report, after=after, written=True))
    assert document["schema"] == "mops-bundle.sync/1"
    assert document["written"] is True
    assert [finding["code"] for finding in document["preflight"]] == ["MB301"]
    assert document["summary"]["errors"] == 1
    assert document["summary"]["rename"] == 1


def test_a_sync_that_was_refused_reports_what_was_found() -> None:
    document = sync_document(OutcomeFacts(removal_report(), refused="destructive"))
    assert (document["written"], document["refused"]) == (False, "destructive")
    assert any(entry["destructive"] for entry in document["entries"])


def test_check_sorts_errors_first_and_counts() -> None:
    error = Finding(code="MB999", severity=Severity.ERROR, message="m")
    document = check_document(mission_report(), (*stale_findings(), error), ok=False)
    assert [finding["code"] for finding in document["findings"]] == ["MB999", "MB110", "MB111"]
    assert (document["errors"], document["warnings"], document["infos"]) == (1, 2, 0)


def test_an_error_says_what_was_not_done_and_what_to_do() -> None:
    error = TagMovedError("tag v1 moved", not_done="nothing was tagged", hint="pull")
    assert error_document(error) == {
        "schema": "mops-bundle.error/1",
        "code": "tag-moved",
        "message": "tag v1 moved; nothing was tagged",
        "hint": "pull",
    }


def test_a_target_set_that_follows_is_described() -> None:
    document = status_document(removal_report())
    (section,) = document["sections"]
    assert section["section"] == "target_set"
    assert section["change"] == ChangeKind.UPDATE
    assert section["messages"] == ["loses prevalence_target"]
