"""A file that sets no attribute of a name need not be scanned for who sets it."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.attribute_sets import COMPUTED
from modelops_bundle.analysis.facts import extract_facts
from modelops_bundle.analysis.scope_effects import SetOn, effects_of
from modelops_bundle.analysis.source import ParsedSource, parse_source
from modelops_bundle.core.paths import BundlePath


def parsed(source: str) -> ParsedSource:
    found = parse_source(BundlePath("a.py"), source.encode())
    assert isinstance(found, ParsedSource)
    return found


@pytest.mark.parametrize(
    ("source", "attributes"),
    [
        ("a.b = c.d", {"b"}),
        ("del a.b.c", {"c"}),
        ("f().a = x[0].b = 1", {"a", "b"}),
        ("a.b += 1\nfor c.d in e: pass\nwith f as g.h: pass", {"b", "d", "h"}),
        ("setattr(a, 'b', 1); delattr(a, 'c')", {"b", "c"}),
        ("setattr(a, b, 1)", {COMPUTED}),
        ("a.__dict__[b] = 1", {COMPUTED}),
        ("def f(self, x): setattr(self, x, 1); self.__dict__.update(x)", set()),
        ("def f(x):\n new = g()\n setattr(new, x, 1)\n return new.__dict__", set()),
        ("def f(x): setattr(type(x), x, 1)", {COMPUTED}),
        ("def f(x): setattr(x.__class__, x, 1)", {COMPUTED}),
        ("new = g()\ndef f(new, x): setattr(new, x, 1)", {COMPUTED}),
        ("from m import *\ndef f(x): setattr(x, x, 1)", {COMPUTED}),
        ("def f(a): pass\nclass C:\n a = m\n setattr(a, n, 1)", {COMPUTED}),
        ("for a in b: setattr(a, c, 1)", {COMPUTED}),
        ("[setattr(a, b, 1) for a in c]", {COMPUTED}),
    ],
)
def test_what_a_file_may_set(source: str, attributes: set[str]) -> None:
    facts = extract_facts(parsed(source))
    assert facts.attributes_set == attributes
    # What the scan of its scopes finds is among them, but for what it finds without effect.
    found = effects_of(parsed(source).tree).attributes_set
    lasting = {
        name
        for name, sites in found.items()
        if name != COMPUTED or any(site.on is not SetOn.PARAMETER for site in sites)
    }
    assert lasting <= facts.attributes_set
