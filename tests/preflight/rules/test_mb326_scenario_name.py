"""MB326 knows which scenario names the platform accepts."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb326_scenario_name import RULE
from support.preflight import findings
from support.registries import found_model, model, observation, registry


@pytest.mark.parametrize(
    "name", ["Lockdown", "no school", "_baseline", "baseline-", "", "été", "x" * 65, "a\n"]
)
def test_a_refused_name_is_a_warning(name: str) -> None:
    record = registry({"sir": model(scenarios=("baseline", name))})
    (finding,) = findings(RULE, record, observation(found_model(line=3)))
    assert finding.severity is Severity.WARNING
    assert finding.message == f"The platform refuses scenario '{name}' of model 'sir'"
    assert str(finding.location) == "models/sir.py:3"


@pytest.mark.parametrize("name", ["baseline", "a", "7", "no_school-2.1", "x" * 64])
def test_an_accepted_name_is_fine(name: str) -> None:
    assert findings(RULE, registry({"sir": model(scenarios=(name,))})) == []


def test_all_refused_names_of_a_model_are_one_finding() -> None:
    (finding,) = findings(RULE, registry({"sir": model(scenarios=("A", "b", "C"))}))
    assert "'A', 'C'" in finding.message
