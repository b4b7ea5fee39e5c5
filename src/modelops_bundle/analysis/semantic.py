"""What source means, as digests that are equal on every Python version that parses it."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modelops_bundle.analysis.walk import (
    DEFINITIONS,
    Canonical,
    Definition,
    canonical,
    fields_of,
    without_docstring,
)
from modelops_bundle.core.behavior import SCHEME
from modelops_bundle.core.digest import SemanticDigest


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement.

    Attributes:
        symbol: The function or class that it defines, else "".
        digest: Hex digest without docstrings.
        documented: Hex digest with the docstrings of everything in it.
    """

    symbol: str
    digest: str
    documented: str


def statement_of(node: ast.stmt, walked: Canonical) -> Statement:
    """The digests of a top-level statement from its walk."""
    hasher = hashlib.sha256()
    _feed(hasher, walked.texts)
    digest = hasher.hexdigest()
    documented = digest
    if walked.docstrings:
        for index, text in walked.docstrings:
            _feed(hasher, (f"{index} {len(text)}", text))
        documented = hasher.hexdigest()
    symbol = node.name if isinstance(node, DEFINITIONS) else ""
    return Statement(symbol, digest, documented)


def symbol_digest(node: Definition) -> SemanticDigest:
    """What a definition means whatever it is called.

    Decorators, arguments and bases count. In the body the definition's own name (recursion,
    `super(Name, self)`) does not, unless the body gives that name another meaning.
    """
    head = _head_fields(node)
    body = canonical(without_docstring(node.body))
    if not _rebinds(node, body.nodes):
        own = "Name " + node.name
        texts = ["Name" if text == own else text for text in body.texts]
    else:
        texts = body.texts
    hasher = hashlib.sha256()
    _feed(hasher, ("symbol", type(node).__name__, *(label for label, _ in head)))
    _feed(hasher, canonical(child for _, child in head).texts)
    _feed(hasher, ("body", str(len(body.texts))))
    _feed(hasher, texts)
    return SemanticDigest(f"{SCHEME}:sha256:{hasher.hexdigest()}")


def text_digest(text: str) -> str:
    """Hex digest of a module's docstring, in the form of a statement's."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _feed(hasher: hashlib._Hash, texts: Iterable[str]) -> None:
    hasher.update("\n".join(texts).encode("utf-8", "surrogatepass"))
    hasher.update(b"\n")


def _head_fields(node: Definition) -> list[tuple[str, ast.AST]]:
    fields: list[tuple[str, ast.AST]] = []
    for label in fields_of(type(node)):
        if label in ("name", "body"):
            continue
        value = getattr(node, label, None)
        children = value if isinstance(value, list) else [value]
        fields += [(label, child) for child in children if isinstance(child, ast.AST)]
    return fields


def _rebinds(node: Definition, body: Sequence[ast.AST]) -> bool:
    name = node.name
    if not isinstance(node, ast.ClassDef):
        body = [*body, *ast.walk(node.args)]
    for child in body:
        if isinstance(child, ast.Name):
            if child.id == name and not isinstance(child.ctx, ast.Load):
                return True
        elif isinstance(child, ast.arg):
            if child.arg == name:
                return True
        elif isinstance(child, ast.alias):
            if (child.asname or child.name.partition(".")[0]) == name:
                return True
        elif isinstance(child, DEFINITIONS) and child.name == name:
            return True
    return False
