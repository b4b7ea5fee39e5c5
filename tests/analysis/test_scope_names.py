"""What the text of a file rules out, and what a closer look finds, is what a full scan finds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import modelops_bundle
from modelops_bundle.analysis import scope_names
from modelops_bundle.analysis.scope_effects import effects_of
from modelops_bundle.analysis.scope_names import name_effects_of
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.core.paths import BundlePath

SOURCES = {
    "global": "def f():\n    global a, b\n    a = 1\n",
    "nonlocal": "def f():\n    x = 1\n    def g():\n        nonlocal x\n",
    "in a method": "class A:\n    x = 1\n    def f(self):\n        global a\n    def g(self): 1\n",
    "walrus": "x = [y := 1]\nprint(z := 2)\n",
    "walrus in bases": "class A((B := object)):\n    x = 1\n",
    "walrus in a decorator": "@(d := f)\nclass A:\n    @(e := f)\n    def g(self): 1\n",
    "walrus in a test": "if (a := f()):\n    pass\n",
    "exec": "exec('a = 1')\n",
    "exec, spelt otherwise": "\uff45xec('a = 1')\n",
    "globals": "def f():\n    globals()['a'] = 1\nglobals().update(f())\n",
    "globals, further down": "class A:\n    def f(self):\n        globals()['a'] = 1\n",
    "known otherwise": "g = \\\n    globals()\n",
    "locals": "locals().update(f())\n",
    "a module's attribute": "import sys\ndelattr(sys.modules['a'], 'x')\n",
    "in a text": 'x = f"""\n{globals().pop("a")}\n"""\n',
    "after an odd line": "x = 1\x0c\ny = '''\u2028\u0085'''\r\ndef f():\r  globals()['a'] = 1\r\n",
    "the first of several": "def f():\n    global a\ndef g():\n    global a, b\nx = (b := 1)\n",
    "in a branch": "try:\n    class A:\n        def f(self):\n            global a\nfinally: 1\n",
}


def parsed(content: bytes) -> ParsedSource:
    source = parse_source(BundlePath("a.py"), content)
    assert isinstance(source, ParsedSource)
    return source


def assert_same(source: ParsedSource) -> None:
    found, expected = name_effects_of(source), effects_of(source.tree)
    assert list(found.rebound.items()) == list(expected.rebound.items())
    assert found.dynamic == expected.dynamic


@pytest.mark.parametrize("text", SOURCES.values(), ids=SOURCES)
def test_it_is_what_a_full_scan_finds(text: str) -> None:
    source = parsed(text.encode())
    found = effects_of(source.tree)
    assert found.rebound or found.dynamic
    assert_same(source)


def test_so_it_is_in_real_code() -> None:
    for path in sorted(Path(modelops_bundle.__file__).parent.rglob("*.py")):
        assert_same(parsed(path.read_bytes()))


def test_only_what_may_matter_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    scanned: list[list[str]] = []

    def noted(root: ast.Module) -> object:
        scanned.append([ast.unparse(node) for node in root.body])
        return effects_of(root)

    monkeypatch.setattr(scope_names, "effects_of", noted)
    plain = "class A:\n    x = []\n    def f(self): self.x.append(1)\n"
    name_effects_of(parsed(plain.encode()))
    assert not scanned
    name_effects_of(parsed(f"{plain}    def g(self): setattr(self, f(), 1)\n{plain}".encode()))
    assert scanned == [["class A:\n\n    def g(self):\n        setattr(self, f(), 1)"]]
