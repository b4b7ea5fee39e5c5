"""Random projects of several files, with models or with targets."""

from __future__ import annotations

import random
from collections.abc import Callable

from support.oracle.accents import COMPAT, Accent, accent
from support.oracle.classes import header, indented, mixin, model
from support.oracle.targets import target_module
from support.oracle.texts import constants_module, text

#: File -> source. Files whose name starts with "models" or "targets" are asked about.
Project = dict[str, str]

_LIBRARY = ("Mixin", "Plain", "LibA", "LibB")
_ALL = ", ".join(_LIBRARY)


def model_project(dice: random.Random) -> Project:
    """Constants, a library of mixins and bases, and two modules of models."""
    files = {"consts.py": constants_module(dice), "compat.py": COMPAT}
    spelt, more = dice.choice(_LAYOUTS)(dice)
    files.update(more)
    here = accent(dice)
    lines, names = _import_library(dice, spelt)
    body, bound = _models(dice, here, lines, names)
    files["models.py"] = body
    if dice.random() < 0.5:
        there = accent(dice)
        taken = [name for name in bound if name.isidentifier()]
        how = dice.choice(("from models import *", f"from models import {', '.join(taken)}"))
        if dice.random() < 0.2:
            how, taken = "import models as base", [f"base.{name}" for name in taken]
        files["models_more.py"] = "\n".join(
            [
                header(dice, there),
                how,
                model(dice, there, "Extra", [], taken),
                model(dice, there, "Last", [], [*taken, "Extra"]),
                "",
            ]
        )
    return files


def _library(dice: random.Random) -> str:
    here = accent(dice)
    return "\n".join(
        [
            header(dice, here),
            mixin(dice, here, "Mixin", ""),
            mixin(dice, here, "Plain", dice.choice(("(Mixin)", "", "(abc.ABC)"))),
            model(dice, here, "LibA", ["Mixin"], []),
            model(dice, here, "LibB", [], ["LibA"]),
            "",
        ]
    )


def _flat(dice: random.Random) -> tuple[str, Project]:
    return "lib", {"lib.py": _library(dice)}


def _package(dice: random.Random) -> tuple[str, Project]:
    handing_on = (
        "from .core import *",
        f"from .core import {_ALL}",
        f"from pkg.core import {_ALL}\n__all__ = {list(_LIBRARY)!r}",
        "from . import core\n" + "\n".join(f"{name} = core.{name}" for name in _LIBRARY),
        f"try:\n    from .core import {_ALL}\nexcept ImportError:\n    raise",
    )
    return "pkg", {"pkg/__init__.py": dice.choice(handing_on) + "\n", "pkg/core.py": _library(dice)}


def _twice_removed(dice: random.Random) -> tuple[str, Project]:
    return "front", {
        "front.py": "from pkg.middle import *\n",
        "pkg/middle.py": f"from .core import {_ALL}\n",
        "pkg/core.py": _library(dice),
    }


def _renamed(dice: random.Random) -> tuple[str, Project]:
    front = "\n".join(f"from core import {name} as My{name}" for name in _LIBRARY)
    back = "\n".join(f"{name} = My{name}" for name in _LIBRARY)
    return "front", {"front.py": f"{front}\n{back}\n", "core.py": _library(dice)}


_LAYOUTS: tuple[Callable[[random.Random], tuple[str, Project]], ...] = (
    _flat,
    _flat,
    _package,
    _twice_removed,
    _renamed,
)


def _import_library(dice: random.Random, module: str) -> tuple[str, list[str]]:
    """Import lines, and how the mixin, the plain class and the two models are called then."""
    return dice.choice(
        (
            (f"from {module} import *", list(_LIBRARY)),
            (f"from {module} import {_ALL}", list(_LIBRARY)),
            (f"import {module}", [f"{module}.{name}" for name in _LIBRARY]),
            (f"import {module} as far", [f"far.{name}" for name in _LIBRARY]),
            (
                f"from {module} import Mixin as Mx, Plain as Pl, LibA as One_, LibB as Two_",
                ["Mx", "Pl", "One_", "Two_"],
            ),
            (
                f"if RANDOM:\n    from {module} import {_ALL}\n"
                f"else:\n    from {module} import {_ALL}",
                list(_LIBRARY),
            ),
        )
    )


