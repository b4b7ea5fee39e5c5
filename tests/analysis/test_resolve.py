"""Names and expressions: what is a fact, what has several values, and what cannot be told."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.values import Unknown
from support.analysis import resolved, said

FACTS = {
    "a literal": ("X = 'a'", "X", "a"),
    "an alias": ("X = 'a'\nY = X\nZ = Y", "Z", "a"),
    "an alias of a framework function": (
        "import modelops_calabaria as cb\nmo = cb.model_output\nout = mo",
        "out",
        "modelops_calabaria.model_output",
    ),
    "from import as": (
        "from modelops_calabaria import calibration_target as ct\nz = ct",
        "z",
        "modelops_calabaria.calibration_target",
    ),
    "a submodule of a framework": (
        "import modelops_calabaria.core.target",
        "modelops_calabaria.core.target.LossTarget",
        "modelops_calabaria.core.target.LossTarget",
    ),
    "import_module of a literal": (
        "import importlib\ncb = importlib.import_module('modelops_calabaria')",
        "cb.model_output",
        "modelops_calabaria.model_output",
    ),
    "the last of two assignments": ("X = 'a'\nX = 'b'", "X", "b"),
    "an augmented assignment": ("X = 'a'\nX += '_b'", "X", "a_b"),
    "an annotated assignment": ("X: str = 'a'", "X", "a"),
    "a chained assignment": ("X = Y = 'a'", "Y", "a"),
    "unpacking": ("X, (Y, Z) = 'a', ('b', 'c')", "Z", "c"),
    "deleted and bound again": ("X = 'a'\ndel X\nX = 'b'", "X", "b"),
    "bound in one branch only": ("if cond():\n    X = 'a'", "X", "a"),
    "equal in both branches": ("if cond():\n    X = 'a'\nelse:\n    X = 'a'", "X", "a"),
    "a branch that raises": ("X = 'a'\nif cond():\n    X = 'b'\n    raise SystemExit", "X", "a"),
    "a constant test": ("if True:\n    X = 'a'\nelse:\n    X = 'b'", "X", "a"),
    "a false constant test": ("D = False\nif D:\n    X = 'a'\nelse:\n    X = 'b'", "X", "b"),
    "elif after a false test": (
        "D = 0\nif D:\n    X = 'a'\nelif not D:\n    X = 'b'\nelse:\n    X = 'c'",
        "X",
        "b",
    ),
    "not for type checkers": (
        "from typing import TYPE_CHECKING\nX = 'a'\nif TYPE_CHECKING:\n    X = 'b'",
        "X",
        "a",
    ),
    "not when imported": ("X = 'a'\nif __name__ == '__main__':\n    X = 'b'", "X", "a"),
    "a conditional expression": ("D = True\nX = 'a' if D else 'b'", "X", "a"),
    "a test of a comparison": ("V = 3\nX = 'a' if V >= 2 else 'b'", "X", "a"),
    "or of constants": ("X = '' or 'b'", "X", "b"),
    "and of constants": ("D = True\nX = D and 'b'", "X", "b"),
    "an f-string": ("A = 'a'\nN = 3\nX = f'{A}_{N:02d}'", "X", "a_03"),
    "an f-string with a conversion": ("A = 'a'\nX = f'{A!r}'", "X", "'a'"),
    "concatenation": ("A = 'a'\nX = A + '_' + 'b'", "X", "a_b"),
    "repetition": ("X = 'ab' * 2", "X", "abab"),
    "percent": ("X = '%s_%d' % ('a', 2)", "X", "a_2"),
    "format": ("X = '{}_{k}'.format('a', k='b')", "X", "a_b"),
    "join": ("X = '_'.join(['a', 'b'])", "X", "a_b"),
    "a method of text": ("X = ' A '.strip().lower()", "X", "a"),
    "a dict's item": ("D = {'k': 'a', 'j': 'b'}\nX = D['k']", "X", "a"),
    "the last of equal keys": ("D = {'k': 'a', 'k': 'b'}\nX = D['k']", "X", "b"),
    "a nested item": ("D = {'k': {'j': ['a', 'b']}}", "D['k']['j'][-1]", "b"),
    "get with a default": ("D = {'k': 'a'}", "D.get('z', 'none')", "none"),
    "dict()": ("D = dict(k='a')", "D['k']", "a"),
    "dict with two stars": ("A = {'k': 'a'}\nD = {**A, 'j': 'b'}", "D['k']", "a"),
    "merged dicts": ("D = {'k': 'a'} | {'k': 'b'}", "D['k']", "b"),
    "a tuple's item": ("T = ('a', 'b')", "T[1]", "b"),
    "a starred display": ("T = ('a',)\nU = [*T, 'b']", "U[1]", "b"),
    "list concatenation": ("A = ['a']\nX = (A + ['b'])[1]", "X", "b"),
    "a comprehension": ("X = ['p_' + n for n in ('a', 'b')][1]", "X", "p_b"),
    "a comprehension with a test": ("X = [n for n in ('a', 'b') if n != 'a'][0]", "X", "b"),
    "a dict comprehension": ("D = {n: n + '!' for n in ['a']}", "D['a']", "a!"),
    "range and enumerate": (
        "X = [f'{n}{i}' for i, n in enumerate(['a', 'b'])][1] + str([*range(3)][2])",
        "X",
        "b12",
    ),
    "a class attribute": ("class N:\n    A = 'a'", "N.A", "a"),
    "an inherited class attribute": ("class N:\n    A = 'a'\nclass M(N): pass", "M.A", "a"),
    "a nested class": ("class N:\n    class M:\n        A = 'a'", "N.M.A", "a"),
    "a class body sees its own names": ("A = 'a'\nclass N:\n    A = 'b'\n    B = A", "N.B", "b"),
    "and the module's": ("A = 'a'\nclass N:\n    B = A", "N.B", "a"),
    "but not those of a class around it": (
        "A = 'a'\nclass N:\n    A = 'b'\n    class M:\n        B = A",
        "N.M.B",
        "a",
    ),
    "nor in a comprehension": (
        "A = 'a'\nclass N:\n    A = 'b'\n    B = [A for _ in (1,)][0]",
        "N.B",
        "a",
    ),
    "a dataclass default": (
        "import dataclasses\n@dataclasses.dataclass\nclass N:\n    A: str = 'a'",
        "N.A",
        "a",
    ),
    "an enum value": ("import enum\nclass E(enum.Enum):\n    A = 'a'", "E.A.value", "a"),
    "an enum name": ("from enum import Enum\nclass E(Enum):\n    A = 'x'", "E.A.name", "A"),
    "an enum by subscript": ("import enum\nclass E(enum.Enum):\n    A = 'a'", "E['A'].value", "a"),
    "a string enum": ("from enum import StrEnum\nclass E(StrEnum):\n    A = 'a'", "E.A", "a"),
    "auto in a string enum": (
        "from enum import StrEnum, auto\nclass E(StrEnum):\n    AB = auto()",
        "f'{E.AB}'",
        "ab",
    ),
    "a str mixin": ("import enum\nclass E(str, enum.Enum):\n    A = 'a'", "E.A", "a"),
    "a path": ("from pathlib import Path\nP = Path('data') / 'a.csv'", "P", "data/a.csv"),
    "os.path.join": ("import os\nX = os.path.join('data', 'a.csv')", "X", "data/a.csv"),
    "a function of one return": ("def f(a, b='b'): return a + b", "f('a')", "ab"),
    "a lambda": ("f = lambda a: a + '!'", "f('a')", "a!"),
    "star arguments": ("A = ('a', 'b')\ndef f(x, y): return y + x", "f(*A)", "ba"),
    "double star arguments": ("K = {'y': 'b'}\ndef f(x, y): return x + y", "f('a', **K)", "ab"),
    "a loop over one": ("for X in ('a',): pass", "X", "a"),
    "what a finally sets": ("try:\n    f()\nfinally:\n    X = 'b'", "X", "b"),
    "a stub where an import failed": (
        "try:\n    from modelops_calabaria import model_output\n"
        "except ImportError:\n    def model_output(n): return lambda f: f",
        "model_output",
        "modelops_calabaria.model_output",
    ),
    "a fallback for an import that must fail": (
        "try:\n    from .consts import X\nexcept ImportError:\n    X = 'b'",
        "X",
        "b",
    ),
    "a container that is only read": (
        "L = ['a', 'b']\nfor x in L: print(x)\nn = len(L)\nm = sorted(L)\nobj = Thing(L)",
        "L[0]",
        "a",
    ),
    "a container handed to something outside": (
        "import polars as pl, logging\nlog = logging.getLogger()\nL = {'a': 'b'}\n"
        "pl.read_csv(L['a'])\npl.DataFrame(L)\npl.concat(L)\nlog.info('x', L)",
        "L['a']",
        "b",
    ),
    "an instance attribute of the same name": (
        "class N:\n    A = 'a'\n    def f(self):\n        self.A = 'b'",
        "N.A",
        "a",
    ),
    "a global statement at module level": ("global X\nX = 'a'", "X", "a"),
    "what a function returns as it is called": ("A = 'a'\ndef f(): return A\nA = 'b'", "f()", "b"),
    "a local variable of the same name": (
        "L = ['a']\ndef f():\n    L = []\n    L.append('b')",
        "L[0]",
        "a",
    ),
}


@pytest.mark.parametrize("case", FACTS)
def test_one_value_is_a_fact(case: str) -> None:
    source, expression, value = FACTS[case]
    assert said(source, expression) == [value]


SEVERAL = {
    "two branches": ("if cond():\n    X = 'a'\nelse:\n    X = 'b'", "X", ["a", "b"]),
    "one branch over a default": ("X = 'a'\nif cond():\n    X = 'b'", "X", ["a", "b"]),
    "three ways": (
        "if a():\n    X = 'a'\nelif b():\n    X = 'b'\nelse:\n    X = 'c'",
        "X",
        ["a", "b", "c"],
    ),
    "match": (
        "X = 'a'\nmatch f():\n    case 1:\n        X = 'b'\n    case _:\n        X = 'c'",
        "X",
        ["a", "b", "c"],
    ),
    "a conditional expression": ("X = 'a' if f() else 'b'", "X", ["a", "b"]),
    "a try": ("try:\n    X = 'a'\nexcept E:\n    X = 'b'", "X", ["a", "b"]),
    "a try that stops half-way": (
        "try:\n    X = 'a'\n    f()\n    X = 'b'\nexcept E:\n    pass",
        "X",
        ["a", "b"],
    ),
    "a with that swallows": ("X = 'a'\nwith f():\n    g()\n    X = 'b'", "X", ["a", "b"]),
    "a loop variable": ("for X in {'a', 'b'}: pass", "X", ["a", "b"]),
    "a loop that may not run": ("X = 'a'\nfor i in f():\n    X = 'b'", "X", ["a", "b"]),
    "a loop left in the middle": (
        "while True:\n    X = 'a'\n    if f():\n        break\n    X = 'b'",
        "X",
        ["a", "b"],
    ),
    "through an f-string": ("A = 'a' if f() else 'b'\nX = f'{A}_x'", "X", ["a_x", "b_x"]),
    "through a subscript": (
        "K = 'j' if f() else 'k'\nX = {'j': 'a', 'k': 'b'}[K]",
        "X",
        ["a", "b"],
    ),
    "or": ("X = f() and 'a' or 'b'", "X", ["?", "a", "b"]),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_several_values_are_all_given(case: str) -> None:
    source, expression, values = SEVERAL[case]
    assert set(values) - {"?"} <= set(said(source, expression))
    assert len(resolved(source, expression)) > 1


OPEN = {
    "not defined": ("", "X"),
    "deleted": ("X = 'a'\ndel X", "X"),
    "a call": ("X = compute()", "X + ''"),
    "the environment": ("import os\nX = os.environ['X']", "X + ''"),
    "a global statement": ("X = 'a'\ndef f():\n    global X\n    X = 'b'", "X"),
    "an assignment expression": ("X = 'a'\nprint(X := 'b')", "X"),
    "globals() by another name": ("X = 'a'\ng = globals()\ng['X'] = 'b'", "X"),
    "globals() with a computed key": ("X = 'a'\nglobals()[f()] = 'b'", "X"),
    "globals() in a function": ("X = 'a'\ndef f():\n    globals().update(X='b')", "X"),
    "exec": ("X = 'a'\nexec('X = 1')", "X"),
    "a loop that adds": ("X = 'a'\nfor i in f():\n    X += 'b'", "X"),
    "a definition in terms of itself": ("X = X + 'a'", "X"),
    "item assignment": ("D = {'k': 'a'}\nD['k'] = 'b'", "D['k']"),
    "item assignment in a function": ("D = {'k': 'a'}\ndef f():\n    D['k'] = 'b'", "D['k']"),
    "item deletion": ("D = {'k': 'a'}\ndel D['k']", "D['k']"),
    "update": ("D = {'k': 'a'}\nD.update(k='b')", "D['k']"),
    "append": ("L = ['a']\nL.append('b')", "L[-1]"),
    "a change through an alias": ("L = ['a']\nM = L\nM[0] = 'b'", "L[0]"),
    "a change through an attribute": ("L = ['a']\nobj.x = L\nobj.x.append('b')", "L[-1]"),
    "augmented through an alias": ("L = ['a']\nM = L\nM += ['b']", "L[-1]"),
    "a nested change": ("D = {'k': ['a']}\nD['k'].append('b')", "D['k'][-1]"),
    "a nested change through a loop": ("D = [['a']]\nfor x in D:\n    x.append('b')", "D[0][-1]"),
    "handed to a function of the project": ("def f(x): x[0] = 'b'\nL = ['a']\nf(L)", "L[0]"),
    "shuffled": ("import random\nL = ['a', 'b']\nrandom.shuffle(L)", "L[0]"),
    "a class attribute set later": ("class N:\n    A = 'a'\nN.A = 'b'", "N.A"),
    "a class attribute set by setattr": ("class N:\n    A = 'a'\nsetattr(N, 'A', 'b')", "N.A"),
    "set by a computed setattr": ("class N:\n    A = 'a'\nsetattr(N, f(), 'b')", "N.A"),
    "set in a class method": (
        "class N:\n    A = 'a'\n    @classmethod\n    def f(cls):\n        cls.A = 'b'",
        "N.A",
    ),
    "set through a parameter": (
        "class N:\n    A = 'a'\ndef patch(c):\n    c.A = 'b'\npatch(N)",
        "N.A",
    ),
    "set on the class it inherits from": (
        "class M:\n    A = 'a'\nclass N(M): pass\nM.A = 'b'",
        "N.A",
    ),
    "set by a decorator of the project": (
        "def deco(c):\n    c.A = 'b'\n    return c\n@deco\nclass N:\n    A = 'a'",
        "N.A",
    ),
    "made by a metaclass of the project": (
        "class Meta(type): pass\nclass N(metaclass=Meta):\n    A = 'a'",
        "N.A",
    ),
    "set up by a base": (
        "class M:\n    def __init_subclass__(cls): cls.A = 'b'\nclass N(M):\n    A = 'a'",
        "N.A",
    ),
    "set through type(self)": (
        "class N:\n    A = 'a'\n    def f(self):\n        type(self).A = 'b'",
        "N.A",
    ),
    "an attribute of an unknown base": ("class N(f()):\n    B = 'b'", "N.A"),
    "an attribute that a foreign base may define": ("import x\nclass N(x.Y): pass", "N.A"),
    "an enum with its own values": (
        "import enum\nclass E(enum.Enum):\n    A = 'a'\n"
        "    def __new__(cls, v):\n        return object.__new__(cls)",
        "E.A.value",
    ),
    "an enum's auto": ("import enum\nclass E(enum.Enum):\n    A = enum.auto()", "E.A.value"),
    "an enum that converts": ("import enum\nclass E(int, enum.Enum):\n    A = '1'", "E.A.value"),
    "a str mixin in an f-string": (
        "import enum\nclass E(str, enum.Enum):\n    A = 'a'",
        "f'{E.A}'",
    ),
    "a set by position": ("S = {'a', 'b'}", "[*S][0] + S[0]"),
    "out of range": ("T = ('a',)", "T[3]"),
    "a missing key": ("D = {'k': 'a'}", "D['z']"),
    "unpacking that does not fit": ("X, Y = ('a', 'b', 'c')", "X"),
    "unpacking with a star": ("X, *Y = ('a', 'b', 'c')", "Y"),
    "a parameter": ("def f(x):\n    global Y\n    Y = x", "Y"),
    "a decorated function": ("@deco\ndef f(): return 'a'", "f() + ''"),
    "a coroutine": ("async def f(): return 'a'", "f() + ''"),
    "a huge text": ("X = 'a' * 10**9", "X"),
    "a text that doubles": ("X = 'aaaaaaaa'\n" + "X = X + X\n" * 40, "X"),
    "a list that doubles": ("X = ['a']\n" + "X = X + X\n" * 40, "X[0]"),
    "a list of itself twice": (
        "X0 = ['a']\n" + "".join(f"X{i + 1} = [X{i}, X{i}]\n" for i in range(60)),
        "X60[0]",
    ),
    "a format bomb": ("X = f'{1:>1000000000}'", "X"),
    "a percent bomb": ("X = '%1000000000d' % 1", "X"),
    "too deep": ("X = " + "(" * 80 + "'a'" + ",)" * 80, "X" + "[0]" * 80),
}


@pytest.mark.parametrize("case", OPEN)
def test_what_cannot_be_told_is_said_so(case: str) -> None:
    source, expression = OPEN[case]
    assert any(isinstance(value, Unknown) for value in resolved(source, expression))


def test_an_unknown_value_says_what_where_and_why() -> None:
    (value,) = resolved("A = 1\nX = compute(A,\n   2)['x']\n", "X + 'b'")
    assert isinstance(value, Unknown)
    assert (value.location.path, value.location.line) == ("main.py", 2)
    assert value.expression == "compute(A, 2)['x']"
    assert value.reason


def test_candidates_know_where_they_stand() -> None:
    values = resolved("if f():\n    X = 'a'\nelse:\n    X = 'b'", "X")
    assert [str(getattr(value, "origin", "")) for value in values] == ["main.py:2", "main.py:4"]


CUT = {
    "a slice of a list": ("X = ['a', 'b', 'c'][1:]", "X[0]", ["b"]),
    "a slice of a text": ("X = 'abcd'[1:3]", "X", ["bc"]),
    "a step": ("X = ('a', 'b', 'c')[::-1]", "X[0]", ["c"]),
    "a slice with an open bound": ("X = ['a', 'b'][f():]", "X[0]", ["?"]),
    "getattr": ("class C:\n    a = 'x'\nX = getattr(C, 'a')", "X", ["x"]),
    "getattr with a default": ("class C:\n    a = 'x'\nX = getattr(C, 'a', 'y')", "X", ["x"]),
    "getattr of what may be there": (
        "class C:\n    if cond():\n        a = 'x'\nX = getattr(C, 'a', 'y')",
        "X",
        ["x", "y"],
    ),
    "getattr of what a base has": (
        "class B:\n    a = 'x'\nclass C(B):\n    if cond():\n        a = 'z'\n"
        "X = getattr(C, 'a', 'y')",
        "X",
        ["x", "z"],
    ),
}


@pytest.mark.parametrize(("source", "expression", "wanted"), CUT.values(), ids=CUT)
def test_slices_and_getattr(source: str, expression: str, wanted: list[str]) -> None:
    assert said(source, expression) == wanted
