"""The built-in convention: every import home of every name."""

from __future__ import annotations

import pytest

from modelops_bundle.conventions.calabaria import CALABARIA
from modelops_bundle.conventions.catalog import BUILT_IN

HOMES = {
    "model_bases": ["BaseModel", "base_model.BaseModel", "api.BaseModel"],
    "output_decorators": ["model_output", "decorators.model_output", "api.model_output"],
    "scenario_decorators": ["model_scenario", "decorators.model_scenario", "api.model_scenario"],
    "target_decorators": [
        "calibration_target",
        "decorators.calibration_target",
        "api.calibration_target",
    ],
    "parameter_constructors": [
        "ParameterSpec",
        "parameters.ParameterSpec",
        "parameters.types.ParameterSpec",
        "api.ParameterSpec",
    ],
    "parameter_containers": ["ParameterSpace", "parameters.ParameterSpace"],
    "target_constructors": [
        "Target",
        "LossTarget",
        "LikelihoodTarget",
        "core.target.LossTarget",
        "core.target.LikelihoodTarget",
        "core.target.Target",
    ],
}


@pytest.mark.parametrize("field", HOMES)
@pytest.mark.parametrize("package", ["modelops_calabaria", "calabaria"])
def test_names_are_known_at_all_their_homes(field: str, package: str) -> None:
    known = getattr(CALABARIA, field)
    assert {f"{package}.{home}" for home in HOMES[field]} <= set(known)


def test_near_misses_are_not_known() -> None:
    known = set(CALABARIA.names())
    for name in ("BaseModel", "pydantic.BaseModel", "modelops_calabaria.Model", "cb.BaseModel"):
        assert name not in known


def test_every_name_is_qualified_and_names_are_unique() -> None:
    names = list(CALABARIA.names())
    assert len(names) == len(set(names))
    assert all(part.isidentifier() for name in names for part in name.split("."))


def test_the_catalogue_holds_it() -> None:
    assert CALABARIA in BUILT_IN
