"""Dotted names that a file reads, calls or sets through what its imports bind."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Built-in functions that import, or run what they are given.
BUILT_IN = {name: frozenset({name}) for name in ("__import__", "exec", "eval")}


@dataclass(frozen=True, slots=True)
class Chain:
    """The longest `a.b.c` around a name that an import binds.

    Attributes:
        root: The name.
        dotted: What it stands for, in terms of what is imported; relative names keep their dots.
        attributes: How many parts follow what is imported.
        node: The whole of it.
        call: The call of it, if it is called.
    """

    root: str
    dotted: str
    attributes: int
    node: ast.Name | ast.Attribute
    call: ast.Call | None

    @property
    def read(self) -> bool:
        """Whether it is read, and not set or deleted."""
        return isinstance(self.node.ctx, ast.Load)


def chains_of(
    nodes: Mapping[type, Sequence[ast.AST]], bindings: Mapping[str, frozenset[str]]
) -> list[Chain]:
    """All chains of a file, those through built-in functions that import included.

    Args:
        nodes: All nodes of the file by type.
        bindings: Imported local names with the dotted names that they may stand for.
    """
    around = {id(node.value): node for node in nodes.get(ast.Attribute, ())}  # type: ignore[attr-defined]
    calls = {id(node.func): node for node in nodes.get(ast.Call, ())}  # type: ignore[attr-defined]
    known = {**BUILT_IN, **bindings}
    found: list[Chain] = []
    for name in nodes.get(ast.Name, ()):
        if name.id not in known:  # type: ignore[attr-defined]
            continue
        assert isinstance(name, ast.Name)
        node: ast.Name | ast.Attribute = name
        attributes = [""]
        while (outer := around.get(id(node))) is not None:
            assert isinstance(outer, ast.Attribute)
            node = outer
            attributes.append(outer.attr)
        tail = ".".join(attributes)
        call = calls.get(id(node))
        assert call is None or isinstance(call, ast.Call)
        found += [
            Chain(name.id, head + tail, len(attributes) - 1, node, call)
            for head in sorted(known[name.id])
        ]
    return found


def called_as(function: ast.expr, bindings: Mapping[str, frozenset[str]]) -> str:
    """The dotted name under which `chains_of` has a call of this function through an import.

    The last of several; "" where it is not called through one.
    """
    attributes = []
    while isinstance(function, ast.Attribute):
        attributes.append(function.attr)
        function = function.value
    heads = bindings.get(function.id) if isinstance(function, ast.Name) else None
    return ".".join((max(heads), *reversed(attributes))) if heads else ""
