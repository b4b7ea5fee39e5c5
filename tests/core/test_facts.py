"""Lists of which the code leaves elements open: what stays, and what the record cannot mean."""

from __future__ import annotations

import pytest

from modelops_bundle.core.observation import ListFact, Unresolved
from modelops_bundle.core.plan import PlanOptions, SyncPlan
from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry
from support.registries import found_model, observation, unresolved


def planned(*open_elements: Unresolved) -> SyncPlan:
    """The plan for a model whose outputs `deaths` and `births` were recorded."""
    before = observation(found_model(outputs=["deaths", "births"]))
    record = plan_sync(BundleRegistry(), before, PlanOptions(discover=True)).result
    after = observation(found_model(outputs=ListFact((), open_elements)))
    return plan_sync(record, after)


@pytest.mark.parametrize(
    ("open_elements", "codes"),
    [
        ((unresolved("a", "deaths", "x"), unresolved("b", "births", "y")), {"MB201"}),
        ((unresolved("a", "deaths", "x"), unresolved("b")), {"MB201"}),
        ((unresolved("a", "deaths", "x"), unresolved("b", "y")), {"MB202"}),
    ],
    ids=["each is a candidate of one", "one has no known candidates", "one is none of them"],
)
def test_open_elements_together_account_for_the_recorded_names(
    open_elements: tuple[Unresolved, ...], codes: set[str]
) -> None:
    plan = planned(*open_elements)
    assert {finding.code for finding in plan.findings} == codes
    assert plan.result.models["sir_sir"].outputs == ("deaths", "births")
