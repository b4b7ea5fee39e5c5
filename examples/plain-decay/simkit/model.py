"""Models: a simulation, and named outputs that are taken from its trajectory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Series = list[tuple[float, float]]
Output = Callable[["Model", Series], Series]
Scenario = Callable[["Model"], Mapping[str, float]]


@dataclass(frozen=True)
class Param:
    """A parameter and the interval that it may lie in."""

    name: str
    lower: float
    upper: float


def output(name: str) -> Callable[[Output], Output]:
    """Mark a method as an output of its model."""

    def mark(method: Output) -> Output:
        method.__dict__["output_name"] = name
        return method

    return mark


def scenario(name: str) -> Callable[[Scenario], Scenario]:
    """Mark a method that returns the parameters which a scenario fixes."""

    def mark(method: Scenario) -> Scenario:
        method.__dict__["scenario_name"] = name
        return method

    return mark


class Model:
    """A simulation that `simulate` runs, with the methods under `output` as its outputs."""

    PARAMS: tuple[Param, ...] = ()

    def simulate(self, parameters: Mapping[str, float]) -> Series:
        """Return the trajectory as (time, value) pairs."""
        raise NotImplementedError

    def run(
        self, parameters: Mapping[str, float], scenario_name: str | None = None
    ) -> dict[str, Series]:
        """Check the parameters, simulate, and take every output.

        Raises:
            ValueError: A parameter is missing, unknown or out of bounds.
        """
        fixed = self._marked("scenario_name")[scenario_name](self) if scenario_name else {}
        values = {**parameters, **fixed}
        if values.keys() != {spec.name for spec in self.PARAMS}:
            raise ValueError(f"parameters should be {[spec.name for spec in self.PARAMS]}")
        for spec in self.PARAMS:
            if not spec.lower <= values[spec.name] <= spec.upper:
                raise ValueError(f"{spec.name} = {values[spec.name]} is out of bounds")
        trajectory = self.simulate(values)
        outputs = self._marked("output_name")
        return {name: method(self, trajectory) for name, method in outputs.items()}

    @classmethod
    def _marked(cls, mark: str) -> dict[str, Callable[..., object]]:
        methods = (getattr(cls, name) for name in dir(cls))
        return {
            method.__dict__[mark]: method
            for method in methods
            if mark in getattr(method, "__dict__", {})
        }
