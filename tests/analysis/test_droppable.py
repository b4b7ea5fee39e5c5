"""Which definitions do not count for a closure: only those that nothing in it can reach."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.closure import ClosureBuilder, closure_of
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.behavior import closure_digest
from modelops_bundle.core.observation import Closure
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import memory_tree

TARGETS = BundlePath("targets.py")
TWO = """
import framework
from framework import target

@target(output="cases", data={"observed": "data/cases.csv"})
def one(sim, weight=framework.default()):
    return helper(sim) + one.calls

@target("deaths")
def two(sim):
    return helper(sim)

def helper(sim):
    return sim
"""


def closure(sources: dict[str, str], path: str = "targets.py") -> Closure:
    tree = memory_tree(sources)
    return closure_of(ModuleIndex(tree, (ROOT,)), BundlePath(path))


def dropped(
    sources: dict[str, str], path: str = "targets.py", file: str = "targets.py"
) -> set[str]:
    return {symbol for where, symbol in closure(sources, path).droppable if where == file}


def test_definitions_that_nothing_else_names_are_droppable() -> None:
    assert dropped({"targets.py": TWO}) == {"one", "two"}


@pytest.mark.parametrize(
    "also",
    [
        "TABLE = [one]",
        "x = module.one",
        "def three(): return one",
        "__all__ = ['one']",
        "NAME = 'one'",
        "NAME = 'targets.one'",
        "NAME = 'targets:one'",
        "def three(x: 'list[one]') -> 'one | None': ...",
        "one = cached(one)",
        "one = 1",
        "from elsewhere import one",
        "import elsewhere as one",
        "if x:\n    def one(): pass",
        "def one(): pass",
        "del one",
    ],
)
def test_a_definition_that_something_names_counts(also: str) -> None:
    assert dropped({"targets.py": f"{TWO}\n{also}\n"}) - {"three"} == {"two"}


@pytest.mark.parametrize(
    "also",
    [
        "globals()[name]()",
        "x = vars()",
        "x = dir()",
        "x = locals()",
        "exec(code)",
        "x = eval(code)",
        "import inspect",
        "from inspect import getmembers",
        "x = helper.__globals__",
        "x = helper.__dict__",
        "import sys\nx = sys.modules[__name__]",
        "from sys import modules\nx = modules",
        "import targets\nx = getattr(targets, name)",
        "import targets\nx = search(targets)",
        "import importlib\nx = importlib.import_module('targets')",
        "import importlib\nx = importlib.import_module(name)",
        "import sys\nx = sys._getframe().f_globals",
        "class Base:\n    def __init_subclass__(cls): pass",
        "x = Base.__subclasses__()",
        "import gc",
    ],
)
def test_reflection_keeps_everything(also: str) -> None:
    assert dropped({"targets.py": f"{TWO}\n{also}\n"}) == set()


@pytest.mark.parametrize(
    "one",
    [
        "@register\ndef one(sim): return sim",
        "@register('one_')\ndef one(sim): return sim",
        "@REGISTRY.add\ndef one(sim): return sim",
        "@local.register\ndef one(sim): return sim",
        "def one(sim, x=register()): return sim",
        "def one(sim) -> register(): return sim",
        "class one:\n    x = register()",
        "class one:\n    REGISTRY['x'] = 1",
        "class one:\n    framework.default = 1",
        "class one:\n    global helper\n    helper = 1",
        "class one:\n    @register\n    def method(self): pass",
        "class one:\n    import local.more",
        "class one(make()): pass",
        "class one(metaclass=Meta): pass",
        "def one(x=(y := 1)): pass",
        "one = lambda sim: sim",
    ],
)
def test_a_definition_that_does_something_when_it_runs_counts(one: str) -> None:
    source = f"import framework, local\nfrom local import register\nREGISTRY = []\n{one}\n"
    sources = {"targets.py": source, "local.py": "def register(x): return x"}
    assert dropped(sources) == set()


@pytest.mark.parametrize(
    "one",
    [
        "def one(sim): return register(sim)",
        "def one(sim, x=dict(a=1)): return sim",
        "@framework.f(framework.g())\nclass one(framework.Model):\n    x = framework.P('a')",
        "class one(Local):\n    @property\n    def p(self): return 1\n    @p.setter\n"
        "    def p(self, v): pass",
        "class one:\n    'doc'\n    x: int = 1\n    y = [n for n in range(3)]",
        "async def one(sim): return lambda: register(sim)",
    ],
)
def test_a_definition_that_only_makes_itself_is_droppable(one: str) -> None:
    source = f"import framework\nfrom local import register, Local\n{one}\n"
    assert dropped({"targets.py": source, "local.py": "register = Local = 1"}) == {"one"}


@pytest.mark.parametrize(
    ("main", "left"),
    [
        ("import targets\ntargets.helper(1)", {"one", "two"}),
        ("import targets\ntargets.one(1)", {"two"}),
        ("from targets import helper", {"one", "two"}),
        ("from targets import one", {"two"}),
        ("from targets import *", set()),
        ("import targets\nfor t in (targets,): search(t)", set()),
        ("import targets\nx = getattr(targets, 'one')", set()),
        ("import targets as t\nx = t", set()),
        ("import targets\nx = 'two'", {"one"}),
        ("import importlib\nimportlib.import_module('targets')", set()),
        ("import runpy\nrunpy.run_path('targets.py')", set()),
        ("import targets, sys\nsys.modules", set()),
        ("import targets\nglobals()", set()),
    ],
)
def test_other_files_of_the_closure_can_name_it_too(main: str, left: set[str]) -> None:
    assert dropped({"targets.py": TWO, "main.py": main}, "main.py") == left


def test_a_module_that_travels_through_a_package_is_reached() -> None:
    sources = {
        "main.py": "import p\nsearch(p.targets)",
        "p/__init__.py": "from . import targets",
        "p/targets.py": TWO,
    }
    assert dropped(sources, "main.py", "p/targets.py") == set()
    for main in (
        "import p\nsearch(p)",
        "import q\nsearch(q)",
        "from p import *",
        "from importlib import import_module\nimport_module('p')",
    ):
        sources.update({"main.py": main, "q.py": "from p import targets"})
        assert dropped(sources, "main.py", "p/targets.py") == set(), main
    sources["main.py"] = "import p\np.targets.helper(1)"
    assert dropped(sources, "main.py", "p/targets.py") == {"one", "two"}


def test_nothing_is_droppable_beside_code_that_cannot_be_read() -> None:
    source = f"import other\n{TWO}"
    assert dropped({"targets.py": source, "other.py": "x ="}) == set()
    assert dropped({"targets.py": source, "other.so": ""}) == set()
    assert dropped({"targets.py": source, "other.py": "x = 1"}) == {"one", "two"}


def test_an_edit_of_another_entry_leaves_the_behaviour_and_any_other_edit_does_not() -> None:
    left_out = frozenset({(TARGETS, "two")})
    before = closure_digest(closure({"targets.py": TWO}), left_out)
    for old, new, same in (
        ('"deaths"', '"cases"', True),
        ("def two(sim):", "def two(sim, extra=1):", True),
        ("helper(sim) + one", "helper(sim) - one", False),
        ("    return sim\n", "    return sim * 2\n", False),
        ("def two", "def three", False),
    ):
        after = closure_digest(closure({"targets.py": TWO.replace(old, new)}), left_out)
        assert (after == before) is same, new


def test_statements_are_kept_only_where_a_candidate_is_droppable_and_change_no_digest() -> None:
    sources = {"targets.py": f"import other\n{TWO}", "other.py": "def unused(): pass"}
    tree = memory_tree(sources)
    linker = Linker(FactsStore(ModuleIndex(tree, (ROOT,))))
    every = ClosureBuilder(linker).closure(TARGETS)
    none = ClosureBuilder(linker, {}).closure(TARGETS)
    some = ClosureBuilder(linker, {TARGETS: frozenset({"two"})}).closure(TARGETS)
    assert every.droppable == {(TARGETS, "one"), (TARGETS, "two"), ("other.py", "unused")}
    assert some.droppable == {(TARGETS, "two")}
    assert not none.droppable
    for one in (every, none, some):
        digests = {path: meaning.digest for path, meaning in one.semantics.items()}
        assert digests == {path: meaning.digest for path, meaning in every.semantics.items()}
        kept = {path for path, meaning in one.semantics.items() if meaning.statements}
        assert kept == {path for path, _ in one.droppable}
    assert dict(some.semantics[TARGETS].statements).keys() >= {"one", "two", "helper", ""}
