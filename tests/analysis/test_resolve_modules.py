"""Names that come from other files of the project."""

from __future__ import annotations

import pytest

from support.analysis import said

CASES: dict[str, tuple[str, str, list[str], dict[str, str]]] = {
    "from import": ("from consts import X", "X", ["a"], {"consts": "X = 'a'"}),
    "import": ("import consts as c", "c.X", ["a"], {"consts": "X = 'a'"}),
    "a dotted import": ("import pkg.consts", "pkg.consts.X", ["a"], {"pkg__consts": "X = 'a'"}),
    "a submodule": ("from pkg import consts", "consts.X", ["a"], {"pkg__consts": "X = 'a'"}),
    "a re-export": (
        "from pkg import X as Y",
        "Y",
        ["a"],
        {"pkg____init__": "from .consts import X", "pkg__consts": "X = 'a'"},
    ),
    "a star re-export": (
        "from pkg import *",
        "X",
        ["a"],
        {"pkg____init__": "from .consts import *", "pkg__consts": "X = 'a'"},
    ),
    "a star of what may be there": (
        "X = 'b'\nfrom consts import *",
        "X",
        ["a", "b"],
        {"consts": "if cond():\n    X = 'a'"},
    ),
    "getattr of what a module may have": (
        "import consts\nX = getattr(consts, 'X', 'b')",
        "X",
        ["a", "b"],
        {"consts": "if cond():\n    X = 'a'"},
    ),
    "a star leaves private names": ("from consts import *", "_X", ["?"], {"consts": "_X = 'a'"}),
    "unless __all__ names them": (
        "from consts import *",
        "_X",
        ["a"],
        {"consts": "__all__ = ['_X']\n_X = 'a'"},
    ),
    "a star takes only what __all__ names": (
        "X = 'b'\nfrom consts import *",
        "X",
        ["b"],
        {"consts": "__all__ = ['Y']\nX = 'a'\nY = 'y'"},
    ),
    "__all__ that grows": (
        "X = 'b'\nfrom consts import *",
        "X",
        ["?", "a", "b"],
        {"consts": "__all__ = ['Y']\n__all__.append('X')\nX = 'a'\nY = 'y'"},
    ),
    "__all__ that is added to": (
        "X = 'b'\nfrom consts import *",
        "X",
        ["a"],
        {"consts": "__all__ = ['Y']\n__all__ += ['X']\nX = 'a'\nY = 'y'"},
    ),
    "a later star wins": ("X = 'b'\nfrom consts import *", "X", ["a"], {"consts": "X = 'a'"}),
    "an earlier star loses": ("from consts import *\nX = 'b'", "X", ["b"], {"consts": "X = 'a'"}),
    "the last star wins": (
        "from one import *\nfrom two import *",
        "X",
        ["2"],
        {"one": "X = '1'", "two": "X = '2'"},
    ),
    "a conditional star": (
        "X = 'b'\nif f():\n    from consts import *",
        "X",
        ["a", "b"],
        {"consts": "X = 'a'"},
    ),
    "a foreign star after a constant": ("X = 'b'\nfrom numpy import *", "X", ["?", "b"], {}),
    "a foreign star before it": ("from numpy import *\nX = 'b'", "X", ["b"], {}),
    "the framework's star": (
        "from modelops_calabaria import *",
        "model_output",
        ["modelops_calabaria.model_output"],
        {},
    ),
    "a foreign star beside the framework": (
        "from modelops_calabaria import model_output\nfrom numpy import *",
        "model_output",
        ["modelops_calabaria.model_output"],
        {},
    ),
    "set in two branches elsewhere": (
        "from consts import X",
        "X",
        ["a", "b"],
        {"consts": "if f():\n    X = 'a'\nelse:\n    X = 'b'"},
    ),
    "a test on an imported constant": (
        "from consts import D\nX = 'a' if D else 'b'",
        "X",
        ["b"],
        {"consts": "D = False"},
    ),
    "a branch on an imported constant": (
        "from consts import D\nif D:\n    X = 'a'\nelse:\n    X = 'b'",
        "X",
        ["a"],
        {"consts": "D = True"},
    ),
    "a name that is not there": ("from consts import X", "X", ["?"], {"consts": "Y = 'a'"}),
    "a module with __getattr__": (
        "from consts import X",
        "X",
        ["?"],
        {"consts": "def __getattr__(name): return name"},
    ),
    "a module that does not parse": ("from consts import X", "X", ["?"], {"consts": "X = ("}),
    "patched by the importer": (
        "import consts\nconsts.X = 'b'",
        "consts.X",
        ["?", "a"],
        {"consts": "X = 'a'"},
    ),
    "patched by a third file": (
        "import patch\nfrom consts import X",
        "X",
        ["?", "a"],
        {"consts": "X = 'a'", "patch": "import consts\nconsts.X = 'b'"},
    ),
    "an equal name patched elsewhere": (
        "import patch\nfrom consts import X",
        "X",
        ["a"],
        {"consts": "X = 'a'", "patch": "import other\nother.X = 'b'", "other": "X = 'c'"},
    ),
    "a list changed by a third file": (
        "import patch\nfrom consts import L",
        "L[0]",
        ["?"],
        {"consts": "L = ['a']", "patch": "from consts import L as M\nM.insert(0, 'b')"},
    ),
    "a list changed as an attribute": (
        "import patch, consts",
        "consts.L[0]",
        ["?"],
        {"consts": "L = ['a']", "patch": "import consts\nconsts.L.insert(0, 'b')"},
    ),
    "a class attribute patched elsewhere": (
        "import patch\nfrom consts import N",
        "N.A",
        ["?", "a"],
        {"consts": "class N:\n    A = 'a'", "patch": "from consts import N\nN.A = 'b'"},
    ),
    "files that import each other": ("from b import X", "X", ["a"], {"b": "import main\nX = 'a'"}),
    "half-made in a circle": (
        "from b import X",
        "X",
        ["?", "b"],
        {"b": "X = 'a'\nimport main\nX = 'b'"},
    ),
    "names that import each other": ("from b import X", "X", ["?"], {"b": "from main import X"}),
    "stars that import each other": ("from b import *", "X", ["?"], {"b": "from main import *"}),
    "a folder with the framework's name": (
        "import modelops_calabaria as cb",
        "cb.model_output",
        ["modelops_calabaria.model_output"],
        {"modelops_calabaria__data__x": ""},
    ),
    "a submodule hidden by a name": (
        "import pkg.f",
        "pkg.f",
        ["f"],
        {"pkg____init__": "from .f import f", "pkg__f": "def f(): pass"},
    ),
    "a submodule that may replace a name": (
        "import pkg.f",
        "pkg.f",
        ["a", "pkg.f"],
        {"pkg____init__": "f = 'a'", "pkg__f": "def f(): pass"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_names_across_files(case: str) -> None:
    source, expression, values, files = CASES[case]
    assert said(source, expression, **files) == values
