"""Import statements and the names of a module."""

from __future__ import annotations

import ast

import pytest

from modelops_bundle.analysis.imports import Certainty, bindings_of, module_names


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a", {"a": {"a"}}),
        ("import a.b", {"a": {"a"}}),
        ("import a.b as a", {"a": {"a.b"}}),
        ("import a.b as c", {"c": {"a.b"}}),
        ("from a import b, c as d", {"b": {"a.b"}, "d": {"a.c"}}),
        ("from . import b", {"b": {".b"}}),
        ("from ..a import b", {"b": {"..a.b"}}),
        ("from a import *", {}),
        ("import a\nimport b as a", {"a": {"a", "b"}}),
        ("def f():\n from a import b", {"b": {"a.b"}}),
    ],
)
def test_bindings(source: str, expected: dict[str, set[str]]) -> None:
    assert bindings_of(module_names(ast.parse(source)).imports) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a", Certainty.SURE),
        ("def f(): import a", Certainty.SURE),
        ("class C:\n def f(self):\n  import a", Certainty.SURE),
        ("if x: import a", Certainty.CONDITIONAL),
        ("if x: pass\nelse: import a", Certainty.CONDITIONAL),
        ("if x:\n def f(): import a", Certainty.CONDITIONAL),
        ("for x in y: import a", Certainty.CONDITIONAL),
        ("while x: import a", Certainty.CONDITIONAL),
        ("match x:\n case 1: import a", Certainty.CONDITIONAL),
        ("try: pass\nexcept E: import a", Certainty.CONDITIONAL),
        ("try: import a\nexcept E: pass", Certainty.GUARDED),
        ("try: import a\nexcept* E: pass", Certainty.GUARDED),
        ("try: import a\nfinally: pass", Certainty.SURE),
        ("try: pass\nfinally: import a", Certainty.SURE),
        ("with x: import a", Certainty.GUARDED),
        ("async def f():\n async with x:\n  import a", Certainty.GUARDED),
        ("if not TYPE_CHECKING: import a", Certainty.SURE),
        ("try:\n if x: import a\nexcept E: pass", Certainty.GUARDED),
    ],
)
def test_certainty(source: str, expected: Certainty) -> None:
    (statement,) = module_names(ast.parse(source)).imports
    assert statement.certainty is expected
    assert not statement.typing_only


def test_statements_come_in_source_order() -> None:
    source = "if x:\n def f():\n  import a\nimport b\nclass C:\n import c\nimport d"
    imports = module_names(ast.parse(source)).imports
    assert [one.module for one in imports] == ["a", "b", "c", "d"]


def test_a_test_may_be_long() -> None:
    (statement,) = module_names(ast.parse("if " + "not " * 901 + "TYPE_CHECKING: import a")).imports
    assert not statement.typing_only


def test_deep_nesting_is_no_problem() -> None:
    depth = 90
    source = "".join(" " * n + "if x:\n" for n in range(depth)) + " " * depth + "import a"
    (statement,) = module_names(ast.parse(source)).imports
    assert statement.line == depth + 1
