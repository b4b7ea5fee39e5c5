"""Which definitions of a file differ between two versions of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from modelops_bundle.analysis.semantic import statement_of
from modelops_bundle.analysis.source import ParsedSource
from modelops_bundle.analysis.walk import DEFINITIONS, canonical, docstring_of, without_docstring


class SymbolKind(StrEnum):
    """What a statement at the top of a module does."""

    FUNCTION = "def"
    CLASS = "class"
    NAME = "name"
    IMPORT = "import"
    CODE = "code"


Difference = Literal["changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class ChangedSymbol:
    """One thing that differs.

    Attributes:
        name: The qualified name; for an assignment its targets; "" for imports and other code.
        line: 1-based, in the new version; 0 for what is removed.
    """

    kind: SymbolKind
    name: str
    difference: Difference
    line: int

    @property
    def top(self) -> str:
        """The name at the top of the module."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class _Part:
    node: ast.stmt
    digest: str


_Key = tuple[SymbolKind, str]


def changed_symbols(old: ParsedSource, new: ParsedSource) -> tuple[ChangedSymbol, ...]:
    """What means something else, in the order of the new version, what is removed at the end.

    Comments, docstrings and formatting mean nothing. Where only methods of a class differ they
    are named, and not the class. Empty where at most the order of statements differs.
    """
    return _compared(without_docstring(old.tree.body), without_docstring(new.tree.body))


def docstrings_differ(old: ParsedSource, new: ParsedSource) -> bool:
    """Whether any docstring differs, or stands elsewhere."""
    return _docstrings(old.tree) != _docstrings(new.tree)


def _docstrings(tree: ast.Module) -> tuple[object, ...]:
    return docstring_of(tree.body), canonical(tree.body).docstrings


def _compared(
    old_body: Sequence[ast.stmt], new_body: Sequence[ast.stmt]
) -> tuple[ChangedSymbol, ...]:
    before, after = _parts(old_body), _parts(new_body)
    found: list[ChangedSymbol] = []
    for (kind, name), parts in after.items():
        known = before.get((kind, name), [])
        if [part.digest for part in parts] == [part.digest for part in known]:
            continue
        if kind is SymbolKind.CLASS and len(parts) == len(known) == 1:
            members = tuple(_members(known[0].node, parts[0].node))
            if members:
                found += members
                continue
        digests = {part.digest for part in known}
        first = next((part for part in parts if part.digest not in digests), parts[0])
        difference: Difference = "changed" if known else "added"
        found.append(ChangedSymbol(kind, name, difference, _line(first.node)))
    found.sort(key=lambda symbol: symbol.line)
    gone = (key for key in before if key not in after)
    found += (ChangedSymbol(kind, name, "removed", 0) for kind, name in gone)
    return tuple(found)


def _members(old: ast.stmt, new: ast.stmt) -> Iterator[ChangedSymbol]:
    """What differs within a class; nothing where its head does too."""
    if not isinstance(old, ast.ClassDef) or not isinstance(new, ast.ClassDef):
        return
    if _head(old) != _head(new):
        return
    for symbol in _compared(without_docstring(old.body), without_docstring(new.body)):
        if not symbol.name:
            yield ChangedSymbol(SymbolKind.CLASS, new.name, "changed", symbol.line or _line(new))
        else:
            yield replace(symbol, name=f"{new.name}.{symbol.name}")


def _head(node: ast.ClassDef) -> list[str]:
    return canonical((*node.decorator_list, *node.bases, *node.keywords)).texts


def _parts(body: Sequence[ast.stmt]) -> dict[_Key, list[_Part]]:
    parts: dict[_Key, list[_Part]] = {}
    for node in body:
        digest = statement_of(node, canonical((node,))).digest
        parts.setdefault(_key(node), []).append(_Part(node, digest))
    return parts


def _key(node: ast.stmt) -> _Key:
    if isinstance(node, DEFINITIONS):
        is_class = isinstance(node, ast.ClassDef)
        return (SymbolKind.CLASS if is_class else SymbolKind.FUNCTION), node.name
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return SymbolKind.IMPORT, ""
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if len(names) == len(targets):
            return SymbolKind.NAME, ", ".join(names)
    return SymbolKind.CODE, ""


def _line(node: ast.stmt) -> int:
    return node.lineno
