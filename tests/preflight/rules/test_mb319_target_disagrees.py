"""MB319 compares what a decorator says with what the body returns."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import Unresolved
from modelops_bundle.preflight.rules.mb319_target_disagrees import RULE
from support.preflight import findings
from support.registries import (
    found_model,
    found_target,
    model,
    observation,
    registry,
    target,
    unresolved,
)

RECORD = registry({"sir": model()}, {"t": target()})


def test_two_different_outputs_are_an_error_at_the_function() -> None:
    observed = observation(found_model(), found_target(body_output="prevalence", line=30))
    (finding,) = findings(RULE, RECORD, observed)
    assert finding.severity is Severity.ERROR
    assert finding.key == "target:t"
    assert finding.message == (
        "The decorator of 'incidence_target' says model output 'incidence', "
        "the target that it returns says 'prevalence'"
    )
    assert str(finding.location) == "targets/incidence.py:30"


@pytest.mark.parametrize(
    ("said", "returned"),
    [
        ("incidence", "incidence"),
        ("incidence", None),
        (None, "prevalence"),
        (unresolved("name", "a", "b"), "prevalence"),
    ],
)
def test_agreement_and_what_cannot_be_compared_are_fine(
    said: str | Unresolved | None, returned: str | None
) -> None:
    observed = observation(found_target(model_output=said, body_output=returned))
    assert findings(RULE, RECORD, observed) == []


def test_an_unregistered_function_is_no_concern() -> None:
    observed = observation(found_target(), found_target("draft", body_output="other", line=50))
    assert findings(RULE, RECORD, observed) == []
