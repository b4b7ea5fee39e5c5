"""What `getattr` gives: an attribute by its name as a text, with or without a default."""

from __future__ import annotations

import ast
from collections.abc import Callable

from modelops_bundle.analysis.resolve_bindings import Found
from modelops_bundle.analysis.resolve_classes import Classes
from modelops_bundle.analysis.resolve_modules import Evaluate
from modelops_bundle.analysis.resolve_names import Names
from modelops_bundle.analysis.scope import END
from modelops_bundle.analysis.values import (
    Class,
    Module,
    Point,
    Unknown,
    Value,
    Values,
    text_of,
    union,
)

Attribute = Callable[[ast.Attribute, Point], Values]


class ByName:
    """Evaluates calls of `getattr`."""

    def __init__(
        self, names: Names, classes: Classes, evaluate: Evaluate, attribute: Attribute
    ) -> None:
        self._names = names
        self._classes = classes
        self._evaluate = evaluate
        self._attribute = attribute

    def call(self, node: ast.Call, point: Point) -> Values | None:
        """What a call with two or three arguments gives, None where it is not followed.

        Without a default the attribute is there, or the code fails; with one, the default is an
        alternative wherever the attribute may not be there.
        """
        texts = [text_of(value) for value in self._evaluate(node.args[1], point)]
        name = texts[0] if len(texts) == 1 else None
        if name is None or node.keywords or not name.isidentifier():
            return None
        written = ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node)
        values = self._attribute(written, point)
        if len(node.args) == 2:
            return values
        if any(isinstance(one, Unknown) for one in values):
            return None
        if any(self._may_lack(owner, name) for owner in self._evaluate(node.args[0], point)):
            return union((*values, *self._evaluate(node.args[2], point)))
        return values

    def _may_lack(self, owner: Value, name: str) -> bool:
        """Whether no body on the way certainly binds the name."""
        if isinstance(owner, Module):
            loaded = self._names.modules.get(owner.path) if owner.path is not None else None
            found = Found()
            if loaded is not None:
                self._names.in_module(found, loaded.scope, name, END, builtins=False)
            return found.unbound
        if not isinstance(owner, Class):
            return False
        bodies = (
            self._names.definitions(ancestor.body, name)
            for ancestor in self._classes.ancestry(owner).order
            if isinstance(ancestor, Class)
        )
        return not any(kept and certain for kept, certain in bodies)
