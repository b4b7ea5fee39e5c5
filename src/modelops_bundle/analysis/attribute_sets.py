"""Which attributes a file may set from outside, told without following its scopes.

What `scope_effects` finds is among them; a file that sets none of interest need not be scanned.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set

#: Stands for an attribute whose name is computed.
COMPUTED = "*"
_SETTERS = frozenset({"delattr", "setattr"})


def attributes_set_in(
    plain: Iterable[str],
    mentioned: Set[str],
    nodes: Callable[[], Mapping[type, Sequence[ast.AST]]],
    is_local: Callable[[str], bool],
) -> frozenset[str]:
    """All attributes that a file may set or delete, `COMPUTED` for those that cannot be told.

    Args:
        plain: Those of `x.attribute = …`.
        mentioned: Names and attributes of the file.
        nodes: Gives the file's nodes by type.
        is_local: Whether a name can only be a variable of a function: what is computed and set
            on one says nothing of classes and modules.
    """
    found = set(plain)
    if not mentioned.isdisjoint(_SETTERS):
        found.update(_called(nodes().get(ast.Call, ()), is_local))
    if "__dict__" in mentioned:
        attributes = nodes().get(ast.Attribute, ())
        owners = [a.value for a in attributes if isinstance(a, ast.Attribute) and _is_table(a)]
        if not all(_on_local(owner, is_local) for owner in owners):
            found.add(COMPUTED)
    return frozenset(found)


def may_set(attributes: Container[str], name: str) -> bool:
    """Whether a file with these `attributes_set_in` may set one of that name."""
    return name in attributes or COMPUTED in attributes


def _called(calls: Iterable[ast.AST], is_local: Callable[[str], bool]) -> Iterable[str]:
    for call in calls:
        match call:
            case ast.Call(func=ast.Name(id=name), args=[owner, attribute, *_]) if name in _SETTERS:
                if isinstance(attribute, ast.Constant) and isinstance(attribute.value, str):
                    yield attribute.value
                elif not _on_local(owner, is_local):
                    yield COMPUTED
            case _:
                pass


def _is_table(node: ast.Attribute) -> bool:
    return node.attr == "__dict__"


def _on_local(owner: ast.expr, is_local: Callable[[str], bool]) -> bool:
    if isinstance(owner, ast.Attribute) and owner.attr == "__class__":
        return False
    while isinstance(owner, ast.Attribute | ast.Subscript):
        owner = owner.value
    return isinstance(owner, ast.Name) and is_local(owner.id)
