"""The names that an import statement binds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from modelops_bundle.analysis.scope import Imported, Opaque

#: Absolute module name of `from …module import`, or None where it leaves its package.
RelativeNames = Callable[[int, str | None], str | None]


def imported(
    node: ast.Import | ast.ImportFrom, absolute: RelativeNames
) -> Iterator[tuple[str, Imported | Opaque | str]]:
    """Names with what they are bound to, in order; the module's name for a star import.

    Args:
        node: The statement.
        absolute: Resolves relative imports.
    """
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                yield alias.asname, Imported(alias.name, "", node.lineno)
            else:
                head = alias.name.partition(".")[0]
                yield head, Imported(head, "", node.lineno)
        return
    module = absolute(node.level, node.module)
    for alias in node.names:
        name = alias.asname or alias.name
        if module is None:
            yield name, Opaque("import leaves its package", node.lineno, name, True)
        elif alias.name == "*":
            yield name, module
        else:
            yield name, Imported(module, alias.name, node.lineno)
