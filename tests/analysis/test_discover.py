"""Files and symbols: what a discovery gives, by convention and by name."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.analysis.discover import (
    Discovery,
    describe_symbol,
    discover_file,
    plain_candidates,
)
from modelops_bundle.analysis.discover_session import NO_CONVENTION
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.conventions.base import Convention
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.core.observation import Discovered, ModelFacts, TargetFacts
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import Kind
from support.analysis import discovery, found_in
from support.oracle.projects import model_project
from support.trees import memory_tree

MAIN = BundlePath("main.py")
SOURCE = """
import modelops_calabaria as cb
from other import Elsewhere, elsewhere

class SIR(cb.BaseModel):
    @cb.model_output("a")
    def a(self, raw, seed): ...

class Outer:
    class Inner:
        def method(self): ...
    class Model(cb.BaseModel):
        outputs = ["x"]

def plain(d): ...

async def other(d): ...

@cb.calibration_target(model_output="a")
def target(d): ...

made = plain

if condition():
    def sometimes(d): ...
"""


def described(symbol: str, kind: Kind) -> Discovered | None:
    return discovery({"main.py": SOURCE}).describe(MAIN, symbol, kind)


def test_a_symbol_of_a_convention_has_its_facts() -> None:
    model, target = described("SIR", Kind.MODEL), described("target", Kind.TARGET)
    assert model is not None
    assert target is not None
    assert model.convention == target.convention == "calabaria"
    assert isinstance(model.facts, ModelFacts)
    assert model.facts.outputs.values == ("a",)
    assert isinstance(target.facts, TargetFacts)
    assert target.facts.model_output == "a"


@pytest.mark.parametrize("symbol", ["plain", "other", "made", "sometimes", "Outer.Inner.method"])
def test_any_other_function_is_described_without_facts(symbol: str) -> None:
    found = described(symbol, Kind.TARGET)
    assert found is not None
    assert (found.symbol, found.convention, found.facts) == (symbol, "", TargetFacts())
    assert found.entrypoint == f"main:{symbol}"


def test_any_other_class_is_described_as_open() -> None:
    found = described("Outer.Inner", Kind.MODEL)
    assert found is not None
    assert found.convention == ""
    assert isinstance(found.facts, ModelFacts)
    for fact in (found.facts.outputs, found.facts.scenarios, found.facts.parameters):
        assert fact.values == ()
        assert [one.reason for one in fact.unresolved] == [NO_CONVENTION]
    assert str(found.location) == "main.py:10"


def test_a_nested_model_is_described_by_its_convention() -> None:
    found = described("Outer.Model", Kind.MODEL)
    assert found is not None
    assert found.convention == "calabaria"
    assert isinstance(found.facts, ModelFacts)
    assert found.facts.outputs.values == ("x",)


@pytest.mark.parametrize(
    "symbol",
    ["missing", "Outer.missing", "missing.Inner", "plain.inner", "Elsewhere", "cb", "", ".", "a."],
)
def test_what_the_file_does_not_define_is_not_described(symbol: str) -> None:
    assert described(symbol, Kind.TARGET) is None
    assert described(symbol, Kind.MODEL) is None


def test_plain_candidates_are_what_no_convention_finds() -> None:
    found = discovery({"main.py": SOURCE})
    assert [one.symbol for one in found.plain(MAIN, Kind.MODEL)] == ["Outer"]
    assert [one.symbol for one in found.plain(MAIN, Kind.TARGET)] == ["plain", "other", "sometimes"]


def test_the_digest_of_a_symbol_does_not_depend_on_its_name() -> None:
    one = discovery({"main.py": "def a(d): return 1"}).describe(MAIN, "a", Kind.TARGET)
    other = discovery({"main.py": "def b(d): return 1"}).describe(MAIN, "b", Kind.TARGET)
    third = discovery({"main.py": "b = make(1)"}).describe(MAIN, "b", Kind.TARGET)
    fourth = discovery({"main.py": "c = make(1)"}).describe(MAIN, "c", Kind.TARGET)
    assert one is not None
    assert other is not None
    assert third is not None
    assert fourth is not None
    assert one.symbol_digest == other.symbol_digest
    assert third.symbol_digest == fourth.symbol_digest != one.symbol_digest


def test_a_file_that_does_not_parse_or_exist_has_nothing() -> None:
    for path in ("main.py", "missing.py"):
        found = discovery({"main.py": "def ("})
        assert found.file(BundlePath(path)).discovered == ()
        assert found.plain(BundlePath(path), Kind.MODEL) == ()
        assert found.describe(BundlePath(path), "x", Kind.MODEL) is None


def test_functions_do_what_the_class_does() -> None:
    index = ModuleIndex(memory_tree({"main.py": SOURCE}), [ROOT])
    found = Discovery(index, BUILT_IN)
    assert discover_file(index, MAIN, BUILT_IN) == found.file(MAIN)
    assert plain_candidates(index, MAIN, Kind.MODEL, BUILT_IN) == found.plain(MAIN, Kind.MODEL)
    assert describe_symbol(index, MAIN, "SIR", Kind.MODEL, BUILT_IN) == described("SIR", Kind.MODEL)


def test_an_entrypoint_below_a_source_root_has_no_prefix() -> None:
    source = "import modelops_calabaria as cb\nclass M(cb.BaseModel): pass"
    index = ModuleIndex(memory_tree({"src/pkg/m.py": source}), [ROOT, BundlePath("src")])
    (found,) = discover_file(index, BundlePath("src/pkg/m.py"), BUILT_IN).discovered
    assert (found.entrypoint, found.path) == ("pkg.m:M", "src/pkg/m.py")


OWN = Convention(
    name="own",
    model_bases=("kit.Model",),
    output_decorators=("kit.output",),
    parameter_constructors=("kit.Param",),
    target_decorators=("kit.target",),
    target_constructors=("kit.Target", "kit.make_target"),
)
KIT = {
    "kit/__init__.py": "from .core import *\nfrom .core import Model as Model",
    "kit/core.py": """
        def output(name): return lambda f: f
        def target(**k): return lambda f: f
        def make_target(name, model_output): return {"o": model_output}
        class Param:
            def __init__(self, name): ...
        class Root:
            def __init_subclass__(cls): ...
        class Model(Root): ...
        class Target: ...
    """,
}


def test_a_framework_of_the_projects_own_is_followed_through_its_re_exports() -> None:
    source = """
        import kit
        from kit.core import output, Param
        class Mix:
            beta = Param("beta")
            @output("mixed")
            def m(self): ...
        class M(kit.Model, Mix):
            gamma = Param("gamma")
            @output("a")
            def a(self): ...
        class N(M):
            beta = None
            def a(self): ...
        @kit.target(model_output="a", data=["x.csv"])
        def t(): ...
        def u(): return kit.Target(model_output="b")
        def v(): return kit.make_target("v", model_output="c")
    """
    found = discovery({"main.py": source, **KIT}, (*BUILT_IN, OWN)).file(MAIN).discovered
    facts = {one.symbol: one.facts for one in found}
    assert {one.convention for one in found} == {"own"}
    model, derived = facts["M"], facts["N"]
    assert isinstance(model, ModelFacts)
    assert isinstance(derived, ModelFacts)
    # Everything that the class has as an attribute counts; an undecorated override hides.
    assert (model.outputs.values, model.outputs.complete) == (("a", "mixed"), True)
    assert derived.outputs.values == ("mixed",)
    assert set(model.parameters.values) == {"beta", "gamma"}
    assert derived.parameters.values == ("gamma",)
    outputs = {
        name: fact.model_output for name, fact in facts.items() if isinstance(fact, TargetFacts)
    }
    assert outputs == {"t": "a", "u": "b", "v": "c"}


def test_the_frameworks_own_base_is_no_model() -> None:
    found = discovery(dict(KIT), (OWN,))
    assert found.file(BundlePath("kit/core.py")).discovered == ()


def test_the_first_convention_that_finds_a_symbol_names_it() -> None:
    source = "import modelops_calabaria as cb\nclass M(cb.BaseModel): pass"
    twin = Convention(name="twin", model_bases=("modelops_calabaria.BaseModel",))
    for conventions, name in (((*BUILT_IN, twin), "calabaria"), ((twin, *BUILT_IN), "twin")):
        (found,) = discovery({"main.py": source}, conventions).file(MAIN).discovered
        assert found.convention == name


HOSTILE = {
    "elif without end": "if a: X = 1\n" + "".join(f"elif b{i}: X = {i}\n" for i in range(2000)),
    "nested ifs": "".join("  " * i + "if a:\n" for i in range(90)) + "  " * 90 + "X = 1",
    "a long sum": "X = " + " + ".join(["'a'"] * 900),
    "a long chain of names": "X0 = 'a'\n" + "".join(f"X{i + 1} = X{i}\n" for i in range(3000)),
    "a long chain of classes": "import modelops_calabaria as cb\nclass C0(cb.BaseModel): pass\n"
    + "".join(f"class C{i + 1}(C{i}): pass\n" for i in range(300)),
    "many attributes": "x" + ".a" * 500,
    "calls of calls": "x" + "()" * 90,
    "a ladder of conditions": "import modelops_calabaria as cb\n"
    + "".join(f"X{i} = 'a' if f() else 'b'\n" for i in range(50))
    + "@cb.calibration_target(model_output="
    + "+".join(f"X{i}" for i in range(50))
    + ")\n"
    + "def t(d): ...",
    "functions of functions": "".join(
        f"def f{i + 1}(x): return f{i}(x) + f{i}(x)\n" for i in range(60)
    )
    + "import modelops_calabaria as cb\n@cb.calibration_target(model_output=f60('a'))\n"
    + "def t(d): ...",
    "a class that derives from itself": "class A(A): pass\nclass B(C): pass\nclass C(B): pass",
    "many stars": "".join(f"from m{i} import *\n" for i in range(500)) + "class M(BaseModel): ...",
    "a diamond of stars": "from main import *\nfrom main import *\nclass M(BaseModel): pass",
    "comprehension bomb": "X = [a for a in range(500) for b in range(500) for c in range(500)]\n"
    "class M(X[0]): pass",
    "odd decorators": "@x[0]\n@(lambda f: f)\n@(yield_ := y)\n@a if b else c\ndef f(d): ...",
    "odd bases": "class M(*B, **K): pass\nclass N(1, 'a', lambda: 0, f'{x}', [1]): pass",
    "a name in every loop": "for a in b:\n  for a in a:\n    for a in a:\n      a += a\n" * 50,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_source_is_read_in_bounded_time_and_never_fails(case: str) -> None:
    found = discovery({"main.py": HOSTILE[case]})
    found.file(MAIN)
    for kind in Kind:
        found.plain(MAIN, kind)
        found.describe(MAIN, "X", kind)


def test_a_long_chain_of_modules_is_followed_as_far_as_it_can_be() -> None:
    files = {f"m{i}.py": f"from m{i + 1} import X, B\nY = X" for i in range(400)}
    files["m400.py"] = "from modelops_calabaria import BaseModel as B\nX = 'a'"
    files["main.py"] = (
        "import modelops_calabaria as cb\nfrom m0 import X, B\nclass M(B): pass\n"
        "@cb.calibration_target(model_output=X)\ndef t(d): ..."
    )
    found = {one.symbol for one in discovery(files).file(MAIN).discovered}
    assert "t" in found


_WORDS = """class A|(cb.BaseModel):|
 |
