"""MB301 tells missing outputs from unknown ones and suggests what is close."""

from __future__ import annotations

import pytest

from modelops_bundle.core.findings import Severity
from modelops_bundle.core.observation import ListFact
from modelops_bundle.core.plan import Action, State, Verdict
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind
from modelops_bundle.preflight.rules.mb301_output_not_provided import RULE
from support.preflight import findings, keys
from support.registries import (
    found_model,
    found_target,
    model,
    observation,
    plan,
    registry,
    target,
    unresolved,
)


def calibration(wanted: str, *provided: str) -> BundleRegistry:
    models = {"sir": model(outputs=provided)} if provided else {}
    return registry(models, {"t": target(model_output=wanted)})


@pytest.mark.parametrize(
    ("wanted", "provided", "hint"),
    [
        (
            "incidense",
            ("incidence", "prevalence"),
            "Name an output that exists (closest: 'incidence'), or add 'incidense' to a model",
        ),
        (
            "INCIDENCE",
            ("incidence",),
            "Name an output that exists (closest: 'incidence'), or add 'INCIDENCE' to a model",
        ),
        (
            "deaths",
            ("incidence", "prevalence"),
            "Name an output that exists ('incidence', 'prevalence'), or add 'deaths' to a model",
        ),
        ("deaths", (), "Register the model that provides it: mops-bundle register-model PATH"),
        (
            "deaths",
            tuple(f"out{number}" for number in range(9)),
            "Name an output that 'mops-bundle list' shows, or add 'deaths' to a model",
        ),
    ],
)
def test_a_missing_output_is_an_error_with_what_is_closest(
    wanted: str, provided: tuple[str, ...], hint: str
) -> None:
    observed = observation(found_model(outputs=provided), found_target(line=7))
    (finding,) = findings(RULE, calibration(wanted, *provided), observed)
    assert finding.severity is Severity.ERROR
    assert finding.key == "target:t"
    assert (
        finding.message == f"Target 't' expects model output '{wanted}', but no model provides it"
    )
    assert finding.hint == hint
    assert str(finding.location) == "targets/incidence.py:7"


def test_an_output_of_any_model_will_do() -> None:
    both = registry(
        {"sir": model(outputs=("a",)), "seir": model("SEIR", outputs=("b",))},
        {"first": target(model_output="a"), "second": target("other", model_output="b")},
    )
    assert findings(RULE, both) == []


def test_an_unregistered_model_that_has_the_output_is_named() -> None:
    record = calibration("deaths", "incidence")
    seird = found_model("SEIRD", "models/seird.py", outputs=("deaths",))
    (finding,) = findings(RULE, record, synced=plan(record, unregistered=(seird,)))
    assert finding.hint == "Run 'mops-bundle register-model models/seird.py:SEIRD'"


def test_it_is_a_warning_where_a_model_may_have_more_outputs_than_the_code_shows() -> None:
    open_ended = found_model(outputs=ListFact(("incidence",), (unresolved(),)))
    (finding,) = findings(
        RULE, calibration("deaths", "incidence"), observation(open_ended, found_target())
    )
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "Target 't' expects model output 'deaths', "
        "and whether model 'sir' provides it cannot be told from the code"
    )


def test_an_unregistered_model_with_unknown_outputs_does_not_soften_the_error() -> None:
    other = found_model("Other", outputs=ListFact((), (unresolved(),)), line=40)
    observed = observation(found_model(), other, found_target())
    (finding,) = findings(RULE, calibration("deaths", "incidence"), observed)
    assert finding.severity is Severity.ERROR


def test_a_target_without_an_output_is_told_how_to_declare_one() -> None:
    (finding,) = findings(RULE, calibration("", "incidence"), observation(found_target()))
    assert finding.severity is Severity.ERROR
    assert finding.message == "Target 't' names no model output"
    assert finding.hint == (
        "Run 'mops-bundle register-target targets/incidence.py:incidence_target --output NAME'"
    )


def test_a_target_that_waits_for_a_choice_is_left_alone() -> None:
    record = calibration("deaths", "incidence")
    waiting = Verdict(
        key=EntryKey(Kind.TARGET, "t"),
        state=State.AMBIGUOUS,
        action=Action.DECIDE,
        destructive=False,
        path=record.targets["t"].path,
    )
    assert findings(RULE, record, synced=plan(record, verdicts=(waiting,))) == []


def test_each_target_with_a_missing_output_is_one_finding() -> None:
    targets = {f"t{number}": target(f"f{number}", model_output="gone") for number in range(3)}
    assert keys(findings(RULE, registry({"sir": model()}, targets))) == [
        "target:t0",
        "target:t1",
        "target:t2",
    ]
