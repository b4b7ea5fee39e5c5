"""A stand-in for the modelling framework: registers what the real one registers, and no more.

It lets tests compare what a class really offers once it is imported with what the analysis says.
Written from the observed behaviour of the framework (decorators leave notes on functions; a model
class takes over the notes of the first model in its resolution order, then adds its own).
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

NAME = "modelops_calabaria"


class ParameterSpec:
    def __init__(self, name: str, lower: float, upper: float, kind: str = "float") -> None:
        self.name = name
        self.bounds = (lower, upper, kind)


class ParameterSpace:
    def __init__(self, specs: Any = ()) -> None:
        self.specs = tuple(specs)
        names = [spec.name for spec in self.specs]
        if len(set(names)) != len(names):
            raise ValueError("duplicate parameters")


class BaseModel:
    PARAMS: Any = None
    registered_outputs: dict[str, str] = {}  # noqa: RUF012
    registered_scenarios: dict[str, str] = {}  # noqa: RUF012

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if not isinstance(cls.PARAMS, ParameterSpace):
            raise TypeError(f"{cls.__name__}.PARAMS is no ParameterSpace")
        # Attribute lookup: the nearest model's, whatever further bases hold.
        outputs, scenarios = dict(cls.registered_outputs), dict(cls.registered_scenarios)
        for attribute, value in vars(cls).items():
            if not callable(value):
                continue
            if getattr(value, "output_note", None) is not None:
                outputs[value.output_note] = attribute
            if getattr(value, "scenario_note", None) is not None:
                scenarios[value.scenario_note] = attribute
        cls.registered_outputs, cls.registered_scenarios = outputs, scenarios


def model_output(name: str, metadata: Any = None) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        if isinstance(function, staticmethod | classmethod | property):
            raise TypeError("not an instance method")
        function.output_note = name
        return function

    return mark


def model_scenario(name: str) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        if isinstance(function, staticmethod | classmethod | property):
            raise TypeError("not an instance method")

        def scenario(self: Any) -> Any:
            return function(self)

        scenario.scenario_note = name  # type: ignore[attr-defined]
        return scenario

    return mark


def calibration_target(**metadata: Any) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        def target() -> Any:
            return function(metadata.get("data", {}))

        target.metadata = metadata  # type: ignore[attr-defined]
        target.__name__ = function.__name__
        target.__module__ = function.__module__
        return target

    return mark


class LossTarget:
    def __init__(self, name: str, model_output: str, data: Any = None, **rest: Any) -> None:
        self.name, self.model_output, self.data, self.rest = name, model_output, data, rest


_PUBLIC = (
    ParameterSpec,
    ParameterSpace,
    BaseModel,
    model_output,
    model_scenario,
    calibration_target,
)


@contextlib.contextmanager
def importable(folder: Path) -> Iterator[Callable[[str], types.ModuleType]]:
    """Import modules of a folder with the stand-in in the framework's place.

    Everything that was imported is forgotten again afterwards.
    """
    before = set(sys.modules)
    framework = types.ModuleType(NAME)
    for item in _PUBLIC:
        setattr(framework, item.__name__, item)
    framework.__all__ = [item.__name__ for item in _PUBLIC]  # type: ignore[attr-defined]
    core = types.ModuleType(f"{NAME}.core")
    target = types.ModuleType(f"{NAME}.core.target")
    target.LossTarget = LossTarget  # type: ignore[attr-defined]
    core.target = target  # type: ignore[attr-defined]
    framework.core = core  # type: ignore[attr-defined]
    sys.modules.update({NAME: framework, core.__name__: core, target.__name__: target})
    sys.path.insert(0, str(folder))
    writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    importlib.invalidate_caches()
    try:
        yield importlib.import_module
    finally:
        sys.dont_write_bytecode = writing
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            del sys.modules[name]
        importlib.invalidate_caches()
