"""MB323 warns where the code says, without doubt, something else than a person."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import ListFact, Unresolved
from modelops_bundle.preflight.rules.mb323_declaration_contradicted import RULE
from support.preflight import findings
from support.registries import (
    declared,
    found_model,
    found_target,
    model,
    observation,
    registry,
    target,
    unresolved,
)

TARGET = registry(targets={"t": target(declared=declared(model_output="prevalence"))})
MODEL = registry({"sir": model(declared=declared(outputs=["prevalence", "incidence"]))})


def test_a_declared_output_that_a_model_does_not_have_is_a_warning() -> None:
    observed = observation(found_model(outputs=("incidence", "deaths"), line=4))
    (finding,) = findings(RULE, MODEL, observed)
    assert finding.severity is Severity.WARNING
    assert finding.key == "model:sir"
    assert finding.message == (
        "Model 'sir' is declared with output 'prevalence', but the code says 'incidence', 'deaths'"
    )
    assert str(finding.location) == "models/sir.py:4"


@pytest.mark.parametrize(
    "outputs",
    [
        ListFact(("incidence", "prevalence", "deaths")),
        ListFact(()),
        ListFact(("incidence",), (unresolved(),)),
    ],
    ids=["has-them", "says-nothing", "leaves-it-open"],
)
def test_a_model_that_does_not_contradict_is_fine(outputs: ListFact) -> None:
    assert findings(RULE, MODEL, observation(found_model(outputs=outputs))) == []


def test_a_declared_output_that_a_target_does_not_have_is_a_warning() -> None:
    (finding,) = findings(RULE, TARGET, observation(found_target(model_output="incidence")))
    assert finding.message == (
        "Target 't' is declared with output 'prevalence', but the code says 'incidence'"
    )


@pytest.mark.parametrize("output", ["prevalence", None, unresolved("name", "a", "b")])
def test_a_target_that_does_not_contradict_is_fine(output: str | Unresolved | None) -> None:
    assert findings(RULE, TARGET, observation(found_target(model_output=output))) == []


def test_without_a_declaration_there_is_nothing_to_contradict() -> None:
    record = registry(
        {"sir": model(declared=declared(data=["a.csv"])), "old": model(declared=None)},
        {"t": target(model_output="prevalence")},
    )
    observed = observation(found_model(outputs=("x",)), found_target(model_output="incidence"))
    assert findings(RULE, record, observed) == []
