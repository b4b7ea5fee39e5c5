"""The texts that an expression can be worth, as far as import names and paths are built of them.

Facts about a file must not depend on where it is, so what does is written as a placeholder:
`NAME`, `PACKAGE` and `FILE` stand for `__name__`, `__package__` and `__file__`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from modelops_bundle.analysis.text_parts import parts_of

NAME, PACKAGE, FILE = "\0", "\1", "\2"

#: More alternatives than this count as unknown.
MAX_TEXTS = 256
_MAX_LENGTH = 1024
_MAX_DEPTH = 24

_OWN = {"__name__": NAME, "__package__": PACKAGE, "__file__": FILE}
_MUTATORS = frozenset({"add", "append", "extend", "insert", "setdefault", "update", "pop"})
# Calls that give back the path, or the elements, that they are given.
_SAME_PATH = frozenset({"str", "Path", "PurePath", "PosixPath", "fspath", "abspath", "realpath"})
_SAME_ELEMENTS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed"})
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix", "expanduser"})


@dataclass(frozen=True, slots=True)
class Texts:
    """The values of an expression.

    Attributes:
        values: All of them, in source order; None if they cannot be told.
        prefix, suffix: What the text begins and ends with where the rest cannot be told.
    """

    values: tuple[str, ...] | None
    prefix: str = ""
    suffix: str = ""


_UNKNOWN = Texts(None)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a name gets a value: `expression` itself, or its "elements", "keys" or "values"."""

    expression: ast.expr
    part: str = ""


