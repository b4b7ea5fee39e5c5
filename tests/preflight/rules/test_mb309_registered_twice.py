"""MB309 tells a symbol with two entries from an id with two meanings."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb309_registered_twice import RULE
from support.preflight import findings
from support.registries import found_target, model, observation, registry, target


def test_two_entries_of_one_symbol_are_an_error_at_the_last() -> None:
    record = registry(targets={"a": target(), "b": target("other"), "c": target()})
    (finding,) = findings(RULE, record, observation(found_target(line=8)))
    assert finding.severity is Severity.ERROR
    assert finding.key == "target:c"
    assert finding.message == (
        "'targets.incidence:incidence_target' is registered more than once: "
        "target 'a' and target 'c'"
    )
    assert finding.hint == "Run 'mops-bundle unregister c'"
    assert str(finding.location) == "targets/incidence.py:8"


def test_a_symbol_that_is_both_model_and_target_is_an_error() -> None:
    record = registry({"m": model("X", "a/b.py")}, {"t": target("X", "a/b.py")})
    (finding,) = findings(RULE, record)
    assert finding.severity is Severity.ERROR
    assert "model 'm' and target 't'" in finding.message


def test_one_id_for_a_model_and_a_target_is_a_warning() -> None:
    (finding,) = findings(RULE, registry({"sir": model()}, {"sir": target()}))
    assert finding.severity is Severity.WARNING
    assert finding.key == "target:sir"
    assert finding.message == "'sir' is the id of a model and of a target"
    assert finding.hint == "Run 'mops-bundle rename target sir NEW_ID'"


def test_near_misses_are_fine() -> None:
    record = registry(
        {"sir": model("SIR", "models/a.py"), "SIR": model("SIR", "models/b.py")},
        {"sir_target": target("SIR", "targets/a.py")},
    )
    assert findings(RULE, record) == []
