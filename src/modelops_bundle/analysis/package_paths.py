"""Where a file changes the `__path__` of a package, and which folders that adds to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from modelops_bundle.analysis.search_path import NAMESAKES, UNTOLD, SearchPathEdit, edit_at
from modelops_bundle.analysis.texts import NAME, TextEvaluator, Texts

ATTRIBUTE = "__path__"

#: What a method does with its arguments: which one names the folder, and how it stands there.
_ADDING = {"insert": (1, ""), "append": (0, ""), "extend": (0, "elements")}
_UNTOLD = Texts(None)

Nodes = Mapping[type, Sequence[ast.AST]]


def package_path_edits(
    nodes: Nodes,
    evaluator: TextEvaluator,
    bindings: Mapping[str, frozenset[str]],
    settled: frozenset[int],
) -> tuple[SearchPathEdit, ...]:
    """All places of a file that change a package's `__path__`, in source order.

    A `__path__` that is only handed to a function is taken for one that is read.

    Args:
        nodes: All nodes of a file that has the word `__path__`, by type.
        evaluator: Of the file.
        bindings: Imported local names with the dotted names that they may stand for.
        settled: Lines of its `# mops: imports` comments.
    """
    edits = _Edits(evaluator, bindings, settled)
    found = [
        edit
        for kind in (ast.Call, ast.AugAssign, ast.Assign, ast.AnnAssign)
        for node in nodes.get(kind, ())
        for edit in edits.of(node)
    ]
    return tuple(sorted(found, key=lambda edit: edit.line))


class _Edits:
    """What the statements and calls of one file do to a `__path__`."""

    def __init__(
        self,
        evaluator: TextEvaluator,
        bindings: Mapping[str, frozenset[str]],
        settled: frozenset[int],
    ) -> None:
        self._evaluator = evaluator
        self._bindings = bindings
        self._settled = settled

    def of(self, node: ast.AST) -> Iterator[SearchPathEdit]:
        """The edits that one node makes."""
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=method)) if _is_path(owner):
                if method in _ADDING:
                    yield from self._added(node, owner, method)
            case ast.Call(
                func=ast.Name(id="setattr"), args=[package, ast.Constant(value=name), new]
            ):
                if name == ATTRIBUTE:
                    yield from self._rebuilt(node, self._names(package), new)
            case ast.AugAssign(target=target, value=value) if _is_path(target):
                texts = self._evaluator.elements(value)
                yield from self._edits(node, self._packages(target), texts, first=False)
            case ast.Assign(targets=targets, value=value):
                for assigned in targets:
                    yield from self._assigned(node, assigned, value)
            case ast.AnnAssign(target=assigned, value=ast.expr() as value):
                yield from self._assigned(node, assigned, value)
            case _:
                return

    def _added(self, call: ast.Call, owner: ast.expr, method: str) -> Iterator[SearchPathEdit]:
        position, part = _ADDING[method]
        given = call.args[position] if len(call.args) > position else None
        texts = _UNTOLD
        if given is not None:
            evaluate = self._evaluator.elements if part else self._evaluator.texts
            texts = evaluate(given)
        first = method == "insert"
        yield from self._edits(call, self._packages(owner), texts, first=first)

    def _assigned(
        self, node: ast.stmt, target: ast.expr, value: ast.expr
    ) -> Iterator[SearchPathEdit]:
        if _is_path(target):
            yield from self._rebuilt(node, self._packages(target), value)
        elif isinstance(target, ast.Subscript) and _is_path(target.value):
            whole = isinstance(target.slice, ast.Slice)
            texts = self._evaluator.elements(value) if whole else self._evaluator.texts(value)
            yield from self._edits(node, self._packages(target.value), texts, first=True)
        elif _is_path(value):
            # Under another name it can be changed where nothing shows it.
            yield from self._edits(node, self._packages(value), _UNTOLD, first=True)

    def _rebuilt(
        self, node: ast.stmt | ast.expr, packages: frozenset[str] | None, value: ast.expr
    ) -> Iterator[SearchPathEdit]:
        """`__path__ = [folder] + __path__`, `[*__path__, folder]`, or `extend_path(…)`."""
        if _extends(value):
            yield from self._edits(node, packages, Texts((NAMESAKES,)), first=False)
            return
        first = True
        for item in _items(value):
            inner = item.value if isinstance(item, ast.Starred) else item
            if _is_path(inner):
                first = False
                continue
            starred = isinstance(item, ast.Starred)
            texts = self._evaluator.elements(inner) if starred else self._evaluator.texts(inner)
            yield from self._edits(node, packages, texts, first=first)

    def _edits(
        self,
        node: ast.stmt | ast.expr,
        packages: frozenset[str] | None,
        texts: Texts,
        *,
        first: bool,
    ) -> Iterator[SearchPathEdit]:
        for package in sorted(packages or (UNTOLD,)):
            yield edit_at(node, texts, first, self._settled, package)

    def _packages(self, path: ast.expr) -> frozenset[str] | None:
        """The packages whose `__path__` this is; None where that cannot be told."""
        return frozenset((NAME,)) if isinstance(path, ast.Name) else self._owner(path)

    def _owner(self, path: ast.expr) -> frozenset[str] | None:
        return self._names(path.value) if isinstance(path, ast.Attribute) else None

    def _names(self, package: ast.expr) -> frozenset[str] | None:
        attributes: list[str] = []
        while isinstance(package, ast.Attribute):
            attributes.append(package.attr)
            package = package.value
        if isinstance(package, ast.Name) and package.id in self._bindings:
            heads = self._bindings[package.id]
            return frozenset(".".join((head, *reversed(attributes))) for head in heads)
        return None


def _is_path(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == ATTRIBUTE) or (
        isinstance(node, ast.Attribute) and node.attr == ATTRIBUTE
    )


def _extends(value: ast.expr) -> bool:
    """`extend_path(__path__, __name__)`, however the function is got at."""
    if not isinstance(value, ast.Call):
        return False
    function = value.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "extend_path" and bool(value.args) and _is_path(value.args[0])


def _items(value: ast.expr) -> Iterator[ast.expr]:
    """The items of lists that are added up; what is no list counts as unpacked."""
    terms: list[ast.expr] = []
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        terms.append(value.right)
        value = value.left
    for term in (value, *reversed(terms)):
        listed = isinstance(term, (ast.List, ast.Tuple))
        if listed:
            yield from term.elts  # type: ignore[attr-defined]
        elif _is_copy(term):
            yield term.args[0]  # type: ignore[attr-defined]
        else:
            yield ast.Starred(term)


def _is_copy(value: ast.expr) -> bool:
    """`list(__path__)`, or a `tuple` of it."""
    if not isinstance(value, ast.Call) or len(value.args) != 1:
        return False
    named = isinstance(value.func, ast.Name) and value.func.id in ("list", "tuple")
    return named and _is_path(value.args[0])
