"""A stand-in for the modelling framework: registers what the real one registers, and no more.

It lets tests compare what a class really offers once it is imported with what the analysis says.
Written from the observed behaviour of the framework: decorators check the function's parameters
and leave notes on it; a model class takes over the notes of the first model in its resolution
order, then adds its own; an instance registers them, then calls the hook for scenarios.
`benchmarks/runtime_oracle.py --framework` compares the two on generated projects.
"""

from __future__ import annotations

import inspect
import sys
import types
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

NAME = "modelops_calabaria"


@dataclass(frozen=True)
class ParameterSpec:
    name: str
    lower: float
    upper: float
    kind: str = "float"
    doc: str = ""

    def __post_init__(self) -> None:
        if self.lower > self.upper:
            raise ValueError("bounds")


@dataclass(frozen=True)
class ParameterSpace:
    specs: Any = field(default_factory=list)

    def __post_init__(self) -> None:
        names = [spec.name for spec in self.specs]
        if len(set(names)) != len(names):
            raise ValueError("duplicate parameters")
        object.__setattr__(self, "specs", tuple(self.specs))

    def names(self) -> list[str]:
        return [spec.name for spec in self.specs]


class ScenarioSpec:
    def __init__(self, name: str, doc: str = "", **patches: Any) -> None:
        self.name, self.doc, self.patches = name, doc, patches


class BaseModel(ABC):
    PARAMS: Any = None
    CONFIG: Any = None

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if not isinstance(cls.PARAMS, ParameterSpace):
            raise TypeError(f"{cls.__name__}.PARAMS is no ParameterSpace")
        # Attribute lookup: the nearest model's, whatever further bases hold.
        outputs = dict(getattr(cls, "registered_outputs", {}))
        scenarios = dict(getattr(cls, "registered_scenarios", {}))
        for attribute, value in cls.__dict__.items():
            if not callable(value):
                continue
            if getattr(value, "output_noted", False):
                outputs[value.output_note] = attribute
            if getattr(value, "scenario_noted", False):
                scenarios[value.scenario_note] = attribute
        cls.registered_outputs, cls.registered_scenarios = outputs, scenarios

    registered_outputs: dict[str, str]
    registered_scenarios: dict[str, str]

    def __init__(self) -> None:
        self.space = type(self).PARAMS
        self._scenarios: dict[str, Any] = {"baseline": ScenarioSpec("baseline")}
        self._outputs: dict[str, Any] = {}
        self._register_discovered()
        self.setup_scenarios()

    def _register_discovered(self) -> None:
        for name, attribute in sorted(self.registered_outputs.items()):
            if not callable(method := getattr(self, attribute)):
                raise TypeError(f"{name} is not callable")
            self._outputs[name] = method
        for name, attribute in sorted(self.registered_scenarios.items()):
            self._scenarios[name] = getattr(self, attribute)()

    def setup_scenarios(self) -> None:  # noqa: B027
        """A hook."""

    @abstractmethod
    def build_sim(self, params: Any, config: Any) -> Any: ...

    @abstractmethod
    def run_sim(self, state: Any, seed: int) -> Any: ...

    def extract_outputs(self, raw: Any, seed: int) -> Any:
        return dict(self._outputs)


def _checked(function: Any, count: int) -> None:
    if isinstance(function, staticmethod | classmethod):
        raise TypeError("not an instance method")
    parameters = list(inspect.signature(function).parameters)
    if len(parameters) != count or parameters[0] != "self":
        raise TypeError("other parameters are needed")


def model_output(name: str, metadata: Any = None) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        _checked(function, 3)
        function.output_noted = True
        function.output_note = name
        return function

    return mark


def model_scenario(name: str) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        _checked(function, 1)

        def scenario(self: Any) -> Any:
            result = function(self)
            if not isinstance(result, ScenarioSpec):
                raise TypeError("no scenario")
            if result.name != name:
                raise ValueError("another scenario")
            return result

        scenario.scenario_noted = True  # type: ignore[attr-defined]
        scenario.scenario_note = name  # type: ignore[attr-defined]
        scenario.__name__ = function.__name__
        scenario.__module__ = function.__module__
        return scenario

    return mark


def calibration_target(**metadata: Any) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        function._target_metadata = metadata

        def target() -> Any:
            return function(metadata.get("data", {}))

        target._target_metadata = metadata  # type: ignore[attr-defined]
        target.__name__ = function.__name__
        return target

    return mark


@dataclass
class LossTarget:
    name: str
    model_output: str
    data: Any = None
    alignment: Any = None
    evaluator: Any = None


_DECORATORS = (model_output, model_scenario, calibration_target)
_PARAMETERS = (ParameterSpec, ParameterSpace)
_PUBLIC = (BaseModel, ScenarioSpec, *_DECORATORS, *_PARAMETERS)
_MODULES = {
    NAME: _PUBLIC,
    f"{NAME}.api": _PUBLIC,
    f"{NAME}.base_model": (BaseModel,),
    f"{NAME}.decorators": _DECORATORS,
    f"{NAME}.scenarios": (ScenarioSpec,),
    f"{NAME}.parameters": _PARAMETERS,
    f"{NAME}.parameters.types": _PARAMETERS,
    f"{NAME}.core": (),
    f"{NAME}.core.target": (LossTarget,),
}


def install() -> None:
    """Make the stand-in importable by the framework's name, in this process."""
    for name, items in _MODULES.items():
        module = types.ModuleType(name)
        for item in items:
            setattr(module, item.__name__, item)
        module.__all__ = [item.__name__ for item in items]  # type: ignore[attr-defined]
        module.__path__ = []  # type: ignore[attr-defined]
        sys.modules[name] = module
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)
