"""The ways in which a module gets hold of the framework's names."""

from __future__ import annotations

import random
from dataclasses import dataclass

_NAMES = ("BaseModel", "model_output", "model_scenario", "ParameterSpec", "ParameterSpace")
_ALL = ", ".join((*_NAMES, "ScenarioSpec", "calibration_target"))
_HOMES = """\
from modelops_calabaria.base_model import BaseModel
from modelops_calabaria.decorators import model_output, model_scenario, calibration_target
from modelops_calabaria.parameters import ParameterSpec, ParameterSpace
from modelops_calabaria.scenarios import ScenarioSpec"""


@dataclass(frozen=True, slots=True)
class Accent:
    """How one module spells the framework: import lines, and an expression for each name."""

    lines: str
    base: str = "BaseModel"
    output: str = "model_output"
    scenario: str = "model_scenario"
    spec: str = "ParameterSpec"
    space: str = "ParameterSpace"
    made: str = "ScenarioSpec"
    target: str = "calibration_target"


def _through(lines: str, module: str) -> Accent:
    names = (*_NAMES, "ScenarioSpec", "calibration_target")
    return Accent(lines, *(f"{module}.{name}" for name in names))


#: `compat` is a module of the project that hands the framework on.
ACCENTS = (
    _through("import modelops_calabaria as cb", "cb"),
    _through("import modelops_calabaria as cb", "cb"),
    _through("import modelops_calabaria", "modelops_calabaria"),
    _through("import modelops_calabaria.api as api", "api"),
    _through("from modelops_calabaria import api", "api"),
    _through("import importlib\ncb = importlib.import_module('modelops_calabaria')", "cb"),
    _through("try:\n    import modelops_calabaria as cb\nexcept ImportError:\n    cb = None", "cb"),
    _through("import compat", "compat.cb"),
    _through("from compat import cb as fw", "fw"),
    Accent(f"from modelops_calabaria import {_ALL}"),
    Accent("from modelops_calabaria import *"),
    Accent(f"from modelops_calabaria.api import ({_ALL})"),
    Accent(_HOMES),
    Accent("from compat import *"),
    Accent(f"from compat import {_ALL}"),
    Accent(
        "from modelops_calabaria import BaseModel as Base, model_output as mo\n"
        "from modelops_calabaria import model_scenario as ms, ParameterSpec as P\n"
        "from modelops_calabaria import ParameterSpace as Space, ScenarioSpec as S\n"
        "from modelops_calabaria import calibration_target as ct",
        "Base",
        "mo",
        "ms",
        "P",
        "Space",
        "S",
        "ct",
    ),
    Accent(
        "import modelops_calabaria as cb\n"
        "Base, mo = cb.BaseModel, cb.model_output\n"
        "ms = cb.model_scenario\n"
        "P = cb.ParameterSpec\nSpace = cb.ParameterSpace\nS = cb.ScenarioSpec\n"
        "ct = cb.calibration_target",
        "Base",
        "mo",
        "ms",
        "P",
        "Space",
        "S",
        "ct",
    ),
)

COMPAT = f"import modelops_calabaria as cb\nfrom modelops_calabaria import {_ALL}\n"


def accent(dice: random.Random) -> Accent:
    """One of them."""
    return dice.choice(ACCENTS)
