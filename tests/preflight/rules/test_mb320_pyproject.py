"""MB320 tells a broken file from none."""

from __future__ import annotations

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.rules.mb320_pyproject import RULE
from support.preflight import findings
from support.registries import observation, project, registry


def test_a_missing_file_is_a_warning() -> None:
    (finding,) = findings(RULE, registry(), observation(project=project(pyproject=False)))
    assert finding.severity is Severity.WARNING
    assert finding.key == ""
    assert finding.hint.startswith("Run 'mops-bundle init'")


def test_a_broken_file_is_an_error_at_its_line() -> None:
    broken = project(pyproject=False, pyproject_problem="Invalid value", pyproject_line=12)
    (finding,) = findings(RULE, registry(), observation(project=broken))
    assert finding.severity is Severity.ERROR
    assert finding.message == "pyproject.toml cannot be read: Invalid value"
    assert finding.hint == "Correct pyproject.toml:12"
    assert str(finding.location) == "pyproject.toml:12"


def test_a_good_file_is_fine() -> None:
    assert findings(RULE, registry(), observation()) == []


def test_a_file_that_cannot_be_read_has_a_finding_of_its_own() -> None:
    unreadable = Finding(
        code="MB314", severity=Severity.ERROR, key="pyproject.toml", message="permission denied"
    )
    observed = observation(project=project(pyproject=False), findings=(unreadable,))
    assert findings(RULE, registry(), observed) == []
