"""MB316 reports weights that no calibration can use."""

from __future__ import annotations

import math

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb316_unusable_weight import RULE
from support.preflight import findings
from support.registries import registry, target, target_set


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (-0.5, "gives 'a' the negative weight -0.5"),
        (-math.inf, "gives 'a' the weight -inf, which is not finite"),
        (math.inf, "gives 'a' the weight inf, which is not finite"),
        (math.nan, "gives 'a' the weight nan, which is not finite"),
    ],
)
def test_a_weight_that_cannot_be_used_is_an_error(weight: float, said: str) -> None:
    record = registry(targets={"a": target()}, target_sets={"flu": target_set("a", a=weight)})
    (finding,) = findings(RULE, record)
    assert finding.severity is Severity.ERROR
    assert finding.key == "target_set:flu"
    assert finding.message == f"Target set 'flu' {said}"


@pytest.mark.parametrize("weight", [0, 0.0, -0.0, 1, 1e-300, 1e300])
def test_a_weight_of_zero_or_more_is_fine(weight: float) -> None:
    record = registry(targets={"a": target()}, target_sets={"flu": target_set("a", a=weight)})
    assert findings(RULE, record) == []


def test_a_weight_for_a_target_that_is_not_in_the_set_is_one_error_whatever_its_value() -> None:
    record = registry(
        targets={"a": target(), "b": target("b")},
        target_sets={"flu": target_set("a", b=math.nan), "ok": target_set("b", b=2.0)},
    )
    (finding,) = findings(RULE, record)
    assert finding.message == "Target set 'flu' has a weight for 'b', which is not in it"
    assert finding.hint == "Add 'b' to the set, or take its weight out of registry.yaml"


def test_unset_weights_are_fine() -> None:
    record = registry(targets={"a": target()}, target_sets={"flu": target_set("a")})
    assert findings(RULE, record) == []
