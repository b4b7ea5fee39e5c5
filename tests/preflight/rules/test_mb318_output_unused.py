"""MB318 notes outputs that no target uses, once per model."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb318_output_unused import RULE
from support.preflight import findings, keys
from support.registries import found_model, model, observation, registry, target


def test_the_unused_outputs_of_a_model_are_one_info() -> None:
    record = registry({"sir": model(outputs=("a", "incidence", "b"))}, {"t": target()})
    (finding,) = findings(RULE, record, observation(found_model(line=2)))
    assert finding.severity is Severity.INFO
    assert finding.key == "model:sir"
    assert finding.message == "No target uses 'a', 'b' of model 'sir'"
    assert str(finding.location) == "models/sir.py:2"


def test_an_output_that_any_target_uses_is_fine_for_all_models() -> None:
    record = registry(
        {"sir": model(), "seir": model("SEIR", outputs=("incidence",)), "none": model(outputs=())},
        {"t": target()},
    )
    assert findings(RULE, record) == []


def test_without_targets_each_model_is_noted() -> None:
    assert keys(findings(RULE, registry({"a": model("A"), "b": model("B")}))) == [
        "model:a",
        "model:b",
    ]
