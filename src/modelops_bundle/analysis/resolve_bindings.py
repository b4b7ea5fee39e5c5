"""What single bindings give, as far as no other name has to be looked up."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from modelops_bundle.analysis.scope import (
    END,
    Assigned,
    Defined,
    Imported,
    Looped,
    Scope,
    ScopeKind,
    StarImport,
)
from modelops_bundle.analysis.values import (
    Class,
    Constant,
    External,
    Function,
    Point,
    Sequence,
    Unknown,
    Value,
    Values,
    text_of,
    union,
)
from modelops_bundle.core.findings import Location

#: Built-in names that mean something here; any other unbound name is unknown.
_BUILTINS_TEXT = """
    __import__ ArithmeticError BaseException Exception bool bytes classmethod complex dict
    enumerate float frozenset getattr int len list map max min object property range reversed set
    sorted staticmethod str super tuple type zip
"""
BUILTINS = frozenset(_BUILTINS_TEXT.split())
_FALSE_AT_RUN_TIME = frozenset({"typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING"})


@dataclass(slots=True)
class Found:
    """Alternatives of a name.

    Attributes:
        fallback: Those made where an import had failed.
        unclear: Line of code that may write the name by other means, or 0.
    """

    values: list[Value] = field(default_factory=list)
    fallback: list[Value] = field(default_factory=list)
    unbound: bool = False
    unclear: int = 0


def external(name: str) -> Value:
    """Something outside the project by its qualified name."""
    return Constant.of(False) if name in _FALSE_AT_RUN_TIME else External(name)


def is_open(values: list[Value]) -> bool:
    """Whether one of the alternatives cannot be told."""
    return any(isinstance(value, Unknown) for value in values)


def foreign_star(star: StarImport, name: str, scope: Scope, known: frozenset[str]) -> list[Value]:
    """What a star import from outside the project makes of a name.

    Names of a framework are known to be among what it exports. Any other name may be, so that it
    is certain only where nothing else could bind it.
    """
    qualified = f"{star.module}.{name}"
    if qualified in known:
        return [External(qualified)]
    if name.startswith("_") or name in BUILTINS:
        return []
    if name in scope.history or len(scope.stars) > 1:
        where = Location(scope.path, star.line)
        return [Unknown(name, f"{name} may come from 'from {star.module} import *'", where)]
    return [External(qualified)]


def listed_texts(values: Values) -> tuple[frozenset[str], bool]:
    """The texts in a list such as `__all__`, and whether it certainly holds these and no others."""
    texts: set[str] = set()
    certain = True
    for value in values:
        if not isinstance(value, Sequence) or value.missing:
            certain = False
            continue
        for alternatives in value.elements:
            known = [text_of(one) for one in alternatives]
            texts.update(text for text in known if text is not None)
            certain = certain and len(known) == 1 and known[0] is not None
    return frozenset(texts), certain and len(values) == 1


def definition(binding: Defined, scope: Scope) -> Function | Class:
    """The value of a `def` or `class` statement, decorators not applied."""
    node = binding.node
    point = Point(scope, binding.at)
    qualified = scope.qualify(node.name)
    if isinstance(node, ast.ClassDef):
        body = binding.body or Scope(ScopeKind.CLASS, scope.path, qualified, scope, binding.at)
        return Class(
            scope.path, qualified, node.lineno, binding.at, node, body, point, scope.instance
        )
    return Function(scope.path, qualified, node.lineno, binding.at, node, point, scope.instance)


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
