"""What source means, as digests that are equal on every Python version that parses it.

The walk is breadth first, so it needs no recursion, and writes exactly one text per node: the
node's type, its labelled fields, and how many children each field has. From that the tree can
be rebuilt, so two trees give the same texts only if they mean the same. Left out are positions,
`ctx`, string prefixes, type comments, docstrings, and whatever is empty.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modelops_bundle.core.behavior import SCHEME
from modelops_bundle.core.digest import Digest, SemanticDigest, digest_of_fields

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

_DEFINITION_KINDS = frozenset(DEFINITIONS)
_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_WITH_GAPS = frozenset({"keys", "kw_defaults"})
_FIELDS: dict[type, tuple[str, ...]] = {}


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


@dataclass(frozen=True, slots=True)
class Canonical:
    """The nodes below some roots, breadth first, with one text for each.

    Attributes:
        docstrings: (index of the definition in `nodes`, text).
    """

    nodes: list[ast.AST]
    texts: list[str]
    docstrings: list[tuple[int, str]]


def canonical(roots: Iterable[ast.AST]) -> Canonical:
    """Walk everything below the roots. Linear in the number of nodes."""
    nodes: list[ast.AST] = list(roots)
    texts: list[str] = []
    docstrings: list[tuple[int, str]] = []
    write, push, extend = texts.append, nodes.append, nodes.extend
    # The list grows while it is walked. The four kinds that make up most of any tree come first.
    for node in nodes:
        kind = node.__class__
        if kind is ast.Name:
            write("Name " + node.id)  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            write("Attribute " + node.attr)  # type: ignore[attr-defined]
            push(node.value)  # type: ignore[attr-defined]
        elif kind is ast.Constant:
            write(_constant(node.value))  # type: ignore[attr-defined]
        elif kind is ast.Call:
            args, keywords = node.args, node.keywords  # type: ignore[attr-defined]
            write(f"Call {len(args)} {len(keywords)}")
            push(node.func)  # type: ignore[attr-defined]
            extend(args)
            extend(keywords)
        else:
            if kind in _DEFINITION_KINDS:
                docstring = docstring_of(node.body)  # type: ignore[attr-defined]
                if docstring is not None:
                    docstrings.append((len(texts), docstring))
            write(_header(node, nodes))
    return Canonical(nodes, texts, docstrings)


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


def assigned_digest(value: ast.expr) -> SemanticDigest:
    """What a name that is assigned, not defined, stands for."""
    hasher = hashlib.sha256(b"assigned\n")
    _feed(hasher, canonical((value,)).texts)
    return SemanticDigest(f"{SCHEME}:sha256:{hasher.hexdigest()}")


def docstring_of(body: Sequence[ast.stmt]) -> str | None:
    """The docstring of a module, class or function, as written."""
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        value = first.value.value
        return value if isinstance(value, str) else None
    return None


def without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """The statements after the docstring."""
    return body if docstring_of(body) is None else body[1:]


def text_digest(text: str) -> str:
    """Hex digest of a module's docstring, in the form of a statement's."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def opaque_digest(content: Digest) -> SemanticDigest:
    """The semantic digest of a file that counts by its bytes."""
    return SemanticDigest(f"{SCHEME}:{digest_of_fields('opaque', content)}")


def _feed(hasher: hashlib._Hash, texts: Iterable[str]) -> None:
    hasher.update("\n".join(texts).encode("utf-8", "surrogatepass"))
    hasher.update(b"\n")


def _constant(value: object) -> str:
    if isinstance(value, str):
        # Not `repr`: what is printable differs between versions.
        return f"str {len(value)} {value}"
    if value.__class__ is int:
        # Not `repr`: decimal is quadratic and refused beyond 4300 digits.
        return f"int {value:x}"
    return f"{value.__class__.__name__} {value!r}"


def _header(node: ast.AST, nodes: list[ast.AST]) -> str:
    """The text of any node; its children are appended to `nodes`."""
    kind = node.__class__
    header = kind.__name__
    fields = _FIELDS.get(kind)
    for label in _fields_of(kind) if fields is None else fields:
        value = getattr(node, label, None)
        if value is None:
            continue
        if value.__class__ is list:
            if label == "body" and kind in _DEFINITION_KINDS:
                value = without_docstring(value)
            elif label == "values" and kind is ast.JoinedStr:
                value = _merged(value)
            if not value:
                continue
            if value[0].__class__ is str:
                header += f" {label}={','.join(map(str, value))}"
            else:
                header += f" {label}*{len(value)}"
                if label in _WITH_GAPS:
                    # `None` stands among keys and defaults for those that are absent.
                    value = [_ABSENT if child is None else child for child in value]
                nodes += value
        elif isinstance(value, ast.AST):
            if label == "format_spec" and isinstance(value, ast.JoinedStr) and not value.values:
                continue
            header += " " + label
            nodes.append(value)
        else:
            header += f" {label}={value}"
    return header


def _merged(values: Sequence[ast.expr]) -> list[ast.expr]:
    """The parts of an f-string, adjacent constants joined and empty ones dropped."""
    merged: list[ast.expr] = []
    pending: list[str] = []
    for part in (*values, None):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            pending.append(part.value)
            continue
        text = "".join(pending)
        pending.clear()
        if text:
            merged.append(ast.Constant(text))
        if part is not None:
            merged.append(part)
    return merged


class _Absent(ast.AST):
    """Stands for a missing element in a list of nodes."""


_ABSENT = _Absent()


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    fields = tuple(sorted(set(kind._fields) - _LEFT_OUT))
    _FIELDS[kind] = fields
    return fields


def _head_fields(node: Definition) -> list[tuple[str, ast.AST]]:
    fields: list[tuple[str, ast.AST]] = []
    for label in sorted(set(node._fields) - _LEFT_OUT - {"name", "body"}):
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
