"""Statements that write into a namespace as a dictionary: `globals()[key] = value` and kin."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.scope import ScopeKind

#: A key and the value written under it; None for what cannot be told from the statement.
Write = tuple[ast.expr | None, ast.expr | None]

_OWN = {
    ScopeKind.MODULE: frozenset({"globals", "locals", "vars"}),
    ScopeKind.CLASS: frozenset({"locals", "vars"}),
}
_ANYTHING: Write = (None, None)
#: Words without which a statement writes no namespace.
NAMESPACE_WORDS = frozenset({"globals", "locals", "vars", "setattr", "exec", "delattr"})


def namespace_writes(node: ast.stmt, kind: ScopeKind) -> list[Write]:
    """What a statement of a module's or class's own body writes into its namespace.

    Empty for any other statement.
    """
    if kind is ScopeKind.FUNCTION:
        return []
    if isinstance(node, ast.Assign):
        if _is_namespace(node.value, kind):
            # It is known by another name from here on.
            return [_ANYTHING]
        targets = [one for one in node.targets if isinstance(one, ast.Subscript)]
        own = [one for one in targets if _is_namespace(one.value, kind)]
        return [(one.slice, node.value) for one in own]
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return []
    return _called(node.value, kind)


def _called(call: ast.Call, kind: ScopeKind) -> list[Write]:
    function, arguments = call.func, call.args
    if isinstance(function, ast.Name):
        if function.id == "exec" and kind is ScopeKind.CLASS:
            return [_ANYTHING]
        if function.id == "setattr" and len(arguments) == 3 and kind is ScopeKind.MODULE:
            owner, key, value = arguments
            return [(key, value)] if _is_own_module(owner) else []
        return []
    if not isinstance(function, ast.Attribute) or not _is_namespace(function.value, kind):
        return []
    if function.attr == "__setitem__" and len(arguments) == 2:
        return [(arguments[0], arguments[1])]
    if function.attr == "update":
        return _updated(call)
    return [] if function.attr in ("get", "items", "keys", "values", "copy") else [_ANYTHING]


def _updated(call: ast.Call) -> list[Write]:
    found: list[Write] = []
    for argument in call.args:
        if not isinstance(argument, ast.Dict):
            return [_ANYTHING]
        found += zip(argument.keys, argument.values, strict=True)
    for keyword in call.keywords:
        if keyword.arg is None:
            return [_ANYTHING]
        key = ast.copy_location(ast.Constant(keyword.arg), keyword.value)
        found.append((key, keyword.value))
    return found


def _is_namespace(node: ast.expr, kind: ScopeKind) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _OWN.get(kind, ())
        and not node.args
    )


def _is_own_module(node: ast.expr) -> bool:
    """Whether it is `sys.modules[__name__]`."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "modules"
        and isinstance(node.slice, ast.Name)
        and node.slice.id == "__name__"
    )
