"""Which files beside a package its code asks for: `importlib.resources` and `pkgutil.get_data`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cached_property

from modelops_bundle.analysis.chains import Chain
from modelops_bundle.analysis.texts import PACKAGE, TextEvaluator

#: Calls that take the file's name as further arguments.
_NAMED = frozenset(
    {
        "pkgutil.get_data",
        "importlib.resources.is_resource",
        "importlib.resources.open_binary",
        "importlib.resources.open_text",
        "importlib.resources.path",
        "importlib.resources.read_binary",
        "importlib.resources.read_text",
    }
)


class PackageResources:
    """Answers for the calls of one file."""

    def __init__(
        self,
        chains: Sequence[Chain],
        nodes: Mapping[type, Sequence[ast.AST]],
        evaluator: TextEvaluator,
    ) -> None:
        self._chains = chains
        self._nodes = nodes
        self._evaluator = evaluator

    def anchors(self, node: ast.expr | None) -> tuple[str, ...]:
        """The packages that an argument may stand for; nothing where it cannot be told."""
        if node is None:
            return (PACKAGE,)  # `files()` means the package it is called in (Python 3.12)
        values = self._evaluator.texts(node).values
        if values is not None:
            return values
        dotted = self._modules.get(id(node), ())
        return tuple(f"{PACKAGE}|{name}" if name.startswith(".") else name for name in dotted)

    def files(self, call: ast.Call, dotted: str) -> tuple[str, ...] | None:
        """Paths below the package that a call, or what is done with it, names.

        Returns:
            None where any file of the package may be meant.
        """
        parts: list[ast.expr] = []
        if dotted in _NAMED:
            parts += call.args[1:2]
            parts += [k.value for k in call.keywords if k.arg in ("resource", "name")]
        elif dotted == "importlib.resources.files":
            parts += self._below(call)
        values = [self._evaluator.texts(part).values for part in parts]
        if not parts or any(value is None for value in values):
            return None
        joined = [""]
        for value in values:
            joined = [f"{head}/{tail}" if head else tail for head in joined for tail in value or ()]
        return tuple(joined[:256])

    def _below(self, call: ast.Call) -> list[ast.expr]:
        """What follows `files(package)`: `/ "a" / "b"`, `.joinpath("a", "b")`."""
        parts: list[ast.expr] = []
        node: ast.expr = call
        while True:
            division = self._divisions.get(id(node))
            if division is not None:
                parts.append(division.right)
                node = division
                continue
            joined = self._joined.get(id(node))
            if joined is None:
                return parts
            parts += joined.args
            node = joined

    @cached_property
    def _modules(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for chain in self._chains:
            found.setdefault(id(chain.node), []).append(chain.dotted)
        return found

    @cached_property
    def _divisions(self) -> dict[int, ast.BinOp]:
        nodes = self._nodes.get(ast.BinOp, ())
        return {
            id(node.left): node
            for node in nodes
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        }

    @cached_property
    def _joined(self) -> dict[int, ast.Call]:
        """By what it is called on: each call of a `joinpath`."""
        found: dict[int, ast.Call] = {}
        for node in self._nodes.get(ast.Call, ()):
            match node:
                case ast.Call(func=ast.Attribute(value=value, attr="joinpath"), args=[_, *_]):
                    found[id(value)] = node
                case _:
                    pass
        return found