|def f(self):|@cb.model_output('a')|pass|import cb|x = 1|return x|if x:|else:|for x in y:|(|)|[|]|=|
|,|x|*|'a'|lambda:|try:|except E:|with x:|global x|del x|async |:="""


@given(st.lists(st.sampled_from(_WORDS.split("|")), max_size=25))
def test_any_text_is_read_without_failure(words: list[str]) -> None:
    found_in("import modelops_calabaria as cb\n" + " ".join(words))


def test_the_standard_library_holds_no_models() -> None:
    root = Path(sysconfig.get_paths()["stdlib"])
    names = ["enum", "dataclasses", "typing", "abc", "argparse", "ast", "inspect", "socket", "ssl"]
    files = {f"{name}.py": (root / f"{name}.py").read_bytes() for name in names}
    found = Discovery(ModuleIndex(memory_tree(files), [ROOT]), BUILT_IN)
    for path in sorted(files):
        assert found.file(BundlePath(path)).discovered == ()
        assert len(found.plain(BundlePath(path), Kind.MODEL)) > 0


@pytest.mark.parametrize("seed", range(20))
def test_what_is_said_of_a_file_does_not_depend_on_what_was_asked_before(seed: int) -> None:
    dice = random.Random(seed)
    files = model_project(dice)
    order = sorted(files)
    dice.shuffle(order)
    shared = discovery(files)
    for name in order:
        path = BundlePath(name)
        assert shared.file(path) == discovery(files).file(path)
        assert shared.plain(path, Kind.MODEL) == discovery(files).plain(path, Kind.MODEL)
