"""One walk tells everything: canonical texts by one rule, and the names that a file mentions."""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import ModuleType

import pytest

from modelops_bundle.analysis import facts, linking, resolve_calls, texts, walk
from modelops_bundle.analysis.walk import Canonical, Dotted, canonical, header

EVERYTHING = '''
async def f(a, /, b: int = 1, *c, d, e=2, **g) -> None:
    """Docstring."""
    async with a as b, c: await b
    async for x in y: pass
    else: return
    return
def plain(a, b=1): yield
def bare(): yield from ()
class C(B, metaclass=M, **k):
    "Docstring."
    x: int = 1
    y: str
    def __init__(self): super().__init__(*a, **b)
x = y, (a, b) = [], {}, set(), {1}, {**a, 1: 2}, (), [*a]
x += f"{a}" f"{b!r:>{c}}" "d" f"" f"{e:}"
if a: pass
elif b: pass
else: pass
try: pass
except* E as e: raise X from e
try: raise
except (A, B): pass
finally: del x, y[0], z.a
match a:
    case {"k": v, **rest}: pass
    case [1, *others] | C(x=1) as whole: pass
    case _: pass
lambda a, *b, c=1: (a if b else c)
[a for b in c if d if e for f in g]
a < b <= c is not d not in e
not a and -b or ~c
a[1:2, ::3, ...]
x.y.z(1, *a, b=2, **c)
1, 1.5, 1j, b"bytes", None, True, "text", 10 ** 5000
global g; from . import q; import r.s as t
while (n := a): break
else: continue
assert a, b
'''


def by_rule(roots: list[ast.AST]) -> list[str]:
    """The texts by `header` alone, but for the kinds whose form is shorter."""
    nodes, written = list(roots), []
    for node in nodes:
        match node:
            case ast.Name(id=name):
                written.append(f"Name {name}")
            case ast.Attribute(attr=name, value=value):
                written.append(f"Attribute {name}")
                nodes.append(value)
            case ast.Call(func=func, args=args, keywords=keywords):
                written.append(f"Call {len(args)} {len(keywords)}")
                nodes += [func, *args, *keywords]
            case ast.Constant(value=str(text)):
                written.append(f"str {len(text)} {text}")
            case ast.Constant(value=value):
                shown = f"{value:x}" if type(value) is int else repr(value)
                written.append(f"{type(value).__name__} {shown}")
            case _:
                written.append(header(node, nodes))
    return written


@pytest.mark.parametrize("module", [facts, linking, resolve_calls, texts, walk])
def test_what_is_written_follows_one_rule_in_real_source(module: ModuleType) -> None:
    body = ast.parse(inspect.getsource(module)).body
    assert canonical(body).texts == by_rule([*body])


def test_what_is_written_follows_one_rule_for_every_kind_of_node() -> None:
    body = ast.parse(EVERYTHING).body
    walked = canonical(body)
    assert walked.texts == by_rule([*body])
    kinds = {type(node) for node in walked.nodes}
    handled = {ast.AsyncFor, ast.AsyncWith, ast.TryStar, ast.MatchMapping, ast.Slice, ast.Await}
    assert kinds >= handled


def walked(source: str) -> tuple[Canonical, Dotted]:
    """A source's walk with its dotted names."""
    dotted = Dotted()
    return canonical(ast.parse(textwrap.dedent(source)).body, dotted), dotted


def test_dotted_names_are_the_longest_and_know_where_they_are_read_first() -> None:
    _, dotted = walked(
        """
        def f():
            return a.b.c + a.b
        a.b.c(d)
        d.e().f
        d[0].g
        """
    )
    assert dotted.reads == {"a.b.c": 3, "a.b": 3, "d": 4, "d.e": 5}


def test_what_is_set_or_deleted_is_no_read() -> None:
    found, dotted = walked("a.b.c = d.e = x\ndel f.g, h\nfor i, j.k in y: pass\nl.m += 1")
    assert dotted.changes == {"a.b.c", "d.e", "f.g", "j.k", "l.m"}
    assert dotted.reads == {"x": 1, "y": 3}
    assert found.stored == {"h", "i"}


def test_names_of_every_sort_are_noted() -> None:
    found, _ = walked("def f(a, *b, c, **d): return g(e=h.i, **j), 'text'")
    assert found.names == {"g", "h", "j"}
    assert found.attributes == {"i"}
    assert found.parameters == {"a", "b", "c", "d"}
    assert found.keywords == {"e"}
    assert found.strings == {"text"}


def test_a_very_long_dotted_name_takes_linear_time() -> None:
    source = "a" + ".b" * 900
    _, dotted = walked(source)
    assert dotted.reads == {source: 1}
