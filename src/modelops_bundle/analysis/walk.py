"""The walk over a syntax tree that everything said about a file is taken from.

The walk is breadth first, so it needs no recursion, and writes exactly one text per node: the
node's type, its labelled fields, and how many children each field has. From that the tree can
be rebuilt, so two trees give the same texts only if they mean the same. Left out are positions,
`ctx`, string prefixes, type comments, docstrings, and whatever is empty.

It visits some 80,000 nodes for a megabyte of source, so it does everything at once: what names
a file mentions is noted on the way, and the kinds that make up nearly all of any tree have
functions of their own. `header` is the rule that those functions follow.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

_DEFINITION_KINDS = frozenset(DEFINITIONS)
_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_WITH_GAPS = frozenset({"keys", "kw_defaults"})
_COMMON = (ast.Name, ast.Attribute, ast.Call, ast.Load)
_FIELDS: dict[type, tuple[str, ...]] = {}


_Nodes = list[ast.AST]


@dataclass(slots=True)
class Dotted:
    """The longest `a.b.c` that starts from each name.

    Attributes:
        reads: The line where each is read first.
        changes: Those with attributes that are set or deleted.
        attributes_set: All attributes that are set or deleted, of whatever.
    """

    reads: dict[str, int] = field(default_factory=dict)
    changes: set[str] = field(default_factory=set)
    attributes_set: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Canonical:
    """The nodes below some roots, breadth first, with one text for each.

    Attributes:
        docstrings: (index of the definition in `nodes`, text).
        names, attributes: Identifiers of all names, and of all attributes.
        stored: Names that are set or deleted.
        parameters, keywords: What functions call their arguments, and what calls do.
        strings: String constants, docstrings excepted.
        others: The nodes of rarer kinds; definitions and imports are among them.
    """

    nodes: list[ast.AST]
    texts: list[str] = field(default_factory=list)
    docstrings: list[tuple[int, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    keywords: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    others: list[ast.AST] = field(default_factory=list)


def canonical(roots: Iterable[ast.AST], dotted: Dotted | None = None) -> Canonical:
    """Walk everything below the roots. Linear in the number of nodes.

    Args:
        roots: Where to begin.
        dotted: Takes up the dotted names.
    """
    found = Canonical(list(roots))
    nodes, dotted = found.nodes, Dotted() if dotted is None else dotted
    # All that the loop uses are names of its own: it is most of the cost of an analysis.
    name_kind, attribute_kind, call_kind, load = _COMMON
    reads, header_of, write, push = dotted.reads, _HEADERS.get, found.texts.append, nodes.append
    named, attribute, line_of = found.names.add, found.attributes.add, reads.get
    parts: set[int] = set()  # the indices of nodes that are the beginning of a longer name
    part = parts.add
    # The list grows while it is walked. The kinds that make up most of any tree come first.
    for index, node in enumerate(nodes):
        kind = type(node)
        if kind is name_kind:
            identifier = node.id  # type: ignore[attr-defined]
            write("Name " + identifier)
            named(identifier)
            if index in parts:
                continue
            if type(node.ctx) is load:  # type: ignore[attr-defined]
                line = node.lineno  # type: ignore[attr-defined]
                if line_of(identifier, line) >= line:
                    reads[identifier] = line
            else:
                found.stored.add(identifier)
        elif kind is attribute_kind:
            write("Attribute " + node.attr)  # type: ignore[attr-defined]
            attribute(node.attr)  # type: ignore[attr-defined]
            if index not in parts:
                _note(node, dotted)  # type: ignore[arg-type]
            part(len(nodes))
            push(node.value)  # type: ignore[attr-defined]
        elif kind is call_kind:
            args, keywords = node.args, node.keywords  # type: ignore[attr-defined]
            write(f"Call {len(args)} {len(keywords)}")
            push(node.func)  # type: ignore[attr-defined]
            nodes += args
            nodes += keywords
        else:
            write((header_of(kind) or _rare)(node, nodes, found))
    return found


def _note(node: ast.Attribute, dotted: Dotted) -> None:
    """Note the dotted name that an attribute ends, if it starts from a name."""
    loaded = type(node.ctx) is ast.Load
    if not loaded:
        dotted.attributes_set.add(node.attr)
    names = [node.attr]
    part = node.value
    while type(part) is ast.Attribute:
        names.append(part.attr)
        part = part.value
    if type(part) is not ast.Name:
        return
    names.append(part.id)
    names.reverse()
    whole = ".".join(names)
    if not loaded:
        dotted.changes.add(whole)
    elif dotted.reads.get(whole, node.lineno) >= node.lineno:
        dotted.reads[whole] = node.lineno


def _rare(node: ast.AST, nodes: _Nodes, found: Canonical) -> str:
    found.others.append(node)
    return header(node, nodes)


def header(node: ast.AST, nodes: list[ast.AST]) -> str:
    """The text of any node; its children are appended to `nodes`."""
    kind = node.__class__
    text = kind.__name__
    fields = _FIELDS.get(kind)
    for label in fields_of(kind) if fields is None else fields:
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
                text += f" {label}={','.join(map(str, value))}"
            else:
                text += f" {label}*{len(value)}"
                if label in _WITH_GAPS:
                    # `None` stands among keys and defaults for those that are absent.
                    value = [_ABSENT if child is None else child for child in value]
                nodes += value
        elif isinstance(value, ast.AST):
            if label == "format_spec" and isinstance(value, ast.JoinedStr) and not value.values:
                continue
            text += " " + label
            nodes.append(value)
        else:
            text += f" {label}={value}"
    return text


def children(node: ast.AST) -> list[ast.AST]:
    """What is directly below a node, in order, `ctx` excepted: `ast.iter_child_nodes`, faster."""
    found: list[ast.AST] = []
    for value in vars(node).values():
        if type(value) is list:
            found += [child for child in value if isinstance(child, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
            found.append(value)
    return found


def fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that count, sorted."""
    fields = tuple(sorted(set(kind._fields) - _LEFT_OUT))
    _FIELDS[kind] = fields
    return fields


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


