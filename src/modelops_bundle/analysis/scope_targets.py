"""Which names a target, a pattern or a run of statements binds."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def unpacked(
    target: ast.expr,
) -> Iterable[tuple[str, tuple[int, ...] | None, tuple[int, ...]]]:
    """Names in an assignment target with the way to their element; None below a star."""
    pending: list[tuple[ast.expr, tuple[int, ...] | None, tuple[int, ...]]] = [(target, (), ())]
    while pending:
        node, path, lengths = pending.pop(0)
        if isinstance(node, ast.Name):
            yield node.id, path, lengths
        elif isinstance(node, ast.Starred):
            pending.append((node.value, None, lengths))
        elif isinstance(node, ast.Tuple | ast.List):
            starred = any(isinstance(element, ast.Starred) for element in node.elts)
            for index, element in enumerate(node.elts):
                below = None if path is None or starred else (*path, index)
                pending.append((element, below, (*lengths, len(node.elts))))


def stored_names(node: ast.AST) -> list[str]:
    """Names that a target binds or deletes."""
    return [
        found.id
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and not isinstance(found.ctx, ast.Load)
    ]


def captured_names(pattern: ast.pattern) -> list[str]:
    """Names that a pattern binds."""
    names = []
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            names.append(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.append(node.rest)
    return names


def bound_below(body: Iterable[ast.stmt]) -> list[str]:
    """Names that statements may bind at any depth, functions and classes left out."""
    names: dict[str, None] = {}
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = None
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names[node.id] = None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                names[(alias.asname or alias.name).partition(".")[0]] = None
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names[node.name] = None
        elif isinstance(node, ast.Match):
            for case in node.cases:
                names.update(dict.fromkeys(captured_names(case.pattern)))
        pending.extend(ast.iter_child_nodes(node))
    names.pop("*", None)
    return sorted(names)
