"""Canonical digests: what they ignore, what they see, and that all Python versions agree."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import modelops_bundle
from modelops_bundle.analysis.semantic import statement_of, symbol_digest
from modelops_bundle.analysis.walk import DEFINITIONS, canonical, docstring_of


def digests(source: str, *, documented: bool = False) -> list[str]:
    statements = [statement_of(node, canonical([node])) for node in ast.parse(source).body]
    return [one.documented if documented else one.digest for one in statements]


def symbol(source: str) -> str:
    (node,) = ast.parse(source).body
    assert isinstance(node, DEFINITIONS)
    return symbol_digest(node)


SAME = [
    ("x=1", "x = 1  # a comment"),
    ("x = (1,\n 2)", "x = 1, 2"),
    ("x = 'a'", 'x = "a"'),
    ("x = u'a'", "x = 'a'"),
    ("x = 'a' 'b'", "x = 'ab'"),
    ("x = 0x10", "x = 16"),
    ("x = 1_000.0", "x = 1e3"),
    ("x = f'a{y}' 'b' f''", "x = f'a{y}b'"),
    ("x = f'{y:}'", "x = f'{y}'"),
    ("def f():\n  'doc'\n  return 1", "def f():\n  return 1"),
    ("def f():\n  'one'\n  return 1", "def f():\n  'two'\n  return 1"),
    ("class C:\n  'doc'\n  x = 1", "class C:\n  x = 1"),
    ("if a:\n  def f():\n    'doc'\n    g()", "if a:\n  def f():\n    g()"),
]

DIFFERENT = [
    ("x = 1", "x = 2"),
    ("x = 1", "x = 1.0"),
    ("x = 1", "x = True"),
    ("x = 1", "x = '1'"),
    ("x = 'a'", "x = b'a'"),
    ("x = None", "x = ..."),
    ("x = 0.0", "x = -0.0"),
    ("x = a - b", "x = b - a"),
    ("x = a - b", "x = a + b"),
    ("x = f(a, b)", "x = f(a, *b)"),
    ("x = f(a, b=b)", "x = f(a, **b)"),
    ("x = f(a)(b)", "x = f(a(b))"),
    ("x = [a, [b]]", "x = [[a], b]"),
    ("x = {a: b}", "x = {**b}"),
    ("x = 'a b'", "x = 'a', 'b'"),
    ("x = f'{y}'", "x = f'{y!r}'"),
    ("x = f'{y}'", "x = f'{y:>3}'"),
    ("def f(a, b=1): pass", "def f(a, *, b=1): pass"),
    ("def f(*, a, b=1): pass", "def f(*, a=1, b): pass"),
    ("def f(a, /): pass", "def f(a): pass"),
    ("def f(): pass", "async def f(): pass"),
    ("def f():\n  'doc'\n  'not doc'", "def f():\n  'doc'"),
    ("def f():\n  f'not doc'", "def f(): pass"),
    ("global_ = 1", "glob = 1"),
    ("from a import b", "from .a import b"),
    ("from a import b", "from a import b as c"),
    ("if a:\n  b\nelse:\n  c", "if a:\n  b\n  c"),
    ("while a:\n  b\nelse:\n  c", "while a:\n  b\nc"),
    ("try:\n  a\nexcept B:\n  c", "try:\n  a\nexcept B as c:\n  c"),
    ("@d\ndef f(): pass", "def f(): pass"),
    ("match a:\n  case None: b", "match a:\n  case True: b"),
    ("match a:\n  case [x, *y]: b", "match a:\n  case [x, y]: b"),
    ("x: int", "x: int = 1"),
    ("x: int", "(x): int"),
    ("x = a if b else c", "x = b if a else c"),
    ("x = a < b < c", "x = a < b <= c"),
    ("x = '\\ud800'", "x = '\\ud801'"),
    ("x = 10 ** 20000", "x = 10 ** 20001"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_formatting_comments_and_docstrings_do_not_count(one: str, other: str) -> None:
    assert digests(one) == digests(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_change_of_meaning_counts(one: str, other: str) -> None:
    assert digests(one) != digests(other)


def test_docstrings_count_in_the_documented_digest_and_only_there() -> None:
    one, other = "def f():\n  'one'\n  g()", "def f():\n  'two'\n  g()"
    assert digests(one) == digests(other)
    assert digests(one, documented=True) != digests(other, documented=True)
    moved = "class A:\n  def f():\n    'd'\n  def g():\n    pass"
    back = "class A:\n  def f():\n    pass\n  def g():\n    'd'\n    pass"
    assert digests(moved, documented=True) != digests(back, documented=True)
    assert digests("x = 1") == digests("x = 1", documented=True)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("def f(a): return a", "def g(a): return a", True),
        ("def f(n): return n * f(n - 1)", "def g(n): return n * g(n - 1)", True),
        ("def f(n): return n * f(n - 1)", "def g(n): return n * f(n - 1)", False),
        (
            "class A(B):\n def m(self): super(A, self)",
            "class C(B):\n def m(self): super(C, self)",
            True,
        ),
        ("class A(A): pass", "class B(B): pass", False),
        ("@A\nclass A: pass", "@A\nclass B: pass", True),
        ("def f(f): return f", "def g(f): return f", True),
        ("def f(f): return f", "def g(g): return g", False),
        ("def f():\n 'one'\n return 1", "def g():\n 'two'\n return 1", True),
        ("def f(): return 1", "async def g(): return 1", False),
        ("@t('a')\ndef f(): return 1", "@t('b')\ndef f(): return 1", False),
        ("def f(a=1): return a", "def f(a=2): return a", False),
        ("def f(a): return a", "def f(a) -> int: return a", False),
        ("class A(B): x = 1", "class A(C): x = 1", False),
        ("class A(B): x = 1", "class A(k=B): x = 1", False),
        ("@a\n@b\ndef f(): pass", "@b\n@a\ndef f(): pass", False),
    ],
)
def test_a_symbol_is_its_definition_without_its_name(one: str, other: str, equal: bool) -> None:
    assert (symbol(one) == symbol(other)) is equal


@given(st.text(), st.text())
def test_different_texts_never_share_a_digest(one: str, other: str) -> None:
    trees = [
        ast.Module([ast.Expr(ast.Tuple([ast.Constant(t), ast.Constant(u)], ast.Load()))], [])
        for t, u in ((one, other), (one + other, ""), ("", one + other))
    ]
    found = {tuple(canonical(tree.body).texts) for tree in trees}
    assert len(found) == len({(one, other), (one + other, ""), ("", one + other)})


def test_deep_expressions_need_no_recursion() -> None:
    source = "x = 1" + " + 1" * 900
    limit = sys.getrecursionlimit()
    tree = ast.parse(source)
    sys.setrecursionlimit(150)
    try:
        walked = canonical(tree.body)
    finally:
        sys.setrecursionlimit(limit)
    assert len(walked.nodes) == len(walked.texts) > 1800


SCRIPT = """
import ast, json, sys, warnings
from modelops_bundle.analysis.semantic import statement_of, symbol_digest
from modelops_bundle.analysis.walk import DEFINITIONS, canonical, docstring_of
warnings.simplefilter("ignore")
found = {}
for name, source in json.load(sys.stdin).items():
    try:
        body = ast.parse(source).body
    except SyntaxError:
        continue
    found[name] = [docstring_of(body)]
    for node in body:
        one = statement_of(node, canonical([node]))
        symbol = symbol_digest(node) if isinstance(node, DEFINITIONS) else ""
        found[name].append([one.symbol, one.digest, one.documented, symbol])
