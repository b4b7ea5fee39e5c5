"""Which names one symbol can reach: every doubt counts as reached."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.source import parse_source
from modelops_bundle.analysis.symbol_reach import reached_names
from modelops_bundle.core.paths import BundlePath

MODEL = """\
from lib.network import contacts


class SIR(Base):
    def run(self):
        return contacts(self.n)
"""
NETWORK = """\
def contacts(n):
    return rate(n)


def rate(n):
    return n


def plot_debug(n):
    return draw(n)


def draw(n):
    return n
"""


def reached(model: str, *others: str, symbol: str = "SIR") -> frozenset[str] | None:
    files = {"models/sir.py": model, **{f"lib/m{at}.py": text for at, text in enumerate(others)}}
    sources = (parse_source(BundlePath(path), text.encode()) for path, text in files.items())
    return reached_names(sources, symbol)


def test_what_is_used_through_others_is_reached_and_the_rest_is_not() -> None:
    names = reached(MODEL, NETWORK)
    assert names is not None
    assert {"contacts", "rate"} <= names
    assert not names & {"plot_debug", "draw"}


@pytest.mark.parametrize(
    "further",
    [
        "import lib\nlib.plot_debug",
        "from lib.network import plot_debug",
        "NAMES = ['plot_debug']",
        "TABLE = {'x': 'lib.network:plot_debug'}",
        "__all__ = ['plot_debug']",
        "if True:\n    plot_debug(1)",
        "@register\ndef other():\n    plot_debug(1)",
        "def other(x=make()):\n    plot_debug(1)",
        "class Other(Registered):\n    def run(self):\n        plot_debug(1)",
        "class Other(metaclass=Meta):\n    def run(self):\n        plot_debug(1)",
        "def __getattr__(name):\n    return plot_debug",
        "def rate(n):\n    return plot_debug(n)",
        "def property(f):\n    return f\n\n\n@property\ndef other():\n    return plot_debug",
    ],
)
def test_whatever_may_use_it_reaches_it(further: str) -> None:
    names = reached(MODEL, NETWORK, further + "\n")
    assert names is None or "plot_debug" in names


@pytest.mark.parametrize(
    "further",
    [
        "def other():\n    return plot_debug",
        "class Other:\n    def run(self):\n        plot_debug(1)",
        "'Prose that tells of plot_debug.'",
        "# plot_debug",
        "getattr(x, 'rate')",
    ],
)
def test_what_nothing_runs_reaches_nothing(further: str) -> None:
    names = reached(MODEL, NETWORK, further + "\n")
    assert names is not None
    assert "plot_debug" not in names


@pytest.mark.parametrize(
    "further",
    [
        "def f(x, name):\n    return getattr(x, name)",
        "find = getattr",
        "def f():\n    return globals()['x']",
        "import inspect\ninspect.getmembers(x)",
        "exec('x = 1')",
        "import importlib\nimportlib.import_module(input())",
        "from operator import attrgetter",
        "import pickle",
        "def (",
    ],
)
def test_nothing_is_said_where_names_are_made_up(further: str) -> None:
    assert reached(MODEL, NETWORK, further + "\n") is None


def test_a_definition_that_is_known_not_to_matter_reaches_nothing() -> None:
    other = "@target\ndef other():\n    return plot_debug\n"
    path = BundlePath("targets.py")
    sources = [parse_source(path, text.encode()) for text in (MODEL, NETWORK, other)]
    names = reached_names(sources, "SIR", frozenset({(path, "other")}))
    assert names is not None
    assert "plot_debug" not in names


def test_an_inner_symbol_is_reached_through_the_outer_one() -> None:
    text = "class Outer:\n    class Inner:\n        def run(self):\n            helper()\n"
    names = reached(text, symbol="Outer.Inner")
    assert names is not None
    assert "helper" in names
