"""Names that are taken from a module and are not there: what is certain, and nothing else."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.closure import imported_files
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.missing import MissingNames
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.findings import Finding
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import memory_tree

HELPER = "import json\n\ndef mixing_rate(): ...\n\nclass Network: ...\n"


def found(sources: dict[str, str]) -> list[Finding]:
    tree = memory_tree(sources)
    linker = Linker(FactsStore(ModuleIndex(tree, (ROOT,))))
    return list(MissingNames().of(linker, imported_files(linker, BundlePath("main.py"))))


def about(main: str, helper: str = HELPER, **others: str) -> list[str]:
    sources = {
        "main.py": main,
        "helper.py": helper,
        "p/__init__.py": "",
        "p/a.py": "",
        "p/q.py": "",
        **others,
    }
    return [f"{one.severity} {one.location}" for one in found(sources)]


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        ("\nfrom helper import mixing", ["error main.py:2"]),
        ("from helper import (\n  Network,\n  mixing)", ["error main.py:1"]),
        ("def f():\n from helper import mixing", ["error main.py:2"]),
        ("from p import b", ["error main.py:1"]),
        ("import p.b", ["error main.py:1"]),
        ("import p.a.b", ["error main.py:1"]),
        ("import helper.b", ["error main.py:1"]),
        ("from p.b import c", ["error main.py:1"]),
        ("import helper\n\ndef f(): return helper.mixing()", ["error main.py:3"]),
        ("import helper as h\nx = h.mixing", ["error main.py:2"]),
        ("from p import a\nx = a.mixing", ["error main.py:2"]),
        ("if x:\n from helper import mixing", ["warning main.py:2"]),
        ("# mops: imports p.b", ["error main.py:1"]),
        ("import p\np.a", ["warning main.py:2"]),
        ("import p\n\ndef f(): p.a.mixing()", ["warning main.py:3", "error main.py:3"]),
        ("import p.q\np.a", ["warning main.py:2"]),
    ],
)
def test_what_is_surely_missing_is_reported_at_its_line(main: str, expected: list[str]) -> None:
    assert about(main) == expected


@pytest.mark.parametrize(
    "main",
    [
        "from helper import mixing_rate, Network, json",
        "from helper import *",
        "from helper import __doc__, __file__",
        "from p import a",
        "from p import __path__",
        "import helper\nhelper.mixing_rate()\nhelper.__name__",
        "try:\n from helper import mixing\nexcept ImportError:\n mixing = None",
        "try:\n import p.b\nexcept ImportError:\n pass",
        "import contextlib\nwith contextlib.suppress(ImportError):\n from helper import mixing",
        "if TYPE_CHECKING:\n from helper import mixing",
        "import helper\nif hasattr(helper, 'mixing'): helper.mixing()",
        "import helper\ntry:\n helper.mixing()\nexcept AttributeError: pass",
        "import helper\nx = helper.mixing() if NEW else helper.mixing_rate()",
        "import helper\nhelper.mixing = 1\nhelper.mixing",
        "import helper\nsetattr(helper, 'mixing', 1)\nhelper.mixing",
        "import helper\ndef f(helper): return helper.mixing",
        "import helper\nfor helper in x: helper.mixing",
        "try:\n import helper\nexcept ImportError:\n import other as helper\nhelper.mixing",
        "import p, p.a\np.a",
        "import sys, helper\nsys.modules['helper'] = x\nhelper.mixing",
        "import numpy.gone\nfrom numpy import gone",
        "import importlib\nimportlib.import_module('p.b')",
        "from p.a import *",
    ],
)
def test_what_may_be_there_is_not_reported(main: str) -> None:
    assert about(main) == []


@pytest.mark.parametrize(
    "helper",
    [
        "def __getattr__(name): ...",
        "globals()['mixing'] = 1",
        "globals().update(x)",
        "exec('mixing = 1')",
        "vars()['mixing'] = 1",
        "import sys\nsetattr(sys.modules[__name__], 'mixing', 1)",
        "setattr(module, 'mixing', 1)",
        "from numpy import *",
        "from other import *",
        "try:\n mixing = 1\nexcept E:\n pass",
        "if x:\n def mixing(): ...",
        "for mixing in x: pass",
        "with x as mixing: pass",
        "with x as (a, [b, *mixing]): pass",
        "import a.b as mixing",
        "import mixing.more",
        "from a import b as mixing",
        "try: pass\nexcept E as mixing: pass",
        "match x:\n case [a, *mixing]: pass\n case {'k': b, **c}: pass",
        "match x:\n case P(k=mixing): pass",
        "def f():\n global mixing\n mixing = 1",
        "[mixing := x for x in y]",
        "mixing: int = 1",
        "mixing += 1",
        "a, (b, mixing) = x",
        "class mixing: ...",
        "async def mixing(): ...",
        "x =",
    ],
)
def test_a_module_that_may_define_the_name_is_believed(helper: str) -> None:
    others = {"other.py": "from deeper import *", "deeper.py": "mixing = 1"}
    assert about("from helper import mixing", helper, **others) == []


@pytest.mark.parametrize(
    "helper",
    [
        "def f():\n mixing = 1",
        "class C:\n mixing = 1",
        "x = 'mixing'",
        "# mixing",
        "x.mixing = 1",
        "f(mixing=1)",
        "from other import *",
        "class C:\n def __getattr__(self, name): ...",
        "class C:\n def f(self, k): setattr(self, k, 1)",
    ],
)
def test_a_name_that_only_looks_defined_is_reported(helper: str) -> None:
    others = {"other.py": "from helper import *", "p/b.py": ""}
    assert about("from helper import mixing", helper, **others) == ["error main.py:1"]


def test_a_submodule_that_any_import_has_loaded_is_there() -> None:
    assert about("import p, helper\np.a", "from p import a") == []
    assert about("import p\np.a", **{"p/__init__.py": "from . import a"}) == []
    assert about("import p\np.a", **{"p/__init__.py": "def __getattr__(name): ..."}) == []
    assert about("import p\n__import__(x)\np.a") == []


def test_the_closest_names_are_offered() -> None:
    (one,) = found({"main.py": "from helper import mixing_rat", "helper.py": HELPER})
    assert one.code == "MB304"
    assert "helper.mixing_rat" in one.message
    assert "helper.py" in one.message
    assert "'mixing_rate'" in one.hint


def test_packages_that_change_their_path_are_believed() -> None:
    for init in ("__path__ = extend(__path__, __name__)", "import sys\nsys.modules['p.b'] = x"):
        assert about("import p.b", **{"p/__init__.py": init}) == []


def test_compiled_modules_and_namespace_folders_are_believed() -> None:
    others = {"fast.so": "", "ns/a.py": ""}
    assert about("from fast import x\nimport fast\nfast.y\nfrom ns import b", **others) == []