class TextEvaluator:
    """Evaluates expressions of one file; a name is worth what any assignment to it may give."""

    def __init__(
        self,
        nodes: Callable[[], Mapping[type, Sequence[ast.AST]]],
        bindings: Mapping[str, frozenset[str]],
    ) -> None:
        """Take the file's nodes by type, when a name has to be looked up, and its imports."""
        self._nodes_of_file = nodes
        self._bindings = bindings
        self._sources: dict[str, list[_Source]] | None = None
        # Each name is evaluated once: `b = a + a; c = b + b; …` would double at every step.
        self._known: dict[tuple[str, str], Texts] = {}

    @cached_property
    def _nodes(self) -> Mapping[type, Sequence[ast.AST]]:
        return self._nodes_of_file()

    def texts(self, node: ast.expr | None, depth: int = 0) -> Texts:
        """The texts that an expression can be worth."""
        if depth > _MAX_DEPTH:
            return _UNKNOWN
        deeper = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                plain = len(text) <= _MAX_LENGTH and not any(own in text for own in _OWN.values())
                return Texts((text,)) if plain else _UNKNOWN
            case ast.Name(id=name) if name in _OWN:
                return Texts((_OWN[name],))
            case ast.Name(id=name):
                return self._name(name, "", deeper)
            case ast.BinOp(op=ast.Add()):
                return _joined([self.texts(term, deeper) for term in _terms(node)])
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return _joined([self.texts(left, deeper), _SLASH, self.texts(right, deeper)])
            case ast.BinOp(op=ast.Mod()) | ast.JoinedStr():
                return _joined([self.texts(part, deeper) for part in parts_of(node)])
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.texts(value, deeper)
            case ast.IfExp(body=body, orelse=orelse):
                return _either([self.texts(body, deeper), self.texts(orelse, deeper)])
            case ast.BoolOp(op=ast.Or(), values=values):
                return _either([self.texts(value, deeper) for value in values])
            case ast.Attribute(value=value, attr="parent"):
                return _joined([self.texts(value, deeper), _UP])
            case ast.Subscript(value=value, slice=index):
                return self._item(value, index, deeper)
            case ast.Call():
                return self._call(node, deeper)
            case _:
                return _UNKNOWN

    def elements(self, node: ast.expr, part: str = "elements", depth: int = 0) -> Texts:
        """The texts in a container.

        Args:
            node: What is looked into.
            part: "elements"; "keys" or "values" of a mapping; a number for that item of each
                element; or "exports", which are elements with those of another module's
                `__all__` left out.
            depth: How deep the question is.
        """
        if depth > _MAX_DEPTH:
            return _UNKNOWN
        deeper = depth + 1
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                if part.isdecimal():
                    return _either([self._nth(item, int(part), deeper) for item in items])
                if part not in ("elements", "exports"):
                    return _UNKNOWN
                return _either(
                    [
                        self.elements(item.value, part, deeper)
                        if isinstance(item, ast.Starred)
                        else self.texts(item, deeper)
                        for item in items
                    ]
                )
            case ast.Dict(keys=keys, values=values) if not part.isdecimal():
                chosen = values if part == "values" else keys
                return _either([self.texts(item, deeper) for item in chosen])
            case ast.BinOp(op=ast.Add()):
                return _either([self.elements(term, part, deeper) for term in _terms(node)])
            case ast.Attribute(attr="__all__") if part == "exports":
                return Texts(())
            case ast.Name(id=name):
                return self._name(name, part, deeper)
            case ast.Call(func=ast.Attribute(value=value, attr=("keys" | "values") as view)):
                return self.elements(value, view, deeper) if part == "elements" else _UNKNOWN
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _SAME_ELEMENTS:
                return self.elements(inner, part, deeper)
            case _:
                return _UNKNOWN

    def _nth(self, item: ast.expr, place: int, depth: int) -> Texts:
        """One part of a tuple in a container of tuples."""
        match item:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) if place < len(parts):
                starred = any(isinstance(part, ast.Starred) for part in parts[: place + 1])
                return _UNKNOWN if starred else self.texts(parts[place], depth)
            case _:
                return _UNKNOWN

    def _name(self, name: str, part: str, depth: int) -> Texts:
        """What a name is worth: its text, or with `part` the texts in the container it names."""
        known = self._known.get((name, part))
        if known is not None:
            return known
        self._known[name, part] = _UNKNOWN  # what a name that is defined by itself is worth
        choices = []
        for source in self._assigned(name):
            if not part and not source.part:
                choices.append(self.texts(source.expression, depth))
            elif part and source.part:
                choices.append(_UNKNOWN)  # a container of containers
            else:
                choices.append(self.elements(source.expression, part or source.part, depth))
        result = _either(choices) if choices else _UNKNOWN
        self._known[name, part] = result
        return result

    def _item(self, value: ast.expr, index: ast.expr, depth: int) -> Texts:
        if isinstance(value, ast.Attribute) and value.attr == "parents":
            step = index.value if isinstance(index, ast.Constant) else None
            if not isinstance(step, int) or not 0 <= step < 16:
                return _UNKNOWN
            return _joined([self.texts(value.value, depth), *[_UP] * (step + 1)])
        if isinstance(value, ast.Name) and value.id == "__path__":
            return _joined([Texts((FILE,)), _UP])
        values = self.elements(value, "values", depth)
        return values if values.values is not None else self.elements(value, "elements", depth)

    def _call(self, node: ast.Call, depth: int) -> Texts:
        func, args = node.func, node.args
        name = self._called(func)
        if any(isinstance(argument, ast.Starred) for argument in args) or node.keywords:
            return _UNKNOWN
        if name == "dirname" and len(args) == 1:
            return _joined([self.texts(args[0], depth), _UP])
        if name in ("getcwd", "cwd") and not args:
            return Texts((".",))  # the project's root, most likely; paths are tried from both
        if name in _SAME_PATH and args:
            return _paths([self.texts(argument, depth) for argument in args])
        if not isinstance(func, ast.Attribute):
            return _UNKNOWN
        if name in ("format", "join") and isinstance(func.value, ast.Constant):
            return _joined([self.texts(part, depth) for part in parts_of(node)])
        if name == "join" and isinstance(func.value, (ast.Name, ast.Attribute)):
            # `os.path.join`; `"".join` has a constant before the dot.
            return _paths([self.texts(argument, depth) for argument in args])
        if name == "joinpath":
            return _paths([self.texts(func.value, depth), *(self.texts(a, depth) for a in args)])
        if name == "with_name" and len(args) == 1:
            return _paths([self.texts(func.value, depth), _DOTS, self.texts(args[0], depth)])
        if name in _SAME_METHODS and not args:
            return self.texts(func.value, depth)
        return _UNKNOWN

    def _called(self, func: ast.expr) -> str:
        """The last part of what is called, whatever it is imported as."""
        if isinstance(func, ast.Attribute):
            return func.attr
        if not isinstance(func, ast.Name):
            return ""
        meanings = self._bindings.get(func.id, ())
        return next(iter(meanings)).rpartition(".")[2] if len(meanings) == 1 else func.id

    def _assigned(self, name: str) -> Sequence[_Source]:
        """Where a name gets its values; nothing if not all of the places are understood."""
        if self._sources is None:
            self._sources = self._all_sources()
        return self._sources.get(name, ())

    def _all_sources(self) -> dict[str, list[_Source]]:
        found: dict[str, list[_Source]] = {}
        pairs: list[tuple[ast.expr, ast.expr, str]] = []
        for node in self._nodes.get(ast.Assign, ()):
            assert isinstance(node, ast.Assign)
            pairs += [(target, node.value, "") for target in node.targets]
        for node in (*self._nodes.get(ast.AnnAssign, ()), *self._nodes.get(ast.NamedExpr, ())):
            assert isinstance(node, (ast.AnnAssign, ast.NamedExpr))
            if node.value is not None:
                pairs.append((node.target, node.value, ""))
        loops = (ast.For, ast.AsyncFor, ast.comprehension)
        for node in (node for kind in loops for node in self._nodes.get(kind, ())):
            assert isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension))
            pairs += _loop(node.target, node.iter)
        for target, expression, part in pairs:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(_Source(expression, part))
        for name, stores in self._stores().items():
            if len(found.get(name, ())) != stores:
                found.pop(name, None)
        for name in self._otherwise_bound():
            found.pop(name, None)
        return found

    def _stores(self) -> dict[str, int]:
        stores: dict[str, int] = {}
        for node in self._nodes.get(ast.Name, ()):
            assert isinstance(node, ast.Name)
            if not isinstance(node.ctx, ast.Load):
                stores[node.id] = stores.get(node.id, 0) + 1
        return stores

    def _otherwise_bound(self) -> set[str]:
        """Names that parameters or imports bind too, and containers that are changed later."""
        names = set(self._bindings)
        names.update(node.arg for node in self._nodes.get(ast.arg, ()) if isinstance(node, ast.arg))
        for node in self._nodes.get(ast.Attribute, ()):
            assert isinstance(node, ast.Attribute)
            if node.attr in _MUTATORS and isinstance(node.value, ast.Name):
                names.add(node.value.id)
        for node in self._nodes.get(ast.Subscript, ()):
            assert isinstance(node, ast.Subscript)
            if not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
                names.add(node.value.id)
        return names


