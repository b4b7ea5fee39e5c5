"""MB305 is about the files of entries, at the line of the error."""

from __future__ import annotations

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.rules.mb305_source_unparsable import RULE
from support.preflight import findings, keys
from support.registries import closure, model, observation, parse_failure, registry, target


def test_an_entry_file_that_cannot_be_parsed_is_an_error_at_its_line() -> None:
    observed = observation(failures=[parse_failure("models/sir.py", 41, "'(' was never closed.")])
    (finding,) = findings(RULE, registry({"sir": model()}), observed)
    assert finding.severity is Severity.ERROR
    assert finding.key == "model:sir"
    assert finding.message == "'models/sir.py' cannot be parsed: '(' was never closed"
    assert finding.hint == "Correct the syntax at models/sir.py:41"
    assert str(finding.location) == "models/sir.py:41"


def test_two_entries_of_one_broken_file_are_one_finding() -> None:
    observed = observation(failures=[parse_failure("models/sir.py")])
    both = registry({"sir": model(), "seir": model("SEIR")})
    assert keys(findings(RULE, both, observed)) == ["model:sir"]


def test_a_broken_helper_or_stranger_is_not_an_error() -> None:
    observed = observation(
        closures=[closure("models/sir.py", "models/helper.py")],
        failures=[parse_failure("models/helper.py"), parse_failure("scripts/draft.py")],
    )
    record = registry({"sir": model(code=["models/helper.py"])}, {"t": target()})
    assert findings(RULE, record, observed) == []


def test_a_file_that_could_not_be_read_is_left_to_the_finding_that_says_so() -> None:
    unreadable = Finding(
        code="MB314", severity=Severity.ERROR, key="models/sir.py", message="Permission denied"
    )
    observed = observation(failures=[parse_failure("models/sir.py")], findings=(unreadable,))
    assert findings(RULE, registry({"sir": model()}), observed) == []
