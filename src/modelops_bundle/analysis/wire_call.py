"""Whether `wire.py` defines a function that cannot be called as the platform's workers call it.

They load `wire.py` and call `wire(entrypoint, params, seed)` by position (modelops,
`worker/subprocess_runner.py`).
"""

from __future__ import annotations

import ast

from modelops_bundle.analysis.source import parse_source
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath

_FILE = BundlePath("wire.py")
_GIVEN = 3


def uncallable_wire(source: bytes) -> int:
    """The 1-based line of a function `wire` that cannot take what workers pass to it.

    Returns:
        0 where there is none, or where the source does not settle what `wire` is.
    """
    parsed = parse_source(_FILE, source)
    if isinstance(parsed, ParseFailure):
        return 0
    made = [node for node in ast.walk(parsed.tree) if _binds_wire(node)]
    if len(made) != 1 or made[0] not in parsed.tree.body:
        return 0
    [function] = made
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return 0
    return 0 if _takes_what_is_given(function.args) else function.lineno


def _binds_wire(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == "wire"
        case ast.Name(id="wire", ctx=ast.Store() | ast.Del()):
            return True
        case ast.alias():
            return (node.asname or node.name.partition(".")[0]) in ("wire", "*")
    return False


def _takes_what_is_given(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    needed = positional - len(arguments.defaults)
    by_name = any(default is None for default in arguments.kw_defaults)
    enough = positional >= _GIVEN or arguments.vararg is not None
    return enough and needed <= _GIVEN and not by_name