_SLASH, _UP, _DOTS = Texts(("/",)), Texts(("/..",)), Texts(("..",))


def _terms(node: ast.BinOp) -> list[ast.expr]:
    """The terms of `a + b + c`, which may be many."""
    terms: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        terms.append(left.right)
        left = left.left
    return [left, *reversed(terms)]


def _loop(target: ast.expr, iterated: ast.expr) -> list[tuple[ast.expr, ast.expr, str]]:
    match target, iterated:
        case (
            ast.Tuple(elts=[key, value]),
            ast.Call(func=ast.Attribute(value=mapping, attr="items"), args=[]),
        ):
            return [(key, mapping, "keys"), (value, mapping, "values")]
        case ast.Tuple(elts=[_, value]), ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
            return [(value, inner, "elements")]
        case ast.Tuple(elts=names), _:
            return [(name, iterated, str(place)) for place, name in enumerate(names)]
        case _:
            return [(target, iterated, "elements")]


def _either(choices: Sequence[Texts]) -> Texts:
    merged: dict[str, None] = {}
    for choice in choices:
        if choice.values is None:
            return _UNKNOWN
        merged.update(dict.fromkeys(choice.values))
        if len(merged) > MAX_TEXTS:
            return _UNKNOWN
    return Texts(tuple(merged))


def _joined(parts: Sequence[Texts]) -> Texts:
    values = [""]
    for part in parts:
        if part.values is None:
            prefix = values[0] + part.prefix if len(values) == 1 else ""
            return Texts(None, prefix, _ending(parts))
        values = [head + tail for head in values for tail in part.values]
        if len(values) > MAX_TEXTS or any(len(value) > _MAX_LENGTH for value in values):
            return _UNKNOWN
    return Texts(tuple(values))


def _ending(parts: Sequence[Texts]) -> str:
    """What comes after the last part that cannot be told."""
    ending = ""
    for part in reversed(parts):
        if part.values is None:
            return part.suffix + ending
        if len(part.values) != 1:
            return ending
        ending = part.values[0] + ending
    return ending


def _paths(parts: Sequence[Texts]) -> Texts:
    spread: list[Texts] = []
    for part in parts:
        spread += [_SLASH, part]
    return _joined(spread[1:])
