"""MB308 warns of the second model of a module."""

from __future__ import annotations

from modelops_bundle.core.findings import Severity
from modelops_bundle.preflight.rules.mb308_models_share_module import RULE
from support.preflight import findings, keys
from support.registries import found_model, model, observation, registry, target


def test_two_models_of_one_module_are_a_warning_at_the_second() -> None:
    record = registry({"sir": model("SIR"), "seir": model("SEIR")})
    observed = observation(found_model("SIR", line=4), found_model("SEIR", line=40))
    (finding,) = findings(RULE, record, observed)
    assert finding.severity is Severity.WARNING
    assert finding.key == "model:seir"
    assert finding.message == (
        "Models 'sir' and 'seir' share models/sir.py: "
        "workers that are sent only the module run 'sir'"
    )
    assert str(finding.location) == "models/sir.py:40"


def test_many_models_of_one_module_are_one_finding_per_module() -> None:
    models = {
        f"{stem}{number}": model(f"M{number}", f"models/{stem}.py")
        for stem in ("a", "b")
        for number in range(3)
    }
    assert keys(findings(RULE, registry(models))) == ["model:a1", "model:b1"]


def test_near_misses_are_fine() -> None:
    apart = registry({"a": model("A", "models/a.py"), "b": model("A", "models/b.py")})
    assert findings(RULE, apart) == []
    with_target = registry({"a": model("A", "models/a.py")}, {"t": target(path="models/a.py")})
    assert findings(RULE, with_target) == []


def test_one_model_with_two_ids_is_left_to_mb309() -> None:
    assert findings(RULE, registry({"a": model("A"), "b": model("A")})) == []
