"""What an expression that names a module or a path can be worth."""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest

from modelops_bundle.analysis.texts import FILE, NAME, PACKAGE, TextEvaluator, Texts


def evaluated(source: str) -> Texts:
    """The worth of the last expression of the source."""
    tree = ast.parse(source)
    nodes: dict[type, list[ast.AST]] = defaultdict(list)
    for node in ast.walk(tree):
        nodes[type(node)].append(node)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    return TextEvaluator(lambda: nodes, {"imported": frozenset({"x"})}).texts(last.value)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("'a'", ("a",)),
        ("'a' + 'b'", ("ab",)),
        ("f'a{\"b\"}c'", ("abc",)),
        ("x = 'a'\nx", ("a",)),
        ("x: str = 'a'\nx", ("a",)),
        ("x = 'a'\nx = 'b'\nx", ("a", "b")),
        ("x = y = 'a'\ny", ("a",)),
        ("(x := 'a')\nx", ("a",)),
        ("'a' if q else 'b'", ("a", "b")),
        ("None or 'a'", None),
        ("'' or 'a'", ("", "a")),
        ("for x in ('a', 'b'): pass\nx", ("a", "b")),
        ("for x in ['a'] + ['b']: pass\nx", ("a", "b")),
        ("for x in [*['a'], 'b']: pass\nx", ("a", "b")),
        ("for x in sorted({'a'}): pass\nx", ("a",)),
        ("for x in {'a': 1}: pass\nx", ("a",)),
        ("D = {'a': 'b'}\nfor x in D.values(): pass\nx", ("b",)),
        ("D = {'a': 'b'}\nfor k, v in D.items(): pass\nk + v", ("ab",)),
        ("for i, x in enumerate(['a']): pass\nx", ("a",)),
        ("L = ('a', 'b')\nL[i]", ("a", "b")),
        ("L = (('a', 1), ('b', 2))\nfor x, y in L: pass\nx", ("a", "b")),
        ("[x for y, x in [[1, 'a'], (2, 'b')]]\nx", ("a", "b")),
        ("__name__ + '.x'", (NAME + ".x",)),
        ("__package__", (PACKAGE,)),
        ("__file__", (FILE,)),
        ("Path(__file__).parent / 'x'", (FILE + "/../x",)),
        ("Path(__file__).resolve().parents[1] / 'x'", (FILE + "/../../x",)),
        ("os.path.join(os.path.dirname(__file__), 'a', 'b')", (FILE + "/../a/b",)),
        ("'.'.join(['a', 'b'])", ("a.b",)),
        ("'%s.%s' % ('a', 'b')", ("a.b",)),
        ("'%s%%' % 'a'", ("a%",)),
        ("x = 'a'\n'{}.{}'.format(x, 'b')", ("a.b",)),
        ("'{1}{{{0}}}'.format('a', 'b')", ("b{a}",)),
        ("Path('a', 'b').joinpath('c').as_posix()", ("a/b/c",)),
    ],
)
def test_what_can_be_told(source: str, values: tuple[str, ...] | None) -> None:
    assert evaluated(source).values == values


@pytest.mark.parametrize(
    "source",
    [
        "x",
        "1",
        "b'a'",
        "imported = 'a'\nimported",
        "def f(x): pass\nx = 'a'\nx",
        "x = 'a'\nx += 'b'\nx",
        "x = 'a'\nfor x, y in z: pass\nx",
        "with a as x: pass\nx = 'a'\nx",
        "L = ['a']\nL.append('b')\nfor x in L: pass\nx",
        "D = {}\nD['a'] = 'b'\nD['a']",
        "x = x\nx",
        "x = y\ny = x\nx",
        "for x in x: pass\nx",
        "L = [L]\nL[0]",
        "for x, y in ('ab', 'cd'): pass\nx",
        "for x, y in {'a': 'b'}: pass\nx",
        "for y, x in [(*z, 'a')]: pass\nx",
        "for y, x in [('a',)]: pass\nx",
        "', '.join([*x])",
        "'%d%%' % 1",
        "'%x' % 'a'",
        "'{:>3}'.format('a')",
        "'{'.format('a')",
        "'{1}'.format('a')",
        "'{x}'.format(x='a')",
        "x % 'a'",
        "Path(*parts)",
        "f'{x:>9}'",
        "f'{\"a\"!r}'",
        "'\\x00'",
        "'a' * 9",
        "__file__[0]",
        "p.parents[99]",
        "{'a': 'b', **c}['a']",
        "'a'" + " + 'a'" * 1200,
        repr("a" * 5000),
        "\n".join(f"x{i} = x{i - 1} + x{i - 1}" for i in range(1, 20)) + "\nx0 = 'a'\nx19",
        "L = " + repr([str(i) for i in range(300)]) + "\nL[0]",
    ],
)
def test_what_cannot_be_told_is_unknown(source: str) -> None:
    assert evaluated(source).values is None


@pytest.mark.parametrize(
    ("source", "prefix", "suffix"),
    [
        ("'p.' + x", "p.", ""),
        ("f'p.{x}.q'", "p.", ".q"),
        ("f'{__name__}.{x}'", NAME + ".", ""),
        ("x + '.q'", "", ".q"),
        ("'%s.base' % x", "", ".base"),
        ("'p.%s.%s' % (x, 'q')", "p.", ".q"),
        ("'p.{}'.format(x)", "p.", ""),
        ("'.'.join(['p', x, 'q'])", "p.", ".q"),
        ("'{}'.format(x)", "", ""),
        ("y = 'a' if z else 'b'\nf'{y}.{x}.{y}'", "", ""),
    ],
)
def test_the_beginning_and_the_end_may_be_known(source: str, prefix: str, suffix: str) -> None:
    assert evaluated(source) == Texts(None, prefix, suffix)
