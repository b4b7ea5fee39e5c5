"""JSON text, and values of Python, as the tree of nodes that YAML text becomes.

YAML is no superset of JSON where it matters here: it refuses tabs between tokens, keys of more
than 1,024 characters, and the escaped halves of characters beyond the sixteen-bit plane.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any

from modelops_bundle.codec.yaml_nodes import (
    MAX_DEPTH,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    YamlProblem,
    refuse_duplicates,
)

_TAG_PREFIX = "tag:yaml.org,2002:"
_SPACE = re.compile(r"[ \t\n\r]*")
#: RFC 8259, and the names that Python's `json` writes for numbers which JSON does not have.
_LITERAL = re.compile(
    r"(?P<int>-?(?:0|[1-9][0-9]*)(?P<float>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?))"
    r"|(?P<name>true|false|null|NaN|-?Infinity)"
)
_DECODER = JSONDecoder()
_NAMES = {"true": "bool", "false": "bool", "null": "null"}
#: A truth value is a whole number in Python, so it comes first.
_KINDS: tuple[tuple[type, str], ...] = (
    (str, "str"),
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (type(None), "null"),
)


def parse_json(text: str) -> Node:
    """Build the tree of a JSON text.

    Raises:
        YamlProblem: no JSON, a duplicate key, or too deep a nesting.
    """
    return _JsonReader(text).read()


class _JsonReader:
    """Reads tokens, with a stack of its own for what is open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(found.end() for found in re.finditer("\r\n|\n|\r", text))]

    def read(self) -> Node:
        node = self._value()
        opened: list[MappingNode | SequenceNode] = []
        root = node
        while True:
            if isinstance(node, MappingNode | SequenceNode) and node.end < 0:
                if len(opened) >= MAX_DEPTH:
                    raise node.problem(f"nested more than {MAX_DEPTH} levels deep")
                opened.append(node)
                if self._closes(node):
                    node = self._finished(opened)
                else:
                    node = self._member(node)
                    continue
            while opened:
                self._skip()
                if self._take(","):
                    node = self._member(opened[-1])
                    break
                if not self._closes(opened[-1]):
                    raise self._problem(f"expected ',' or {_end_of(opened[-1])!r}")
                node = self._finished(opened)
            else:
                self._skip()
                if self._at < len(self._text):
                    raise self._problem("something follows the end")
                return root

    def _member(self, parent: MappingNode | SequenceNode) -> Node:
        """Read the next item, or key and value, as far as where a nested value opens."""
        if isinstance(parent, SequenceNode):
            node = self._value()
            parent.items.append(node)
            return node
        self._skip()
        if self._text[self._at : self._at + 1] != '"':
            raise self._problem("expected a key in double quotes")
        key = self._string()
        self._skip()
        if not self._take(":"):
            raise self._problem("expected ':'")
        node = self._value()
        parent.pairs.append((key, node))
        return node

    def _value(self) -> Node:
        self._skip()
        start = self._at
        first = self._text[start : start + 1]
        if first == '"':
            return self._string()
        if first and first in "{[":
            self._at += 1
            make = MappingNode if first == "{" else SequenceNode
            line, column = self._place(start)
            node = make(start, -1, line, column, None, None)
            node.flow = True
            return node
        return self._literal()

    def _literal(self) -> ScalarNode:
        start = self._at
        found = _LITERAL.match(self._text, start)
        if found is None:
            raise self._problem("expected a value")
        kind = _NAMES.get(found.group(), "float")
        if found["int"] is not None and not found["float"]:
            kind = "int"
        self._at = found.end()
        line, column = self._place(start)
        node = ScalarNode(start, self._at, line, column, None, _TAG_PREFIX + kind)
        node.value = found.group()
        return node

    def _string(self) -> ScalarNode:
        start = self._at
        try:
            value, self._at = _DECODER.raw_decode(self._text, start)
        except JSONDecodeError as error:
            self._at = error.pos
            told = error.msg.removesuffix(" at").removesuffix(
                " starting"
            )  # the place is told anyway
            raise self._problem(told[:1].lower() + told[1:]) from None
        line, column = self._place(start)
        node = ScalarNode(start, self._at, line, column, None, None)
        node.value, node.style = value, '"'
        return node

    def _closes(self, node: MappingNode | SequenceNode) -> bool:
        self._skip()
        return self._take(_end_of(node))

    def _finished(self, opened: list[MappingNode | SequenceNode]) -> Node:
        node = opened.pop()
        node.end = self._at
        if isinstance(node, MappingNode):
            refuse_duplicates(node)
        return node

    def _take(self, character: str) -> bool:
        if not self._text.startswith(character, self._at):
            return False
        self._at += 1
        return True

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        if found is not None:
            self._at = found.end()

    def _place(self, offset: int) -> tuple[int, int]:
        """0-based line and column."""
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]

    def _problem(self, message: str) -> YamlProblem:
        line, column = self._place(self._at)
        return YamlProblem(f"not JSON: {message}", line + 1, column + 1)


def _end_of(node: Node) -> str:
    return "}" if isinstance(node, MappingNode) else "]"


def node_of(value: Any, depth: int = 0) -> Node:
    """The tree of a mapping, a dataclass or another object with attributes.

    Its nodes have no place: lines and columns are 0 where people see them.

    Raises:
        YamlProblem: a value of another kind, a cycle, or too deep a nesting.
    """
    if depth > MAX_DEPTH:
        raise YamlProblem(f"nested more than {MAX_DEPTH} levels deep")
    if value is None or isinstance(value, str | bool | int | float):
        return _scalar_of(value)
    members = _members_of(value)
    if members is not None:
        mapping = MappingNode(-1, -1, -1, -1, None, None)
        mapping.pairs = [(_scalar_of(k), node_of(v, depth + 1)) for k, v in members.items()]
        return mapping
    if isinstance(value, list | tuple | set | frozenset):
        sequence = SequenceNode(-1, -1, -1, -1, None, None)
        sequence.items = [node_of(item, depth + 1) for item in value]
        return sequence
    item = getattr(value, "item", None)  # a number of numpy
    if callable(item) and not isinstance(value, type):
        return _scalar_of(item())
    raise YamlProblem(f"cannot read a {type(value).__name__}")


def _members_of(value: Any) -> Mapping[Any, Any] | None:
    if isinstance(value, Mapping):
        return value
    if dataclasses.is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if isinstance(value, list | tuple | set | frozenset) or hasattr(value, "item"):
        return None
    return vars(value) if hasattr(value, "__dict__") and not callable(value) else None


def _scalar_of(value: Any) -> ScalarNode:
    kind = next((kind for base, kind in _KINDS if isinstance(value, base)), "value")
    tag = None if kind == "str" else _TAG_PREFIX + kind
    node = ScalarNode(-1, -1, -1, -1, None, tag)
    node.value, node.style = str(value), '"' if kind == "str" else None
    return node
