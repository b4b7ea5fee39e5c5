"""What single bindings give, as far as no other name has to be looked up."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.scope import (
    END,
    Assigned,
    Defined,
    Imported,
    Looped,
    Scope,
    ScopeKind,
)
from modelops_bundle.analysis.values import (
    Class,
    Function,
    Point,
    Sequence,
    Unknown,
    Value,
    Values,
    union,
)
from modelops_bundle.core.findings import Location


def definition(binding: Defined, scope: Scope) -> Function | Class:
    """The value of a `def` or `class` statement, decorators not applied."""
    node = binding.node
    point = Point(scope, binding.at)
    qualified = scope.qualify(node.name)
    if isinstance(node, ast.ClassDef):
        body = binding.body or Scope(ScopeKind.CLASS, scope.path, qualified, scope, binding.at)
        return Class(scope.path, qualified, node.lineno, node, body, point)
    return Function(scope.path, qualified, node.lineno, node, point)


def unpacked(values: Values, binding: Assigned | Looped, scope: Scope, name: str) -> Values:
    """The elements that unpacking gives to one name."""
    for index, length in zip(binding.unpack, binding.lengths, strict=True):
        parts: list[Value] = []
        for value in values:
            if (
                isinstance(value, Sequence)
                and value.kind != "set"
                and not value.missing
                and len(value.elements) == length
            ):
                parts += value.elements[index]
            elif isinstance(value, Unknown):
                parts.append(value)
            else:
                where = Location(scope.path, _line(binding))
                parts.append(Unknown(name, "what is unpacked is unknown", where))
        values = union(parts)
    return values


def loaded_by(scope: Scope, name: str, package: str) -> bool:
    """Whether a package binds this name itself, after its submodule of that name was loaded."""
    bindings, _ = scope.bindings(name, END)
    prefix = f"{package}.{name}"
    return all(
        isinstance(one, Imported)
        and (one.module == prefix or one.module.startswith(prefix + ".") or not one.name)
        for one in bindings
    )


def _line(binding: Assigned | Looped) -> int:
    return (binding.value if isinstance(binding, Assigned) else binding.iterable).lineno
