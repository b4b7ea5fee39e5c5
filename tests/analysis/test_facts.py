"""What one file says by itself; whatever its bytes are, an answer and no exception."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.analysis.closure import closure_of
from modelops_bundle.analysis.facts import Exports, FileFacts, extract_facts
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import memory_tree

PIECES = (
    "import p.a", "from . import b", "from p import *", "__all__ = ['a']", "__all__ += x",
    "def f(): return f", "class C(f):", "    x = C.x", "if TYPE_CHECKING:", "    import p.b",
    "__import__(x)", "# mops: imports p.a,", "x = 'a' + x", "try:", "except E:", "    pass",
    "import importlib as i; i.import_module(__name__ + x)", "globals()[x] = 1", "match x:",
    "    case {**r}: pass", "@f(1)", "(",
    "'''", "\\", "\0", "\f", "\ud800", "async def g(): await f",
    "del f", "global x", "f'{x!r:>{x}}'", "lambda: (yield)", "x: int", "*x, y = z", "p.a.q.r()",
)  # fmt: skip


def facts(source: str) -> FileFacts:
    parsed = parse_source(BundlePath("m.py"), source.encode())
    assert isinstance(parsed, ParsedSource)
    return extract_facts(parsed)


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.binary(max_size=3))
def test_any_bytes_have_a_closure(pieces: list[str], noise: bytes) -> None:
    content = "\n".join(pieces).encode("utf-8", "surrogatepass") + noise
    tree = memory_tree({"p/__init__.py": content, "p/a.py": content, "p/b.py": "from p import *"})
    found = closure_of(ModuleIndex(tree, (ROOT,)), BundlePath("p/b.py"))
    assert set(found.via) == set(found.lines) == set(found.files)
    assert set(found.semantics) == {found.path, *found.files}
    assert all(found.chain(file)[0] == "p/b.py" for file in found.files)


def test_statements_carry_the_symbol_that_they_define() -> None:
    found = facts("'doc'\nimport a\ndef f(): ...\nclass C: ...\nif x:\n def g(): ...\n")
    assert [one.symbol for one in found.statements] == ["", "f", "C", ""]
    assert found.docstring
    assert not facts("import a").docstring


def test_module_names_are_those_of_the_module_scope() -> None:
    source = "a = b.c = 1\ndef f(x):\n y = 1\n global z\nclass C:\n w = 1\nfor i in j: k = 1\n"
    assert facts(source).names == {"a", "f", "z", "C", "i", "k"}


def test_exports_are_what_all_lists() -> None:
    assert facts("__all__ = ['a']; __all__ += ('b',)").exports == Exports(("a", "b"), False)
    assert facts("__all__ = ['a'] + names()").exports == Exports(("a",), True)
    assert facts("x = ['a']").exports is None
