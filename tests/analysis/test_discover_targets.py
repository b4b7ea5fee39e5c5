"""Targets by the Calabaria convention: what is one, and what it states."""

from __future__ import annotations

import pytest

from modelops_bundle.core.observation import ListFact, Unresolved
from support.analysis import symbols, target

IMPORTS = """
import modelops_calabaria as cb
from modelops_calabaria import calibration_target
from modelops_calabaria.core.target import LossTarget, LikelihoodTarget
from modelops_calabaria import Target
"""
MARK = "@calibration_target(model_output='a')\n"

FOUND: dict[str, tuple[str, str]] = {
    "decorated": ("@calibration_target(model_output='a')\ndef t(d): ...", "a"),
    "decorated through the package": (
        "@cb.calibration_target(model_output='a')\ndef t(d): ...",
        "a",
    ),
    "decorated through an alias": (
        "ct = cb.calibration_target\n@ct(model_output='a')\ndef t(d): ...",
        "a",
    ),
    "a decorator kept in a name": (
        "mark = calibration_target(model_output='a')\n@mark\ndef t(d): ...",
        "a",
    ),
    "a constant": ("A = 'a'\n@calibration_target(model_output=A)\ndef t(d): ...", "a"),
    "a constant as it was": (
        "A = 'a'\n@calibration_target(model_output=A)\ndef t(d): ...\nA = 'b'",
        "a",
    ),
    "metadata from a dict": (
        "M = {'model_output': 'a'}\n@calibration_target(**M)\ndef t(d): ...",
        "a",
    ),
    "a coroutine": ("@calibration_target(model_output='a')\nasync def t(d): ...", "a"),
    "under if": (
        "import os\nif os.environ:\n    @calibration_target(model_output='a')\n    def t(d): ...",
        "a",
    ),
    "below another decorator": (
        "@other\n@calibration_target(model_output='a')\ndef t(d): ...",
        "a",
    ),
    "above another decorator": (
        "@calibration_target(model_output='a')\n@other\ndef t(d): ...",
        "a",
    ),
    "the outermost of two": (
        MARK + "@calibration_target(model_output='b')\ndef t(d): ...",
        "a",
    ),
    "the last of two definitions": (
        "@calibration_target(model_output='b')\ndef t(d): ...\n"
        "@calibration_target(model_output='a')\ndef t(d): ...",
        "a",
    ),
    "the output from the body": (
        "@calibration_target(data='x')\ndef t(d): return LossTarget('n', model_output='a')",
        "a",
    ),
    "returned": ("def t(d): return Target(model_output='a')", "a"),
    "returned loss": ("def t(d): return LossTarget(name='n', model_output='a', data=d)", "a"),
    "returned likelihood": ("def t(d): return LikelihoodTarget('n', model_output='a')", "a"),
    "by position": ("def t(d): return LossTarget('n', 'a', d)", "a"),
    "through a variable": ("def t(d):\n    x = Target(model_output='a')\n    return x", "a"),
    "through two variables": (
        "def t(d):\n    o = 'a'\n    x = Target(model_output=o)\n    y = x\n    return y",
        "a",
    ),
    "keywords from a dict": (
        "def t(d):\n    k = dict(model_output='a')\n    return Target(**k)",
        "a",
    ),
    "equal in two branches": (
        "def t(d):\n    if d:\n        return Target(model_output='a')\n"
        "    return LossTarget('n', 'a')",
        "a",
    ),
    "in one branch": (
        "def t(d):\n    if d is None:\n        return None\n    return Target(model_output='a')",
        "a",
    ),
    "in a with": (
        "def t(d):\n    with open(d) as f:\n        return Target(model_output='a')",
        "a",
    ),
    "in a try": (
        "def t(d):\n    try:\n        x = f()\n    except E:\n        raise\n"
        "    return Target(model_output='a')",
        "a",
    ),
    "a subclass of the framework's": (
        "class Mine(LossTarget): pass\ndef t(d): return Mine('n', model_output='a')",
        "a",
    ),
    "imported inside": (
        "def t(d):\n    from modelops_calabaria.core.target import LossTarget as L\n"
        "    return L('n', model_output='a')",
        "a",
    ),
    "an enum": (
        "import enum\nclass O(enum.Enum):\n    A = 'a'\n"
        "def t(d): return Target(model_output=O.A.value)",
        "a",
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_targets_are_found_with_their_output(case: str) -> None:
    source, output = FOUND[case]
    assert symbols(IMPORTS + source) == ["t"]
    assert target(IMPORTS + source).model_output == output


NOT_TARGETS = {
    "another decorator": "from x import calibration_target\n" + MARK + "def t(d): ...",
    "a local decorator of that name": (
        "def calibration_target(**k): return lambda f: f\n"
        "@calibration_target(model_output='a')\ndef t(d): ..."
    ),
    "a local Target": "class Target: pass\ndef t(d): return Target(model_output='a')",
    "a foreign Target": "from x import Target\ndef t(d): return Target(model_output='a')",
    "no output": "def t(d): return Target()",
    "not returned": "def t(d):\n    Target(model_output='a')",
    "a list of targets": "def t(d): return [Target(model_output='a')]",
    "a factory": "def t(output): return Target(model_output=output)",
    "a factory with a default": "def t(output='a'): return Target(model_output=output)",
    "a private helper": "def _t(d): return Target(model_output='a')",
    "a method": "class C:\n    @calibration_target(model_output='a')\n    def t(self): ...",
    "a static method": "class C:\n    @staticmethod\n    def t(): return Target(model_output='a')",
    "a nested function": "def f():\n    @calibration_target(model_output='a')\n    def t(d): ...",
    "what a nested function returns": (
        "def t(d):\n    def g(): return Target(model_output='a')\n    return g"
    ),
    "a lambda": "t = lambda d: Target(model_output='a')",
    "shadowed by a parameter": "def t(Target): return Target(model_output='a')",
    "shadowed by a later definition": (
        "@calibration_target(model_output='a')\ndef t(d): ...\nt = None"
    ),
    "unreachable": "def t(d):\n    return None\n    return Target(model_output='a')",
}


@pytest.mark.parametrize("case", NOT_TARGETS)
def test_lookalikes_are_not_targets(case: str) -> None:
    assert symbols(IMPORTS + NOT_TARGETS[case]) == []


DOUBTFUL: dict[str, tuple[str, list[str]]] = {
    "a computed output": ("@calibration_target(model_output=f())\ndef t(d): ...", []),
    "two outputs": (
        "@calibration_target(model_output='a' if f() else 'b')\ndef t(d): ...",
        ["a", "b"],
    ),
    "not a text": ("@calibration_target(model_output=3)\ndef t(d): ...", []),
    "unknown metadata": ("@calibration_target(**f())\ndef t(d): ...", []),
    "two returns": (
        "def t(d):\n    if d:\n        return Target(model_output='a')\n"
        "    return Target(model_output='b')",
        ["a", "b"],
    ),
    "set afterwards": (
        "def t(d):\n    x = Target(model_output='a')\n    x.model_output = 'b'\n    return x",
        ["a"],
    ),
    "keywords that change": (
        "def t(d):\n    k = {'model_output': 'a'}\n"
        "    k['model_output'] = 'b'\n    return Target(**k)",
        [],
    ),
    "one of two decorators": (
        "def other(**k): return lambda f: f\nct = calibration_target if f() else other\n"
        "@ct(model_output='a')\ndef t(d): ...",
        ["a"],
    ),
    "two definitions": (
        "if f():\n    @calibration_target(model_output='a')\n    def t(d): ...\n"
        "else:\n    @calibration_target(model_output='b')\n    def t(d): ...",
        ["a", "b"],
    ),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_doubtful_outputs_are_unresolved(case: str) -> None:
    source, candidates = DOUBTFUL[case]
    output = target(IMPORTS + source).model_output
    assert isinstance(output, Unresolved)
    assert output.candidates == tuple(candidates)


def test_what_decorator_and_body_say_is_kept_apart() -> None:
    source = IMPORTS + (
        "@calibration_target(model_output='a')\ndef t(d): return LossTarget('n', model_output={!r})"
    )
    assert target(source.format("a")).body_output == "a"
    facts = target(source.format("b"))
    assert (facts.model_output, facts.body_output) == ("a", "b")
    assert target(IMPORTS + "def t(d): return Target(model_output='a')").body_output is None


DATA: dict[str, tuple[str, list[str] | None, bool]] = {
    "none": ("", None, True),
    "None": ("data=None", [], True),
    "one path": ("data='a.csv'", ["a.csv"], True),
    "a list": ("data=['a.csv', 'b.csv']", ["a.csv", "b.csv"], True),
    "a mapping": ("data={'x': 'a.csv', 'y': 'b.csv'}", ["a.csv", "b.csv"], True),
    "a mapping of lists": ("data={'x': ['a.csv', 'b.csv']}", ["a.csv", "b.csv"], True),
    "twice the same": ("data={'x': 'a.csv', 'y': 'a.csv'}", ["a.csv"], True),
    "a key given twice": ("data={'x': 'a.csv', 'x': 'b.csv'}", ["b.csv"], True),
    "a pathlib path": ("data={'x': P('data') / 'a.csv'}", ["data/a.csv"], True),
    "an f-string": ("data={'x': f'{ROOT}/a.csv'}", ["data/a.csv"], True),
    "an unknown item": ("data={'x': 'a.csv', 'y': f()}", ["a.csv"], False),
    "an unknown mapping": ("data=f()", [], False),
    "unpacked from somewhere": ("data={'x': 'a.csv', **f()}", ["a.csv"], False),
    "a number": ("data={'x': 3}", [], False),
    "two mappings": ("data={'x': 'a.csv'} if f() else {'x': 'b.csv'}", [], False),
}


@pytest.mark.parametrize("case", DATA)
def test_data_paths_are_those_of_the_decorator(case: str) -> None:
    given, paths, complete = DATA[case]
    source = (
        f"{IMPORTS}\nfrom pathlib import Path as P\nROOT = 'data'\n"
        f"@calibration_target(model_output='o', {given})\ndef t(d): ..."
    )
    data = target(source).data
    if paths is None:
        assert data is None
    else:
        assert isinstance(data, ListFact)
        assert (data.values, data.complete) == (tuple(paths), complete)


def test_candidates_of_data_are_given() -> None:
    source = IMPORTS + (
        "@calibration_target(model_output='o', data={'x': 'a.csv'} if f() else {'x': 'b.csv'})\n"
        "def t(d): ..."
    )
    data = target(source).data
    assert data is not None
    assert data.unresolved[0].candidates == ("a.csv", "b.csv")


def test_two_targets_of_a_file_come_in_source_order() -> None:
    source = (
        IMPORTS
        + "def b(d): return Target(model_output='x')\ndef a(d): return Target(model_output='y')"
    )
    assert symbols(source) == ["b", "a"]
