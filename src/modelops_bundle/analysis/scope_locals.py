"""What belongs to a function, and which calls are taken to change nothing."""

from __future__ import annotations

import ast

from modelops_bundle.analysis.walk import DEFINITIONS, children

#: Methods of containers and strings that change nothing.
_METHODS = """
    capitalize casefold copy count difference endswith format get index intersection
    isdisjoint issubset issuperset items join keys lower lstrip partition removeprefix
    removesuffix replace rpartition rsplit rstrip split splitlines startswith strip
    symmetric_difference title union upper values
"""
PURE_METHODS = frozenset(_METHODS.split())
#: Built-in functions that only read their arguments.
_FUNCTIONS = """
    abs all any bool dict enumerate filter float format frozenset getattr hasattr hash id
    int isinstance issubclass iter len list map max min next print range repr reversed set
    sorted str sum super tuple type zip
"""
_PURE_FUNCTIONS = frozenset(_FUNCTIONS.split())


def local_names(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> frozenset[str]:
    """Names that belong to a function: its parameters and what its body binds."""
    arguments = function.args
    names = {
        argument.arg
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    }
    names |= {extra.arg for extra in (arguments.vararg, arguments.kwarg) if extra is not None}
    if not isinstance(function, ast.Lambda):
        pending: list[ast.AST] = list(function.body)
        foreign: set[str] = set()
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Name):
                if not isinstance(node.ctx, ast.Load):
                    names.add(node.id)
                continue
            if type(node) is ast.Constant:
                continue
            if isinstance(node, DEFINITIONS):
                names.add(node.name)
                continue
            if isinstance(node, (ast.Global, ast.Nonlocal)):
                foreign.update(node.names)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                names.add(node.name)
            if not isinstance(node, ast.Lambda):
                pending += children(node)
        names -= foreign
    return frozenset(names)


def is_parameter(name: str, functions: tuple[ast.AST, ...]) -> bool:
    """Whether one of these functions has a parameter of that name."""
    return any(
        isinstance(node, ast.arg) and node.arg == name
        for function in functions
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function.args)
    )


def reaches_class(base: ast.expr) -> bool:
    """Whether it is `type(x)` or `x.__class__`: some class, not known which."""
    if isinstance(base, ast.Attribute):
        return base.attr == "__class__"
    return isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "type"


def only_reads(function: ast.expr) -> bool:
    """Whether a call is taken not to change its arguments: a known built-in, or a constructor."""
    if isinstance(function, ast.Name):
        if function.id in _PURE_FUNCTIONS:
            return True
        name = function.id
    elif isinstance(function, ast.Attribute):
        name = function.attr
        if name in PURE_METHODS:
            return True
    else:
        return False
    return name.lstrip("_")[:1].isupper()
