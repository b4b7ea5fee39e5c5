"""How alike two definitions, or two files, are: 0 to 1, whatever they are called."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from modelops_bundle.analysis.source import parse_quietly

#: Longer sequences are compared without regard to order.
MAX_TOKENS = 12_000

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_OWN_NAME = "(itself)"


class Definitions:
    """Compares definitions of several sources; each source is parsed once."""

    def __init__(self) -> None:
        self._trees: dict[bytes, ast.Module | None] = {}

    def similarity(
        self, old_source: bytes, old_symbol: str, new_source: bytes, new_symbol: str
    ) -> float | None:
        """How alike two definitions are, their own names, comments, docstrings and layout aside.

        Decorators, parameters and bodies count. The measure is twice the longest common
        subsequence of their names, constants, operators and statements, over the length of both;
        it is symmetric and takes time in proportion to the product of the lengths divided by the
        word size.

        Args:
            old_source: A file as it was.
            old_symbol: Qualified name of a definition in it.
            new_source: A file as it is.
            new_symbol: Qualified name of a definition in it.

        Returns:
            1.0 for equal definitions, None where a file cannot be parsed or does not define the
            symbol.
        """
        old, new = (
            self._definition(old_source, old_symbol),
            self._definition(new_source, new_symbol),
        )
        if old is None or new is None:
            return None
        if isinstance(old, ast.ClassDef) != isinstance(new, ast.ClassDef):
            return 0.0
        return _likeness(_definition_tokens(old), _definition_tokens(new))

    def _definition(self, source: bytes, symbol: str) -> _Definition | None:
        if source not in self._trees:
            self._trees[source] = _parsed(source)
        tree = self._trees[source]
        return None if tree is None else _definition(tree, symbol)


def similarity(
    old_source: bytes, old_symbol: str, new_source: bytes, new_symbol: str
) -> float | None:
    """`Definitions.similarity` for one pair."""
    return Definitions().similarity(old_source, old_symbol, new_source, new_symbol)


def file_similarity(old: bytes, new: bytes) -> float:
    """How alike two source files are, comments and layout aside; by words if one does not parse.

    Two empty files are equal.
    """
    if old == new:
        return 1.0
    old_tree, new_tree = _parsed(old), _parsed(new)
    if old_tree is None or new_tree is None:
        return _likeness(_words(old), _words(new))
    return _likeness(_tokens(old_tree.body), _tokens(new_tree.body))


def _parsed(source: bytes) -> ast.Module | None:
    try:
        return parse_quietly(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, LookupError):
        return None


def _definition(tree: ast.Module, symbol: str) -> _Definition | None:
    """The last definition of a qualified name, also under `if`, `try` and the like."""
    body: Sequence[ast.AST] = tree.body
    found: _Definition | None = None
    for name in symbol.split("."):
        found = None
        pending: list[ast.AST] = list(reversed(body))
        while pending:
            node = pending.pop()
            if isinstance(node, _Definition):
                if node.name == name:
                    found = node
            elif not isinstance(node, ast.expr):
                pending.extend(reversed(list(ast.iter_child_nodes(node))))
        if found is None:
            return None
        body = found.body
    return found


def _definition_tokens(node: _Definition) -> list[str]:
    head: list[ast.AST] = list(node.decorator_list)
    if isinstance(node, ast.ClassDef):
        head += [*node.bases, *node.keywords]
    else:
        head.append(node.args)
        head += [node.returns] if node.returns is not None else []
    tokens = [*_tokens(head), *_tokens(node.body)]
    return [_OWN_NAME if token == node.name else token for token in tokens]


def _tokens(nodes: Iterable[ast.AST]) -> list[str]:
    """Names, constants, operators and kinds of statements, in source order, docstrings left out.

    What every program is full of (loads, calls, brackets) is left out: it would make any two
    definitions look alike.
    """
    tokens: list[str] = []
    pending = list(reversed(list(nodes)))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Expr) and _is_text(node.value):
            continue
        tokens += _own_tokens(node)
        pending.extend(reversed(list(ast.iter_child_nodes(node))))
    return tokens


def _constant(node: ast.Constant) -> list[str]:
    return [f"{type(node.value).__name__} {node.value!r}"]


def _alias(node: ast.alias) -> list[str]:
    return [node.name, node.asname] if node.asname else [node.name]


def _import(node: ast.ImportFrom) -> list[str]:
    return ["ImportFrom", "." * node.level + (node.module or "")]


_SPECIAL: dict[type[ast.AST], Callable[..., list[str]]] = {
    ast.Name: lambda node: [node.id],
    ast.arg: lambda node: [node.arg],
    ast.Attribute: lambda node: [node.attr],
    ast.Constant: _constant,
    ast.keyword: lambda node: [f"{node.arg}="] if node.arg else [],
    ast.alias: _alias,
    ast.ImportFrom: _import,
    ast.FunctionDef: lambda node: ["FunctionDef", node.name],
    ast.AsyncFunctionDef: lambda node: ["FunctionDef", node.name],
    ast.ClassDef: lambda node: ["ClassDef", node.name],
    ast.Global: lambda node: ["Global", *node.names],
    ast.Nonlocal: lambda node: ["Nonlocal", *node.names],
    ast.ExceptHandler: lambda node: ["ExceptHandler", node.name or ""],
    ast.MatchAs: lambda node: ["MatchAs", node.name or ""],
    ast.Expr: lambda node: [],
}
_BY_KIND = (
    ast.stmt,
    ast.operator,
    ast.unaryop,
    ast.boolop,
    ast.cmpop,
    ast.Lambda,
    ast.IfExp,
    ast.Subscript,
    ast.comprehension,
    ast.Await,
    ast.pattern,
)


def _own_tokens(node: ast.AST) -> list[str]:
    special = _SPECIAL.get(type(node))
    if special is not None:
        return special(node)
    return [type(node).__name__] if isinstance(node, _BY_KIND) else []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _words(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").split()


def _likeness(old: Sequence[str], new: Sequence[str]) -> float:
    if list(old) == list(new):
        return 1.0
    total = len(old) + len(new)
    if max(len(old), len(new)) > MAX_TOKENS:
        return 2 * sum((Counter(old) & Counter(new)).values()) / total
    return 2 * _common_length(old, new) / total


def _common_length(old: Sequence[str], new: Sequence[str]) -> int:
    """Length of the longest common subsequence, a row of the table at a time as one integer.

    M. Crochemore, C. S. Iliopoulos, Y. J. Pinzon, J. F. Reid, "A fast and practical bit-vector
    algorithm for the longest common subsequence problem", 2001.
    """
    places: dict[str, int] = {}
    for index, token in enumerate(old):
        places[token] = places.get(token, 0) | 1 << index
    everything = (1 << len(old)) - 1
    row = everything
    for token in new:
        matches = row & places.get(token, 0)
        row = (row + matches | row - matches) & everything
    return len(old) - row.bit_count()
