"""Dotted names of calls, for one function as for all of a file."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.chains import called_as, chains_of

SOURCE = """
import os, os.path as p, numpy.linalg
from os.path import join
try:
    from a import f
except ImportError:
    from b import f
os.path.join(join(p.join("a"))).strip()
numpy.linalg.norm(f(os.sep.join))
f.g.h().join(other.join(), os.path[0].join(), (lambda: 1)())
"""
BINDINGS = {
    "os": frozenset({"os"}),
    "p": frozenset({"os.path"}),
    "numpy": frozenset({"numpy"}),
    "join": frozenset({"os.path.join"}),
    "f": frozenset({"a.f", "b.f"}),
    "none": frozenset[str](),
}


def test_a_call_has_the_name_that_its_chain_has() -> None:
    nodes: dict[type, list[ast.AST]] = {}
    for node in ast.walk(ast.parse(SOURCE)):
        nodes.setdefault(type(node), []).append(node)
    chains = chains_of(nodes, BINDINGS)
    known = {id(chain.call): chain.dotted for chain in chains if chain.call is not None}
    calls = [node for node in nodes[ast.Call] if isinstance(node, ast.Call)]
    names = [called_as(call.func, BINDINGS) for call in calls]
    assert names == [known.get(id(call), "") for call in calls]
    assert set(names) == {"", "os.path.join", "numpy.linalg.norm", "b.f", "b.f.g.h"}
