"""Models and targets that code makes: by `type`, by factories, in loops, under computed names."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.discover_session import MADE_BY_OTHER_MEANS
from modelops_bundle.core.observation import ModelFacts, TargetFacts, Unresolved
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind
from support.analysis import discovery, found_in, model, target

MAIN = BundlePath("main.py")
HEAD = """
import sys
import modelops_calabaria as cb
SPECS = [cb.ParameterSpec("s", 0, 1)]
class Base(cb.BaseModel):
    PARAMS = cb.ParameterSpace(SPECS)
    @cb.model_output("o")
    def o(self, raw, seed): ...
def data(paths): ...
"""

MODELS = {
    "type": ("M = type('M', (Base,), {})", ["M"]),
    "type with a namespace": (
        "M = type('M', (Base,), dict(n=cb.model_output('x')(lambda self, raw, seed: None)))",
        ["M"],
    ),
    "globals() in a loop": (
        "for n in ('A', 'B'):\n    globals()[f'M{n}'] = type(f'M{n}', (Base,), {})",
        ["MA", "MB"],
    ),
    "globals() in a loop over a table": (
        "for n, low in {'A': 0, 'B': 1}.items():\n"
        "    globals()['M' + n] = type('M' + n, (Base,), {'low': low})",
        ["MA", "MB"],
    ),
    "globals().update": ("globals().update({'M': type('M', (Base,), {})})", ["M"]),
    "setattr on the module": (
        "for n in ['M']:\n    setattr(sys.modules[__name__], n, type(n, (Base,), {}))",
        ["M"],
    ),
    "vars()": ("vars()['M'] = type('M', (Base,), {})", ["M"]),
    "a factory": (
        "def make(out):\n    class Inner(Base):\n        @cb.model_output(out)\n"
        "        def made(self, raw, seed): ...\n    return Inner\nM = make('x')",
        ["M"],
    ),
    "a factory that uses type": (
        "def make(n):\n    name = 'M' + n\n    return type(name, (Base,), {})\nM1 = make('1')",
        ["M1"],
    ),
    "a class in a loop": (
        "for n in ('A', 'B'):\n    class M(Base):\n        low = n\n    globals()['M' + n] = M",
        ["M", "MA"],
    ),
}


@pytest.mark.parametrize(("code", "names"), MODELS.values(), ids=MODELS)
def test_a_model_that_code_makes_is_found_under_its_name(code: str, names: list[str]) -> None:
    found = found_in(HEAD + code).discovered
    assert sorted(one.symbol for one in found) == sorted(["Base", *names])
    facts = model(HEAD + code)
    assert facts.outputs.complete
    assert facts.parameters.values == ("s",)
    assert facts.outputs.values[0] == "o"
    assert (facts.outputs.values[1:] == ("x",)) is ("x'" in code)


TARGETS = {
    "a decorator that is called": ("t = cb.calibration_target(model_output='a')(data)", {"t": "a"}),
    "on a lambda": ("t = cb.calibration_target(model_output='a')(lambda p: None)", {"t": "a"}),
    "in a loop": (
        "for o in ('a', 'b'):\n"
        "    globals()[o + '_t'] = cb.calibration_target(model_output=o)(data)",
        {"a_t": "a", "b_t": "b"},
    ),
    "a function in a loop": (
        "for o in ('a', 'b'):\n    @cb.calibration_target(model_output=o)\n    def t(p): ...\n"
        "    globals()['t_' + o] = t",
        {"t": "b", "t_a": "a"},
    ),
    "a factory": (
        "def of(o):\n    @cb.calibration_target(model_output=o)\n    def inner(p): ...\n"
        "    return inner\nt = of('a')\nu = of('b')",
        {"t": "a", "u": "b"},
    ),
}


@pytest.mark.parametrize(("code", "outputs"), TARGETS.values(), ids=TARGETS)
def test_a_target_that_code_makes_is_found_under_its_name(
    code: str, outputs: dict[str, str]
) -> None:
    found = {
        one.symbol: one.facts.model_output
        for one in found_in(HEAD + code).discovered
        if isinstance(one.facts, TargetFacts)
    }
    assert found == outputs


ALIASES = {
    "a class": "Other = Base",
    "through a function": "def same(cls): return cls\nOther = same(Base)",
    "a function": "other = data",
}


@pytest.mark.parametrize("code", ALIASES.values(), ids=ALIASES)
def test_another_name_of_what_is_defined_is_no_entry_of_its_own(code: str) -> None:
    assert [one.symbol for one in found_in(HEAD + code).discovered] == ["Base"]


MEANS = {
    "a computed key": "globals()[sys.argv[0]] = type('M', (Base,), {})",
    "a loop over what is computed": ("for n in sys.argv:\n    globals()[n] = type(n, (Base,), {})"),
    "a function that writes": "def add(n):\n    globals()[n] = type(n, (Base,), {})\nadd('M')",
    "exec": "exec('M = Base')",
    "globals() by another name": "g = globals()\ng['M'] = Base",
    "setattr with a computed name": (
        "setattr(sys.modules[__name__], sys.argv[0], type('M', (Base,), {}))"
    ),
}


@pytest.mark.parametrize("code", MEANS.values(), ids=MEANS)
@pytest.mark.parametrize("kind", Kind)
def test_a_symbol_that_may_be_made_is_unresolved_and_not_missing(code: str, kind: Kind) -> None:
    found = discovery({"main.py": HEAD + code}).describe(MAIN, "M", kind)
    assert found is not None
    doubt = (
        found.facts.outputs.unresolved[0]
        if isinstance(found.facts, ModelFacts)
        else found.facts.model_output
    )
    assert isinstance(doubt, Unresolved)
    assert doubt.reason == MADE_BY_OTHER_MEANS
    assert doubt.location.line > HEAD.count("\n")


def test_a_symbol_that_no_code_can_make_is_missing() -> None:
    code = HEAD + "for n in ('A', 'B'):\n    globals()['M' + n] = type('M' + n, (Base,), {})"
    assert discovery({"main.py": code}).describe(MAIN, "MC", Kind.MODEL) is None
    assert discovery({"main.py": code}).describe(MAIN, "MB", Kind.MODEL) is not None


def test_a_file_that_only_calls_a_factory_is_looked_at() -> None:
    files = {"lib.py": HEAD + "def make(): return type('X', (Base,), {})", "main.py": ""}
    files["main.py"] = "from lib import make\nM = make()\n"
    assert [one.symbol for one in discovery(files).file(MAIN).discovered] == ["M"]


def test_the_target_of_a_factory_has_the_facts_of_its_call() -> None:
    code = (
        "def of(o, *, folder='data'):\n"
        "    path = f'{folder}/{o}.csv'\n"
        "    @cb.calibration_target(model_output=o, data={'x': path})\n"
        "    def inner(p): ...\n"
        "    return inner\n"
        "t = of('a', folder='obs')"
    )
    facts = target(HEAD + code, "t")
    assert facts.model_output == "a"
    assert facts.data is not None
    assert facts.data.values == ("obs/a.csv",)


#: Tests under which a symbol is defined, and whether it counts as there.
UNDER = {
    "a constant": ("if 1:", True),
    "the environment": ("if sys.argv[1:]:", True),
    "a flag from the environment": ("F = bool(sys.argv[1:])\nif F:", True),
    "a version": ("if sys.version_info >= (3, 30):", True),
    "a variable": ("import os\nif os.environ.get('X', '').lower() in ('1', 'yes'):", True),
    "what an import left": (
        "try:\n    import torch\n    F = True\nexcept ImportError:\n    F = False\nif F:",
        True,
    ),
    "a name that other code may write": ("import consts\nif consts.FLAG:", False),
    "a function of the project": ("def f():\n    while 1: ...\nif f():", False),
    "builtins alone": ("if any([]):", False),
    "what is nowhere": ("if nothing:", False),
}


@pytest.mark.parametrize(("test", "there"), UNDER.values(), ids=UNDER)
def test_a_symbol_under_a_test_that_may_never_hold_is_open(test: str, *, there: bool) -> None:
    code = (
        f"{HEAD}{test}\n    class M(Base): ...\n"
        "    @cb.calibration_target(model_output='o')\n    def t(p): ...\n"
    )
    consts = "FLAG = not True\nexec('OTHER = 1')"
    outputs = model(code, "M", consts=consts).outputs
    output = target(code, "t", consts=consts).model_output
    if there:
        assert (outputs.values, outputs.complete, output) == (("o",), True, "o")
        return
    assert not outputs.complete
    assert isinstance(output, Unresolved)
    assert output.candidates == outputs.unresolved[0].candidates == ("o",)


def test_a_symbol_with_a_definition_in_each_branch_is_there() -> None:
    code = f"{HEAD}if nothing:\n    class M(Base): ...\nelse:\n    class M(Base): ...\n"
    assert model(code, "M").outputs.complete


def test_a_class_method_read_through_its_class_may_show_its_mark() -> None:
    code = (
        f"{HEAD}class L(Base):\n    @classmethod\n    @cb.model_output('c')\n"
        "    def m(cls, raw, seed): ...\n    n = m\nclass M(Base):\n    m = L.m\n"
    )
    assert model(code, "L").outputs.values == ("o",)
    assert model(code, "L").outputs.complete
    assert model(code, "M").outputs.unresolved[0].candidates == ("c",)


def test_an_attribute_read_with_a_default_may_be_the_default() -> None:
    code = (
        f"{HEAD}class Mixin:\n    if sys.argv[1:]:\n        @cb.model_output('b')\n"
        "        def m(self, raw, seed): ...\nclass M(Base):\n    m = getattr(Mixin, 'm', None)\n"
    )
    outputs = model(code, "M").outputs
    assert outputs.values == ("o",)
    assert outputs.unresolved[0].candidates == ("b",)