json.dump(found, sys.stdout)
"""

TRICKY = """
f"" ; f"a" ; "a" f"" ; f"{x}" "" ; "a" "b" f"{x!r:>{w}.{p}}" "c" f"d{y=}e{z = !s}"
b"a" rb"\\d", "a" r"\\d"
f"{{}}{x}{{" "}}" ; f'''{
x
}''' ; f"{x:%H:%M}" ; f"{lambda_:d}" ; f"\\N{DEGREE SIGN}{x}\\x41"
with (a as b, c): pass
lambda *a, k=1, **kw: (yield)
def f(a, /, b: 'str' = 1, *c, d, e=2, **g) -> None:
    '''doc
        indented
    '''
    nonlocal_ = 1j; x: int = 0; del a, (b, c)
match x:
    case {"a": 1, **rest} | P(1, k=2) | [*_] | -1 | "s" "t" as y if y: ...
try: pass
except* E as e: raise X from e
else: pass
finally: pass
@a.b[c](d)
class C(B, metaclass=M, **k):
    '''d'''
    async def m(self):
        async with a as b, c: return [x async for x in y if z]
x[1:2, ..., ::3] = *a, b = c = 0xffffffffffffffffffffffffffffffff, 1e999, 1e-5, 0o17
x = "\\ud800\\U0001f600"
"""


def interpreters() -> list[Path]:
    names = [f"python3.{minor}" for minor in (11, 12, 13)]
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    found: dict[str, Path] = {}
    for folder in folders:
        for name in names:
            if "shims" not in folder.parts and (folder / name).is_file():
                found.setdefault(name, folder / name)
    return list(found.values())


def test_python_versions_agree_on_every_digest() -> None:
    pythons = interpreters()
    if len(pythons) < 2:
        pytest.skip("only one Python version on this machine")
    library = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    sources = {path.name: path.read_text(encoding="utf-8") for path in library[::4]}
    sources["tricky"] = TRICKY
    root = Path(modelops_bundle.__file__).parent.parent
    answers = []
    for python in pythons:
        answer = subprocess.run(
            [str(python), "-c", SCRIPT],
            input=json.dumps(sources),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        answers.append(json.loads(answer.stdout))
    common = set.intersection(*(set(answer) for answer in answers))
    assert "tricky" in common
    assert len(common) >= 30
    for name in sorted(common):
        assert all(answer[name] == answers[0][name] for answer in answers), name


def test_a_docstring_is_a_plain_string_that_comes_first() -> None:
    assert docstring_of(ast.parse("'a'\nx = 1").body) == "a"
    for source in ("", "x = 1\n'a'", "b'a'", "f'a'", "1"):
        assert docstring_of(ast.parse(source).body) is None