def _constant(node: ast.Constant, _: _Nodes, found: Canonical) -> str:
    value = node.value
    if value.__class__ is str:
        found.strings.add(value)
        # Not `repr`: what is printable differs between versions.
        return f"str {len(value)} {value}"
    if value.__class__ is int:
        # Not `repr`: decimal is quadratic and refused beyond 4300 digits.
        return f"int {value:x}"
    return f"{value.__class__.__name__} {value!r}"


def _arg(node: ast.arg, nodes: _Nodes, found: Canonical) -> str:
    found.parameters.add(node.arg)
    if node.annotation is None:
        return "arg arg=" + node.arg
    nodes.append(node.annotation)
    return "arg annotation arg=" + node.arg


def _keyword(node: ast.keyword, nodes: _Nodes, found: Canonical) -> str:
    nodes.append(node.value)
    label = node.arg
    if label is None:
        return "keyword value"
    found.keywords.add(label)
    return f"keyword arg={label} value"


def _definition(node: Definition, nodes: _Nodes, found: Canonical) -> str:
    found.others.append(node)
    docstring = docstring_of(node.body)
    if docstring is not None:
        found.docstrings.append((len(found.texts), docstring))
    return header(node, nodes)


def _assign(node: ast.Assign, nodes: _Nodes, _: Canonical) -> str:
    targets = node.targets
    nodes += targets
    nodes.append(node.value)
    return f"Assign targets*{len(targets)} value"


def _if(node: ast.If, nodes: _Nodes, _: Canonical) -> str:
    body, orelse = node.body, node.orelse
    nodes += body
    nodes += orelse
    nodes.append(node.test)
    if orelse:
        return f"If body*{len(body)} orelse*{len(orelse)} test"
    return f"If body*{len(body)} test"


def _valued(node: ast.Expr | ast.Return | ast.Starred, nodes: _Nodes, _: Canonical) -> str:
    value = node.value
    if value is None:
        return node.__class__.__name__
    nodes.append(value)
    return node.__class__.__name__ + " value"


def _subscript(node: ast.Subscript, nodes: _Nodes, _: Canonical) -> str:
    nodes += (node.slice, node.value)
    return "Subscript slice value"


def _compare(node: ast.Compare, nodes: _Nodes, _: Canonical) -> str:
    ops = node.ops
    nodes += node.comparators
    nodes.append(node.left)
    nodes += ops
    return f"Compare comparators*{len(ops)} left ops*{len(ops)}"


def _binary(node: ast.BinOp, nodes: _Nodes, _: Canonical) -> str:
    nodes += (node.left, node.op, node.right)
    return "BinOp left op right"


def _unary(node: ast.UnaryOp, nodes: _Nodes, _: Canonical) -> str:
    nodes += (node.op, node.operand)
    return "UnaryOp op operand"


def _boolean(node: ast.BoolOp, nodes: _Nodes, _: Canonical) -> str:
    nodes.append(node.op)
    nodes += node.values
    return f"BoolOp op values*{len(node.values)}"


def _sequence(node: ast.Tuple | ast.List | ast.Set, nodes: _Nodes, _: Canonical) -> str:
    elements = node.elts
    if not elements:
        return node.__class__.__name__
    nodes += elements
    return f"{node.__class__.__name__} elts*{len(elements)}"


def _formatted(node: ast.FormattedValue, nodes: _Nodes, _: Canonical) -> str:
    spec = node.format_spec
    if spec is None or (isinstance(spec, ast.JoinedStr) and not spec.values):
        nodes.append(node.value)
        return f"FormattedValue conversion={node.conversion} value"
    nodes += (spec, node.value)
    return f"FormattedValue conversion={node.conversion} format_spec value"


def _joined(node: ast.JoinedStr, nodes: _Nodes, _: Canonical) -> str:
    values = _merged(node.values)
    nodes += values
    return f"JoinedStr values*{len(values)}" if values else "JoinedStr"


def _arguments(node: ast.arguments, nodes: _Nodes, _: Canonical) -> str:
    args, defaults = node.args, node.defaults
    if node.kwonlyargs or node.posonlyargs or node.kwarg or node.vararg:
        return header(node, nodes)
    nodes += args
    nodes += defaults
    if defaults:
        return f"arguments args*{len(args)} defaults*{len(defaults)}"
    return f"arguments args*{len(args)}" if args else "arguments"


def _leaf(node: ast.AST, _: _Nodes, __: Canonical) -> str:
    return node.__class__.__name__


_HEADERS: dict[type, Callable[..., str]] = {
    ast.Constant: _constant,
    ast.arg: _arg,
    ast.keyword: _keyword,
    ast.FunctionDef: _definition,
    ast.AsyncFunctionDef: _definition,
    ast.ClassDef: _definition,
    ast.Assign: _assign,
    ast.If: _if,
    ast.Expr: _valued,
    ast.Return: _valued,
    ast.Starred: _valued,
    ast.Subscript: _subscript,
    ast.Compare: _compare,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.FormattedValue: _formatted,
    ast.JoinedStr: _joined,
    ast.arguments: _arguments,
}
_HEADERS.update(
    dict.fromkeys(
        [
            kind
            for base in (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
            for kind in base.__subclasses__()
        ],
        _leaf,
    )
)
