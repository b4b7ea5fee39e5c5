"""What the code around an expression does with it, as far as paths are concerned."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from modelops_bundle.analysis.data_calls import PROSE, Doing, doing_of, opens_to_write
from modelops_bundle.analysis.path_texts import PathEvaluator

Nodes = Mapping[type, Sequence[ast.AST]]

_DISPLAYS = frozenset({ast.List, ast.Tuple, ast.Set, ast.Dict})
_BINDERS = (ast.Assign, ast.AnnAssign, ast.NamedExpr)


class Surroundings:
    """Looks through the calls and operators of one file once.

    Attributes:
        readers: Calls that may read what they are given, with what is called.
        listings: Calls that list a folder or match a pattern, with what is called.
    """

    def __init__(self, nodes: Nodes, words: Set[str], evaluator: PathEvaluator) -> None:
        """Take the file's nodes by type, and all names that it mentions."""
        self._nodes = nodes
        self._consumers: dict[int, ast.expr] = {}
        self._handed: set[int] = set()
        self._assigned: dict[int, list[str]] | None = None
        self.readers: list[tuple[str, ast.Call]] = []
        self.listings: list[tuple[str, ast.Call]] = []
        self._calls(evaluator)
        self._operators(words)

    def consumer(self, node: ast.AST) -> ast.expr | None:
        """The expression that builds a path, or a text, on this one."""
        return self._consumers.get(id(node))

    def root_of(self, node: ast.expr) -> ast.expr:
        """The whole of what is built on an expression."""
        consumers = self._consumers
        while (outer := consumers.get(id(node))) is not None:
            node = outer
        return node

    def names_of(self, node: ast.expr) -> Sequence[str]:
        """Names that are given the expression, or a display that holds it."""
        if self._assigned is None:
            self._assigned = self._all_assigned()
        return self._assigned.get(id(node), ())

    def mentioned_only(self) -> Callable[[ast.expr], bool]:
        """A test for expressions that are compared, printed, written to, or otherwise not read."""
        ids = {*self._handed, *map(id, self._pointless())}
        return lambda node: id(node) in ids

    def _calls(self, evaluator: PathEvaluator) -> None:
        aliases = evaluator.aliases
        for node in self._nodes.get(ast.Call, ()):
            func = node.func  # type: ignore[attr-defined]
            if func.__class__ is ast.Attribute:
                name = func.attr
            elif func.__class__ is ast.Name:
                name = aliases.get(func.id, func.id)
            else:
                continue
            doing = doing_of(name)
            if doing is None:
                continue
            assert isinstance(node, ast.Call)
            if doing is Doing.PATH:
                # `"".join` builds a text.
                if not isinstance(getattr(func, "value", None), ast.Constant) or name != "join":
                    self._builds(node)
            elif doing is Doing.LIST:
                self.listings.append((name, node))
            elif doing is Doing.READ and not (name == "open" and opens_to_write(node)):
                self.readers.append((name, node))
            else:
                self._handed.update(map(id, node.args))
                self._handed.update(id(keyword.value) for keyword in node.keywords)
                if func.__class__ is ast.Attribute:
                    self._handed.add(id(func.value))

    def _builds(self, node: ast.Call) -> None:
        for part in node.args:
            self._consumers[id(part)] = node
        if isinstance(node.func, ast.Attribute):
            self._consumers[id(node.func.value)] = node

    def _operators(self, words: Set[str]) -> None:
        consumers = self._consumers
        for node in self._nodes.get(ast.BinOp, ()):
            op = node.op.__class__  # type: ignore[attr-defined]
            if op is ast.Div or op is ast.Add:
                consumers[id(node.left)] = consumers[id(node.right)] = node  # type: ignore[attr-defined,assignment]
        if "parent" in words or "parents" in words:
            for node in self._nodes.get(ast.Attribute, ()):
                if node.attr in ("parent", "parents"):  # type: ignore[attr-defined]
                    consumers[id(node.value)] = node  # type: ignore[attr-defined,assignment]
        if "parents" in words:
            for node in self._nodes.get(ast.Subscript, ()):
                if getattr(node.value, "attr", "") == "parents":  # type: ignore[attr-defined]
                    consumers[id(node.value)] = node  # type: ignore[attr-defined,assignment]
        for node in self._nodes.get(ast.JoinedStr, ()):
            assert isinstance(node, ast.JoinedStr)
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    consumers[id(part.value)] = node
                    if part.format_spec is not None:
                        self._handed.add(id(part.format_spec))

    def _all_assigned(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for kind in _BINDERS:
            for node in self._nodes.get(kind, ()):
                value: ast.expr | None = node.value  # type: ignore[attr-defined]
                targets = node.targets if kind is ast.Assign else (node.target,)  # type: ignore[attr-defined]
                names = [target.id for target in targets if target.__class__ is ast.Name]
                if not names or value is None:
                    continue
                if value.__class__ not in _DISPLAYS:
                    found[id(value)] = names
                    continue
                for part in _displayed(value):
                    found.setdefault(id(part), []).extend(names)
        return found

    def _pointless(self) -> Iterator[ast.AST]:
        nodes = self._nodes
        for node in nodes.get(ast.Expr, ()):
            value = node.value  # type: ignore[attr-defined]
            if value.__class__ is ast.Constant or value.__class__ is ast.JoinedStr:
                yield value
        for node in nodes.get(ast.Compare, ()):
            yield node.left  # type: ignore[attr-defined]
            for part in node.comparators:  # type: ignore[attr-defined]
                yield part
                if part.__class__ in _DISPLAYS:
                    yield from getattr(part, "elts", ())
        for node in nodes.get(ast.Subscript, ()):
            yield node.slice  # type: ignore[attr-defined]
        for node in nodes.get(ast.MatchValue, ()):
            yield node.value  # type: ignore[attr-defined]
        for node in nodes.get(ast.keyword, ()):
            if node.arg in PROSE:  # type: ignore[attr-defined]
                yield node.value  # type: ignore[attr-defined]
        for node in nodes.get(ast.Dict, ()):
            for key in node.keys:  # type: ignore[attr-defined]
                if key.__class__ is ast.Constant and "/" not in str(key.value):
                    yield key


def _displayed(value: ast.expr) -> Iterator[ast.expr]:
    """The elements of a display, and of those in it."""
    pending = [value]
    for node in pending:
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            pending += node.elts
        elif isinstance(node, ast.Dict):
            pending += node.values
        else:
            yield node
