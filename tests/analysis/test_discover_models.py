"""Models by the Calabaria convention: what is one, and what it offers."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.discover import settle_abstract
from modelops_bundle.core.observation import Unresolved
from modelops_bundle.core.paths import BundlePath
from support.analysis import discovery, found_in, indented, model, symbols

IMPORTS = """
import modelops_calabaria as cb
from modelops_calabaria import BaseModel, ParameterSpace, ParameterSpec, model_output
from modelops_calabaria import model_scenario
import other
"""


def sir(body: str, header: str = "", bases: str = "BaseModel") -> str:
    """A module with one model."""
    return f"{IMPORTS}{header}\nclass SIR({bases}):\n{indented(body)}\n"


MODELS = {
    "by attribute": "import modelops_calabaria as cb\nclass M(cb.BaseModel): pass",
    "by name": "from modelops_calabaria import BaseModel\nclass M(BaseModel): pass",
    "by alias": "from modelops_calabaria import BaseModel as B\nC = B\nclass M(C): pass",
    "the other package": "import calabaria\nclass M(calabaria.BaseModel): pass",
    "its module": "from modelops_calabaria.base_model import BaseModel\nclass M(BaseModel): pass",
    "its api": "from modelops_calabaria.api import BaseModel\nclass M(BaseModel): pass",
    "by star": "from modelops_calabaria import *\nclass M(BaseModel): pass",
    "among others": "import modelops_calabaria as cb\nclass X: ...\nclass M(X, cb.BaseModel): ...",
    "generic": "import modelops_calabaria as cb\nclass M(cb.BaseModel[int]): pass",
    "under if": "import modelops_calabaria as cb\nif f():\n    class M(cb.BaseModel): pass",
    "under try": (
        "import modelops_calabaria as cb\ntry:\n    class M(cb.BaseModel): ...\nexcept E: M = 0"
    ),
    "with a stub beside": (
        "try:\n    from modelops_calabaria import BaseModel\n"
        "except ImportError:\n    BaseModel = object\nclass M(BaseModel): pass"
    ),
    "decorated": "import modelops_calabaria as cb\n@final\nclass M(cb.BaseModel): pass",
    "redefined": ("import modelops_calabaria as cb\nclass M: pass\nclass M(cb.BaseModel): pass"),
    "imported in a function-like way": (
        "import importlib\ncb = importlib.import_module('modelops_calabaria')\n"
        "class M(cb.BaseModel): pass"
    ),
}


@pytest.mark.parametrize("case", MODELS)
def test_models_are_found(case: str) -> None:
    assert symbols(MODELS[case]) == ["M"]


LOOKALIKES = {
    "pydantic": "from pydantic import BaseModel\nclass M(BaseModel): pass",
    "a local class of that name": "class BaseModel: pass\nclass M(BaseModel): pass",
    "a name that contains it": "from lib import MyBaseModel\nclass M(MyBaseModel): pass",
    "another package": "import calabaria_extras as cb\nclass M(cb.BaseModel): pass",
    "shadowed by a later import": (
        "from modelops_calabaria import BaseModel\nfrom pydantic import BaseModel\n"
        "class M(BaseModel): pass"
    ),
    "shadowed by a class": (
        "from modelops_calabaria import BaseModel\nclass BaseModel: pass\nclass M(BaseModel): pass"
    ),
    "an instance": "import modelops_calabaria as cb\nM = cb.BaseModel()",
    "an import of one": "from lib import M",
    "for type checkers only": (
        "from typing import TYPE_CHECKING\nimport modelops_calabaria as cb\n"
        "if TYPE_CHECKING:\n    class M(cb.BaseModel): pass"
    ),
    "when run as a script": (
        "import modelops_calabaria as cb\nif __name__ == '__main__':\n  class M(cb.BaseModel): ..."
    ),
    "in a function": "import modelops_calabaria as cb\ndef f():\n    class M(cb.BaseModel): pass",
    "deleted": "import modelops_calabaria as cb\nclass M(cb.BaseModel): pass\ndel M",
    "replaced": "import modelops_calabaria as cb\nclass M(cb.BaseModel): pass\nM = None",
    "in a string": "'''class M(modelops_calabaria.BaseModel): pass'''",
    "a base that uses the framework elsewhere": (
        "import modelops_calabaria as cb\nclass M: base = cb.BaseModel"
    ),
}


@pytest.mark.parametrize("case", LOOKALIKES)
def test_lookalikes_are_not_models(case: str) -> None:
    assert symbols(LOOKALIKES[case], lib="class MyBaseModel: pass\nclass M: pass") == []


def test_bases_are_followed_through_files_and_re_exports() -> None:
    files = {
        "pkg____init__": "from .core import *",
        "pkg__core": "from .base import Base as ProjectBase",
        "pkg__base": (
            "import modelops_calabaria as cb\nclass Base(cb.BaseModel):\n"
            "    @cb.model_output('a')\n    def a(self, raw, seed): ..."
        ),
    }
    source = (
        "from pkg import ProjectBase\nfrom modelops_calabaria import model_output\n"
        "class M(ProjectBase):\n    @model_output('b')\n    def b(self, raw, seed): ..."
    )
    assert model(source, **files).outputs.values == ("a", "b")
    assert found_in(source, **files).extended == {("pkg/base.py", "Base")}


DEFINE = "def m(self, raw, seed): ..."
OUTPUTS: dict[str, tuple[str, list[str]]] = {
    "a literal": (f"@model_output('a')\n{DEFINE}", ["a"]),
    "by keyword": (f"@model_output(name='a')\n{DEFINE}", ["a"]),
    "with metadata": (f"@model_output('a', metadata={{'unit': f()}})\n{DEFINE}", ["a"]),
    "an attribute of the framework": (f"@cb.model_output('a')\n{DEFINE}", ["a"]),
    "its decorators module": (f"@cb.decorators.model_output('a')\n{DEFINE}", ["a"]),
    "a coroutine": (f"@model_output('a')\nasync {DEFINE}", ["a"]),
    "a private method": ("@model_output('a')\ndef _m(self, raw, seed): ...", ["a"]),
    "a class constant": (f"A = 'a'\n@model_output(A)\n{DEFINE}", ["a"]),
    "a class constant as it was": (f"A = 'a'\n@model_output(A)\n{DEFINE}\nA = 'b'", ["a"]),
    "two decorators": (f"@model_output('a')\n@model_output('b')\n{DEFINE}", ["a"]),
    "kept by functools": (f"@__import__('functools').cache\n@model_output('a')\n{DEFINE}", ["a"]),
    "above another decorator": (f"@model_output('a')\n@anything\n{DEFINE}", ["a"]),
    "called by hand": ("m = model_output('a')(lambda self, raw, seed: 0)", ["a"]),
    "under an alias too": (f"@model_output('a')\n{DEFINE}\nn = m", ["a"]),
    "deleted": (f"@model_output('a')\n{DEFINE}\ndel m", []),
    "overwritten": (f"@model_output('a')\n{DEFINE}\n{DEFINE}", []),
    "overwritten by a name": (f"@model_output('a')\n{DEFINE}\nm = None", []),
    "a property": (f"@property\n@model_output('a')\n{DEFINE}", []),
    "a class method": (f"@classmethod\n@model_output('a')\n{DEFINE}", []),
    "not decorated": (DEFINE, []),
    "a decorator of that name": (f"@other.model_output('a')\n{DEFINE}", []),
    "a nested function": (f"def n(self):\n    @model_output('a')\n    {DEFINE}", []),
    "a test that holds": (f"if True:\n    @model_output('a')\n    {DEFINE}", ["a"]),
    "a test that does not": (f"if 0:\n    @model_output('a')\n    {DEFINE}", []),
    "an attribute list": ("outputs = ['a', 'b']", ["a", "b"]),
    "an attribute tuple beside": (f"outputs = ('a',)\n@model_output('b')\n{DEFINE}", ["b", "a"]),
    "a method called outputs": ("def outputs(self): return ['a']", []),
    "a set attribute": ("outputs = None", []),
}


@pytest.mark.parametrize("case", OUTPUTS)
def test_outputs_are_what_the_class_body_registers(case: str) -> None:
    body, names = OUTPUTS[case]
    facts = model(sir(body))
    assert (facts.outputs.values, facts.outputs.unresolved) == (tuple(names), ())


DOUBTFUL: dict[str, tuple[str, list[str], list[str]]] = {
    "a computed name": (f"@model_output(f())\n{DEFINE}", [], []),
    "not a text": (f"@model_output(3)\n{DEFINE}", [], []),
    "an empty name": (f"@model_output('')\n{DEFINE}", [], [""]),
    "without a name": (f"@model_output()\n{DEFINE}", [], []),
    "two values": (f"@model_output('a' if f() else 'b')\n{DEFINE}", [], ["a", "b"]),
    "under a condition": (f"if f():\n    @model_output('a')\n    {DEFINE}", [], ["a"]),
    "one of two": (
        f"if f():\n    @model_output('a')\n    {DEFINE}\n"
        f"else:\n    @model_output('b')\n    {DEFINE}",
        [],
        ["a", "b"],
    ),
    "beside a sure one": (
        f"@model_output('a')\n{DEFINE}\n@model_output(f())\ndef n(self, raw, seed): ...",
        ["a"],
        [],
    ),
    "below an unknown decorator": (f"@anything\n@model_output('a')\n{DEFINE}", [], ["a"]),
    "in a loop over what is computed": (
        f"for n in f():\n    @model_output(n)\n    {DEFINE}",
        [],
        [],
    ),
    "in a loop that may be left": (
        f"for n in ('a', 'b'):\n    if f(): break\n    @model_output(n)\n    {DEFINE}",
        [],
        ["a", "b"],
    ),
    "a computed attribute list": ("outputs = f()", [], []),
    "a list with an unknown": ("outputs = ['a', f()]", ["a"], []),
    "extract_outputs": ("def extract_outputs(self, raw, seed): ...", [], []),
    "__init_subclass__": ("def __init_subclass__(cls): ...", [], []),
    "namespaces": (f"@model_output('a')\n{DEFINE}\nlocals()[f()] = f()", [], []),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_doubtful_outputs_are_unresolved(case: str) -> None:
    body, names, candidates = DOUBTFUL[case]
    outputs = model(sir(body)).outputs
    assert outputs.values == tuple(names)
    assert not outputs.complete
    if candidates:
        assert outputs.unresolved[0].candidates == tuple(candidates)


def test_an_unresolved_output_names_expression_reason_and_place() -> None:
    source = sir(f"@model_output(NAME)\n{DEFINE}", "if f():\n    NAME = 'a'\nelse:\n    NAME = 'b'")
    (doubt,) = model(source).outputs.unresolved
    assert isinstance(doubt, Unresolved)
    assert doubt.expression == "model_output(NAME)"
    assert "'a' (main.py:7)" in doubt.reason
    assert "'b' (main.py:9)" in doubt.reason
    assert (doubt.location.path, doubt.location.line) == ("main.py", 11)


def output(name: str, method: str = "m") -> str:
    """A decorated method."""
    return f"    @model_output({name!r})\n    def {method}(self, raw, seed): ...\n"


def test_an_undecorated_override_keeps_the_parents_output() -> None:
    source = IMPORTS + "class A(BaseModel):\n" + output("a") + "class B(A):\n    " + DEFINE
    assert model(source, "B").outputs.values == ("a",)


def test_decorating_again_under_a_new_name_registers_both() -> None:
    source = IMPORTS + "class A(BaseModel):\n" + output("a") + "class B(A):\n" + output("b")
    assert model(source, "B").outputs.values == ("a", "b")


def test_a_mixins_outputs_are_lost_with_a_warning() -> None:
    source = IMPORTS + "class Mix:\n" + output("lost") + "class A(Mix, BaseModel):\n" + output("a")
    found = found_in(source)
    assert [one.symbol for one in found.discovered] == ["A"]
    assert model(source).outputs.values == ("a",)
    (finding,) = found.findings
    assert finding.code == "MB205"
    assert "'lost'" in finding.message
    assert finding.location is not None
    assert finding.location.line == 9


def test_a_mixins_method_that_is_taken_over_by_name_registers() -> None:
    source = IMPORTS + "class Mix:\n" + output("a") + "class A(Mix, BaseModel):\n    m = Mix.m\n"
    assert model(source).outputs.values == ("a",)
    assert found_in(source).findings == ()


def test_the_mixin_is_reported_once_for_a_hierarchy() -> None:
    source = (
        IMPORTS
        + "class Mix:\n"
        + output("lost")
        + "class A(Mix, BaseModel): pass\nclass B(A): pass"
    )
    assert [finding.code for finding in found_in(source).findings] == ["MB205"]


def test_only_the_first_model_bases_outputs_come_along() -> None:
    source = (
        IMPORTS
        + "class A(BaseModel):\n"
        + output("a")
        + "class B(BaseModel):\n"
        + output("b", "n")
        + "class C(A, B):\n"
        + output("c", "o")
    )
    assert model(source, "C").outputs.values == ("a", "c")
    (finding,) = found_in(source).findings
    assert finding.code == "MB206"
    assert "'b' of B" in finding.message


def test_a_diamond_follows_the_resolution_order() -> None:
    source = (
        IMPORTS
        + "class Top(BaseModel):\n"
        + output("top")
        + "class Left(Top):\n"
        + output("left", "n")
        + "class Right(Top):\n"
        + output("right", "o")
        + "class Bottom(Left, Right): pass\n"
    )
    assert model(source, "Bottom").outputs.values == ("top", "left")


def test_an_order_that_python_refuses_is_unresolved() -> None:
    source = IMPORTS + "class A(BaseModel): pass\nclass B(BaseModel, A): pass"
    # The framework's base before a class derived from it: its place is not the project's to know.
    assert model(source, "A").outputs.complete
    loop = (
        IMPORTS
        + "class X(BaseModel): pass\nclass Y(BaseModel): pass\n"
        + ("class P(X, Y): pass\nclass Q(Y, X): pass\nclass R(P, Q): pass")
    )
    assert not model(loop, "R").outputs.complete


def test_a_base_outside_the_project_leaves_the_lists_open() -> None:
    source = IMPORTS + "class A(other.Thing, BaseModel):\n" + output("a")
    facts = model(source)
    assert facts.outputs.values == ("a",)
    assert "other.Thing" in facts.outputs.unresolved[0].reason
    assert not facts.parameters.complete


def test_a_base_that_may_be_two_things_leaves_the_lists_open() -> None:
    source = (
        IMPORTS
        + "class A(BaseModel):\n"
        + output("a")
        + "class B(BaseModel):\n"
        + output("b")
        + "Base = A if f() else B\nclass C(Base): pass\n"
    )
    assert not model(source, "C").outputs.complete


def test_two_definitions_in_two_branches_agree_or_are_unresolved() -> None:
    both = IMPORTS + "if f():\n    class A(BaseModel):\n        outputs = ['a', 'x']\n"
    same = both + "else:\n    class A(BaseModel):\n        outputs = ['a', 'x']\n"
    other = both + "else:\n    class A(BaseModel):\n        outputs = ['a', 'b']\n"
    assert model(same).outputs.complete
    outputs = model(other).outputs
    assert outputs.values == ("a",)
    assert outputs.unresolved[-1].candidates == ("a", "b", "x")


SCENARIOS: dict[str, tuple[str, list[str], bool]] = {
    "none": ("pass", ["baseline"], True),
    "one": ("@model_scenario('l')\ndef s(self): ...", ["baseline", "l"], True),
    "baseline of its own": ("@model_scenario('baseline')\ndef s(self): ...", ["baseline"], True),
    "the hook": ("def setup_scenarios(self): ...", ["baseline"], False),
    "the hook beside": (
        "def setup_scenarios(self): ...\n@model_scenario('l')\ndef s(self): ...",
        ["baseline", "l"],
        False,
    ),
    "a computed name": ("@model_scenario(f())\ndef s(self): ...", ["baseline"], False),
}


@pytest.mark.parametrize("case", SCENARIOS)
def test_scenarios(case: str) -> None:
    body, names, complete = SCENARIOS[case]
    scenarios = model(sir(body)).scenarios
    assert (scenarios.values, scenarios.complete) == (tuple(names), complete)


def test_an_inherited_scenario_hook_counts() -> None:
    source = IMPORTS + "class A(BaseModel):\n    def setup_scenarios(self): ...\nclass B(A): pass"
    assert not model(source, "B").scenarios.complete


SPEC = "ParameterSpec({}, 0, 1)"
PARAMETERS: dict[str, tuple[str, list[str], bool]] = {
    "a tuple": ("PARAMS = ParameterSpace((ParameterSpec('a', 0, 1),))", ["a"], True),
    "a list": ("PARAMS = ParameterSpace([ParameterSpec('a', 0, 1)])", ["a"], True),
    "by keyword": (
        "PARAMS = ParameterSpace(specs=[ParameterSpec(name='a', lower=0)])",
        ["a"],
        True,
    ),
    "a bare list": ("PARAMS = [ParameterSpec('a', 0, 1)]", ["a"], True),
    "an alias": ("S = ParameterSpec\nPARAMS = ParameterSpace([S('a', 0, 1)])", ["a"], True),
    "two lists": (
        "A = [ParameterSpec('a', 0, 1)]\nPARAMS = ParameterSpace(A + [ParameterSpec('b', 0, 1)])",
        ["a", "b"],
        True,
    ),
    "tuple()": ("PARAMS = ParameterSpace(tuple([ParameterSpec('a', 0, 1)]))", ["a"], True),
    "a comprehension": (
        "PARAMS = ParameterSpace([ParameterSpec(n, 0, 1) for n in ('a', 'b')])",
        ["a", "b"],
        True,
    ),
    "a comprehension over pairs": (
        "PARAMS = ParameterSpace([ParameterSpec(n, lo, hi) "
        "for n, (lo, hi) in {'a': (0, 1), 'b': (0, 2)}.items()])",
        ["a", "b"],
        True,
    ),
    "none": ("pass", [], True),
    "only annotated": ("PARAMS: ParameterSpace", [], True),
    "an unknown name": (
        "PARAMS = ParameterSpace([ParameterSpec('a', 0, 1), ParameterSpec(f(), 0, 1)])",
        ["a"],
        False,
    ),
    "an unknown element": (
        "PARAMS = ParameterSpace([ParameterSpec('a', 0, 1), f()])",
        ["a"],
        False,
    ),
    "unpacked from somewhere": (
        "PARAMS = ParameterSpace([ParameterSpec('a', 0, 1), *f()])",
        ["a"],
        False,
    ),
    "computed": ("PARAMS = f()", [], False),
    "wrapped": ("PARAMS = f(ParameterSpace([ParameterSpec('a', 0, 1)]))", [], False),
    "two values": (
        "PARAMS = ParameterSpace([ParameterSpec('a', 0, 1)] if f() else "
        "[ParameterSpec('a', 0, 1), ParameterSpec('b', 0, 1)])",
        [],
        False,
    ),
    "set in two branches": (
        "if f():\n    PARAMS = ParameterSpace([ParameterSpec('a', 0, 1)])\n"
        "else:\n    PARAMS = ParameterSpace([ParameterSpec('a', 0, 1), ParameterSpec('b', 0, 1)])",
        ["a"],
        False,
    ),
}


@pytest.mark.parametrize("case", PARAMETERS)
def test_parameters(case: str) -> None:
    body, names, complete = PARAMETERS[case]
    parameters = model(sir(body)).parameters
    assert (parameters.values, parameters.complete) == (tuple(names), complete)


def test_parameters_are_inherited_also_from_a_mixin() -> None:
    source = (
        IMPORTS
        + "class Mix:\n    PARAMS = ParameterSpace([ParameterSpec('a', 0, 1)])\n"
        + "class A(Mix, BaseModel): pass\n"
        + "class B(A):\n    PARAMS = ParameterSpace([*A.PARAMS.specs, ParameterSpec('b', 0, 1)])\n"
    )
    assert model(source, "A").parameters.values == ("a",)
    assert model(source, "B").parameters.values == ("a", "b")


def test_parameters_replaced_after_the_class_are_unresolved() -> None:
    source = sir("PARAMS = ParameterSpace([ParameterSpec('a', 0, 1)])") + "\nSIR.PARAMS = f()\n"
    assert not model(source).parameters.complete


def test_a_parameter_method_without_params_is_unresolved_with_a_warning() -> None:
    source = sir("def parameter_space(self): ...")
    assert not model(source).parameters.complete
    (finding,) = found_in(source).findings
    assert (finding.code, finding.location and finding.location.line) == ("MB207", 7)
    beside = sir("PARAMS = ParameterSpace([])\ndef parameter_space(self): ...")
    assert model(beside).parameters.complete
    assert found_in(beside).findings == ()


def test_outputs_as_a_class_keyword() -> None:
    assert model(sir("pass", bases="BaseModel, outputs=['a']")).outputs.values == ("a",)


BODY = "    def build_sim(self): ...\n    def run_sim(self): ...\n"
ABSTRACT: dict[str, tuple[str, list[str]]] = {
    "incomplete and derived from": (
        "class A(BaseModel): pass\nclass B(A):\n" + BODY,
        ["A"],
    ),
    "complete and derived from": ("class A(BaseModel):\n" + BODY + "class B(A): pass", []),
    "named base and derived from": (
        "class ABase(BaseModel):\n" + BODY + "class B(ABase): pass",
        ["ABase"],
    ),
    "private and derived from": ("class _A(BaseModel):\n" + BODY + "class B(_A): pass", ["_A"]),
    "private alone": ("class _A(BaseModel):\n" + BODY, []),
    "incomplete alone": ("class A(BaseModel): pass", []),
    "ABC": ("import abc\nclass A(BaseModel, abc.ABC):\n" + BODY, ["A"]),
    "ABCMeta": ("from abc import ABCMeta\nclass A(BaseModel, metaclass=ABCMeta): pass", ["A"]),
    "derived from ABC": ("import abc\nclass A(BaseModel, abc.ABC): pass\nclass B(A): pass", ["A"]),
    "an abstract method": (
        "import abc\nclass A(BaseModel):\n    @abc.abstractmethod\n    def x(self): ...",
        ["A"],
    ),
    "an abstract method defined below": (
        "import abc\nclass A(BaseModel):\n    @abc.abstractmethod\n    def x(self): ...\n"
        "class B(A):\n    def x(self): ...\nclass C(A): pass",
        ["A", "C"],
    ),
}


@pytest.mark.parametrize("case", ABSTRACT)
def test_abstract_classes(case: str) -> None:
    source, names = ABSTRACT[case]
    settled = settle_abstract([found_in(IMPORTS + source)])
    assert [one.symbol for one in settled if one.abstract] == names


def test_a_base_in_another_file_is_abstract_too() -> None:
    files = {
        "base.py": IMPORTS + "class Common(BaseModel): pass",
        "sir.py": "from base import Common\nclass SIR(Common):\n" + BODY,
    }
    found = discovery(files)
    settled = settle_abstract(found.file(BundlePath(path)) for path in ("sir.py", "base.py"))
    assert [(one.symbol, one.abstract) for one in settled] == [("Common", True), ("SIR", False)]


def test_the_line_is_that_of_the_class_below_its_decorators() -> None:
    (found,) = found_in(IMPORTS + "@one\n@two(\n  3)\nclass A(BaseModel): pass").discovered
    assert str(found.location) == "main.py:9"
    assert found.entrypoint == "main:A"


def test_a_base_that_is_not_known_comes_before_what_it_may_derive_from() -> None:
    source = """
import modelops_calabaria as cb
class A(cb.BaseModel):
    PARAMS = cb.ParameterSpace([cb.ParameterSpec("a", 0, 1)])
    @cb.model_output("a")
    def m(self, raw, seed): ...
if f():
    class B(A):
        PARAMS = cb.ParameterSpace([cb.ParameterSpec("b", 0, 1)])
        @cb.model_output("b")
        def n(self, raw, seed): ...
else:
    class B: ...
class C(B): ...
class D(C, A): ...
"""
    facts = model(source, "D")
    assert facts.parameters.values == ()
    assert not facts.parameters.complete
    assert facts.outputs.values == ()
    assert not facts.outputs.complete


def test_a_function_that_is_passed_through_a_call_may_keep_its_mark() -> None:
    source = """
import functools
import modelops_calabaria as cb
class Mixin:
    @cb.model_output("a")
    def m(self, raw, seed): ...
class C(cb.BaseModel):
    PARAMS = cb.ParameterSpace([])
    n = functools.cache(Mixin.m)
"""
    assert not model(source, "C").outputs.complete
