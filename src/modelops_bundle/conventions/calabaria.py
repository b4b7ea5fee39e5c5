"""What ModelOps Calabaria calls models, outputs, scenarios, parameters and targets."""

from __future__ import annotations

from modelops_bundle.conventions.base import Convention, Inheritance

_PACKAGES = ("modelops_calabaria", "calabaria")
_PUBLIC = ("", "api")


def _homes(names: tuple[str, ...], *modules: str) -> tuple[str, ...]:
    return tuple(
        ".".join(part for part in (package, module, name) if part)
        for name in names
        for package in _PACKAGES
        for module in (*_PUBLIC, *modules)
    )


CALABARIA = Convention(
    name="calabaria",
    model_bases=_homes(("BaseModel",), "base_model"),
    required_methods=("build_sim", "run_sim"),
    output_decorators=_homes(("model_output",), "decorators"),
    outputs_attribute="outputs",
    output_hooks=("_register_discovered", "extract_outputs"),
    scenario_decorators=_homes(("model_scenario",), "decorators"),
    implicit_scenarios=("baseline",),
    scenario_hooks=("setup_scenarios", "_register_discovered"),
    inheritance=Inheritance.FIRST_MODEL,
    live_outputs="_outputs",
    live_scenarios="_scenarios",
    parameter_constructors=_homes(("ParameterSpec",), "parameters", "parameters.types"),
    parameter_containers=_homes(("ParameterSpace",), "parameters", "parameters.types"),
    parameters_field="specs",
    parameters_attribute="PARAMS",
    parameter_methods=("parameter_space",),
    target_decorators=_homes(("calibration_target",), "decorators"),
    target_constructors=_homes(
        ("Target", "LossTarget", "LikelihoodTarget"), "core", "core.target", "targets", "target"
    ),
    output_position=1,
)
