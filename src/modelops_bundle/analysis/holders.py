"""Which top-level definition or constant of a file an expression belongs to, and what uses it."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set

from modelops_bundle.analysis.path_texts import PATH_CALLS
from modelops_bundle.analysis.walk import DEFINITIONS


class Statements:
    """The top-level statements of a file, and which of them mention which."""

    def __init__(self, body: Sequence[ast.stmt], mentioned: Sequence[Set[str]]) -> None:
        self._body = body
        self._mentioned = mentioned
        self._starts = [_first_line(node) for node in body]
        self._labels: list[str | None] = [_label(node) for node in body]
        # What a call makes is worked out when the module is imported, for whichever entry; only
        # a name that is an entry itself, which a call made, keeps that call's texts to itself.
        self._made = {
            label
            for node, label in zip(body, self._labels, strict=True)
            if label and isinstance(node, (ast.Assign, ast.AnnAssign)) and not _is_inert(node)
        }
        #: Names that are given a value at module level.
        self.constants = frozenset(
            target.id
            for node in body
            if isinstance(node, (ast.Assign, ast.AnnAssign))
            for target in getattr(node, "targets", None) or [node.target]  # type: ignore[union-attr]
            if isinstance(target, ast.Name)
        )

    def holder(self, node: ast.expr) -> str | None:
        """What an expression belongs to; None where it never runs in an import."""
        index = bisect_right(self._starts, node.lineno) - 1
        return self._labels[index] if index >= 0 else ""

    def users(self, holders: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What mentions these holders, directly or through others."""
        if not holders:
            return
        mentioning = self._mentioning()
        found: dict[str, tuple[str, ...]] = {}
        pending = sorted(holders)
        for holder in pending:
            if holder in found:
                continue
            users = mentioning.get(holder, set()) - {holder}
            found[holder] = tuple(sorted(users))
            pending += sorted(users - {""})
        yield from sorted((holder, users) for holder, users in found.items() if users)

    def _mentioning(self) -> dict[str, set[str]]:
        """For each label, those of the statements that mention it."""
        labels = frozenset(label for label in self._labels if label)
        found: dict[str, set[str]] = {made: {""} for made in self._made}
        for label, words in zip(self._labels, self._mentioned, strict=True):
            if label is not None:
                for word in labels.intersection(words):
                    found.setdefault(word, set()).add(label)
        return found


def _label(node: ast.stmt) -> str | None:
    if isinstance(node, DEFINITIONS):
        return node.name
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return None
    if isinstance(node, ast.If) and _is_main(node.test):
        return None
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        target = targets[0]
        if len(targets) == 1 and isinstance(target, ast.Name):
            return None if target.id == "__all__" else target.id
    return ""


def _is_main(test: ast.expr) -> bool:
    """`__name__ == "__main__"`."""
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = (test.left, test.comparators[0])
    return any(isinstance(one, ast.Name) and one.id == "__name__" for one in sides)


def _is_inert(value: ast.stmt) -> bool:
    """Whether giving a name its value reads nothing: it holds no call but those that make paths."""
    pending: list[ast.AST] = [value]
    for node in pending:
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            if name not in PATH_CALLS:
                return False
        pending += ast.iter_child_nodes(node)
    return True


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    return min([node.lineno, *(one.lineno for one in decorators)])
