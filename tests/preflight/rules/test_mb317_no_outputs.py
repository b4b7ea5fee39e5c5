"""MB317 warns of models that nothing can be compared with."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import ListFact
from modelops_bundle.preflight.rules.mb317_no_outputs import RULE
from support.preflight import findings
from support.registries import found_model, model, observation, registry, target, unresolved

RECORD = registry({"sir": model(outputs=())}, {"t": target()})


def test_a_model_without_outputs_is_a_warning() -> None:
    (finding,) = findings(RULE, RECORD, observation(found_model(outputs=(), line=9)))
    assert finding.severity is Severity.WARNING
    assert finding.key == "model:sir"
    assert finding.message == "Model 'sir' has no outputs, so no target can be compared with it"
    assert finding.hint == "Run 'mops-bundle register-model models/sir.py:SIR --output NAME'"
    assert str(finding.location) == "models/sir.py:9"


def test_outputs_that_the_code_leaves_open_are_left_to_mb201() -> None:
    observed = observation(found_model(outputs=ListFact((), (unresolved(),))))
    assert findings(RULE, RECORD, observed) == []


def test_a_model_with_an_output_is_fine() -> None:
    assert findings(RULE, registry({"sir": model(outputs=("a",))})) == []
