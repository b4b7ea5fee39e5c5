"""Targets: observations, and the distance of a model's output to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .model import Series


@dataclass(frozen=True)
class Target:
    """Observations of one output of a model."""

    model_output: str
    observed: Series

    def loss(self, outputs: Mapping[str, Series]) -> float:
        """Mean squared difference at the observed times."""
        simulated = dict(outputs[self.model_output])
        return sum((simulated[time] - value) ** 2 for time, value in self.observed) / len(
            self.observed
        )


def target(
    *, model_output: str, data: Mapping[str, str]
) -> Callable[[Callable[[Mapping[str, str]], Target]], Callable[[], Target]]:
    """Mark a function that makes a target of the files in `data`."""

    def mark(function: Callable[[Mapping[str, str]], Target]) -> Callable[[], Target]:
        def load() -> Target:
            made = function(data)
            if made.model_output != model_output:
                raise ValueError(f"{function.__name__} is for {model_output}")
            return made

        return load

    return mark
