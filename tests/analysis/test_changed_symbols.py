"""What differs between two versions of a file, by name."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.changed_symbols import changed_symbols, docstrings_differ
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.core.paths import BundlePath

OLD = '''\
"""A module."""

import math

RATE, SHARE = 1, 2
BASE = 3


def first(x):
    """Doc."""
    return x + RATE


class Thing(Base):
    """Doc."""

    size = 1

    def run(self):
        return self.size

    class Inner:
        def deep(self):
            return 1


if BASE:
    BASE += 1
'''


def parsed(text: str) -> ParsedSource:
    source = parse_source(BundlePath("m.py"), text.encode())
    assert isinstance(source, ParsedSource)
    return source


def told(old: str, new: str) -> list[str]:
    """The differences as `difference kind name line`."""
    return [
        f"{one.difference} {one.kind} {one.name} {one.line}"
        for one in changed_symbols(parsed(old), parsed(new))
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("return x + RATE", "return x - RATE", ["changed def first 9"]),
        ("def first(x):", "async def first(x):", ["changed def first 9"]),
        ("def first", "def second", ["added def second 9", "removed def first 0"]),
        ("BASE = 3", "BASE = 4", ["changed name BASE 6"]),
        ("BASE = 3\n", "", ["removed name BASE 0"]),
        ("import math", "import cmath", ["changed import  3"]),
        ("import math\n", "import math\nimport os\n", ["changed import  4"]),
        ("    BASE += 1", "    BASE += 2", ["changed code  27"]),
        ("return self.size", "return 0", ["changed def Thing.run 19"]),
        ("            return 1", "            return 2", ["changed def Thing.Inner.deep 23"]),
        ("size = 1", "size = 2", ["changed name Thing.size 17"]),
        ("(Base)", "(Other)", ["changed class Thing 14"]),
        ("    def run(", "    @decorated\n    def run(", ["changed def Thing.run 20"]),
        ("    size = 1\n", "    size = 1\n    print()\n", ["changed class Thing 18"]),
        ("\n\nclass", "\n\n# a comment\nclass", []),
        ("x + RATE", "(x  +  RATE)", []),
        ('"""Doc."""', '"""Other."""', []),
    ],
)
def test_what_means_something_else_is_named(old: str, new: str, expected: list[str]) -> None:
    assert old in OLD
    assert told(OLD, OLD.replace(old, new)) == expected


def test_an_order_has_no_name() -> None:
    one, two = "def a():\n    pass\n", "def b():\n    pass\n"
    assert told(one + two, two + one) == []


def test_two_definitions_of_one_name_are_told_apart() -> None:
    twice = "def f():\n    return 1\n\n\ndef f():\n    return 2\n"
    assert told(twice, twice.replace("2", "3")) == ["changed def f 5"]


def test_docstrings_are_told_from_comments() -> None:
    other = OLD.replace('"""A module."""', '"""Another."""')
    inner = OLD.replace('"""Doc."""', '"""Another."""')
    assert docstrings_differ(parsed(OLD), parsed(other))
    assert docstrings_differ(parsed(OLD), parsed(inner))
    assert not docstrings_differ(parsed(OLD), parsed(OLD + "# a comment\n"))