_TAILS = (
    *[""] * 6,
    "del Third",
    "Third = Second",
    "ONE = 'late'",
    "First.m1 = None",
    "First.PARAMS = Second.PARAMS",
    "Second.m2 = lambda self, raw, seed: None",
    "setattr(Third, 'm3', None)",
    "for _c in (First, Second): _c.tag = 'x'",
)


def _models(
    dice: random.Random, here: Accent, imports: str, names: list[str]
) -> tuple[str, list[str]]:
    plain, models = names[:2], names[2:]
    lines = [header(dice, here), imports]
    bound: list[str] = []
    for name in ("First", "Second", "Third"):
        written = model(dice, here, name, plain, models)
        if dice.random() < 0.08:
            test = dice.choice(("consts.FLAG", "not consts.FLAG", "RANDOM", "True", "not RANDOM"))
            other = model(dice, here, name, plain, models)
            written = f"if {test}:\n{indented(written)}\nelse:\n{indented(other)}"
        lines.append(written)
        models = [*models, name]
        bound.append(name)
        if dice.random() < 0.15:
            lines.append(f"{name}Alias = {name}")
            models = [*models, f"{name}Alias"]
    lines.append(_generated(dice, here))
    lines.append(dice.choice(_TAILS))
    return "\n".join(lines) + "\n", bound


_GENERATED = (
    *[""] * 8,
    "Made = type('Made', (First,), {{}})",
    "Made = type('Made', (Second, {base}), {{'note': 1}})",
    "Made = type(First)('Made', (First,), {{}})",
    "Made = type('Made', (First,), {{'extra': {output}({text})(lambda self, raw, seed: None)}})",
    "Made = type('Made', (First,), dict(PARAMS={space}(SPECS)))",
    "def _make(base, label):\n    class Inner(base):\n        @{output}(label)\n"
    "        def made(self, raw, seed): return None\n    return Inner\nMade = _make(First, {text})",
    "Made = classy(First)",
    "for _b in (First, Second):\n"
    "    globals()['Made' + _b.__name__] = type('Made' + _b.__name__, (_b,), {{}})",
    "for _n in ('X', 'Y'):\n    globals()[f'Made{{_n}}'] = type(f'Made{{_n}}', (First,), {{}})",
    "for _n, _p in {{'X': 'a', 'Y': 'b'}}.items():\n"
    "    globals()['Made' + _n] = type('Made' + _n, (First,), "
    "{{'PARAMS': {space}([{spec}(_p, 0, 1)])}})",
    "import sys\nfor _n in ('X', 'Y'):\n"
    "    setattr(sys.modules[__name__], 'Made' + _n, type('Made' + _n, (First,), {{}}))",
    "for _n in (['X'] if RANDOM else ['Y']):\n"
    "    globals()['Made' + _n] = type('Made' + _n, (First,), {{}})",
    "globals().update({{'MadeX': type('MadeX', (First,), {{}})}})",
    "vars()['MadeX'] = type('MadeX', (First,), {{}})",
)


def _generated(dice: random.Random, here: Accent) -> str:
    return dice.choice(_GENERATED).format(
        base=here.base, output=here.output, space=here.space, spec=here.spec, text=text(dice)
    )


def target_project(dice: random.Random) -> Project:
    """Constants, and a module of targets that use them."""
    return {
        "consts.py": constants_module(dice),
        "compat.py": COMPAT,
        "targets.py": target_module(dice),
    }


def project(dice: random.Random) -> Project:
    """Models in two of three, targets in one."""
    return model_project(dice) if dice.random() < 0.67 else target_project(dice)
