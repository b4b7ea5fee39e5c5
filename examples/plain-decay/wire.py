"""How the platform's workers run one task of this project."""

from __future__ import annotations

import json
from importlib import import_module


def wire(entrypoint: str, parameters: dict[str, float], seed: int) -> dict[str, bytes]:
    """Run the model `module:Class`; of each output its (time in days, value) pairs, as JSON.

    Args:
        seed: The task's. This model draws no numbers.
    """
    module, name = entrypoint.split(":")
    outputs = getattr(import_module(module), name)().run(parameters)
    return {output: json.dumps(series).encode() for output, series in outputs.items()}
