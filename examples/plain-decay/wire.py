"""How a worker runs one task of this project: the model's outputs for one set of parameters."""

from __future__ import annotations

from importlib import import_module


def wire(entrypoint: str, parameters: dict[str, float]) -> dict[str, list[tuple[float, float]]]:
    """Run the model `module:Class` and return its outputs, as (time in days, value) pairs."""
    module, name = entrypoint.split(":")
    return getattr(import_module(module), name)().run(parameters)
