"""MB311 reports tracked files that are not there."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.rules.mb311_tracked_missing import RULE
from support.preflight import findings, keys
from support.registries import model, observation, project, registry


def test_an_absent_tracked_file_is_an_error() -> None:
    observed = observation(files=["README.md"], project=project(tracked=["README.md", "notes.md"]))
    (finding,) = findings(RULE, registry(), observed)
    assert finding.severity is Severity.ERROR
    assert finding.key == "notes.md"
    assert finding.message == "Tracked file 'notes.md' is missing"
    assert finding.hint == "Restore notes.md, or run 'mops-bundle remove notes.md'"


def test_a_line_that_is_there_twice_is_one_finding() -> None:
    observed = observation(project=project(tracked=["b", "a", "b"]))
    assert keys(findings(RULE, registry(), observed)) == ["a", "b"]


def test_what_is_there_or_named_by_an_entry_is_not_reported() -> None:
    record = registry({"sir": model(data=["data/pop.csv"])})
    observed = observation(
        files=["a"],
        directories={BundlePath("docs"): ()},
        project=project(tracked=["a", "docs", "data/pop.csv", "models/sir.py"]),
    )
    assert findings(RULE, record, observed) == []
