"""YAML text as a tree of nodes that know where they stand: the ground for reading and splicing.

Built from the parser's events, not from its composer: events keep the place of every alias, and
the composer recurses in C, which deep nesting turns into a crash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.resolver import Resolver

#: Levels of nesting, aliases followed. The formats that are read here need five.
MAX_DEPTH = 64
#: Nodes that a document may gain by following its aliases.
MAX_EXPANSION = 100_000

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG_PREFIX = "tag:yaml.org,2002:"
#: By first character: what plain scalars may be other than text.
_IMPLICIT = Resolver.yaml_implicit_resolvers
#: What YAML 1.1 does not allow in a document, whatever the quoting.
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class YamlProblem(Exception):
    """A text that is no usable YAML document; `line` and `column` are 1-based, 0 if unknown."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass(slots=True, eq=False)
class Node:
    """What all nodes have: offsets in characters (`end` exclusive), 0-based line and column.

    `start` includes an anchor or a tag. A block collection ends where its last child ends.
    `size` and `height` count nodes and levels with all aliases followed.
    """

    start: int
    end: int
    line: int
    column: int
    anchor: str | None
    tag: str | None
    size: int = 1
    height: int = 1

    def problem(self, message: str) -> YamlProblem:
        """An error at this node."""
        return YamlProblem(message, self.line + 1, self.column + 1)


@dataclass(slots=True, eq=False)
class ScalarNode(Node):
    """A text; `style` is None for a plain one, else `'`, `"`, `|` or `>`."""

    value: str = ""
    style: str | None = None


@dataclass(slots=True, eq=False)
class SequenceNode(Node):
    """A list, in flow style (`[a, b]`) or in block style."""

    flow: bool = False
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class MappingNode(Node):
    """Pairs in the order of the text, in flow style (`{a: b}`) or in block style."""

    flow: bool = False
    pairs: list[tuple[Node, Node]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class AliasNode(Node):
    """A `*name`, with the node that it stands for."""

    target: Node | None = None


@dataclass(slots=True)
class Document:
    """One parsed text.

    Attributes:
        root: None for a text without content.
        content_end: Offset up to which content may be appended (before a `...` marker).
        aliased: Some node stands in several places.
    """

    text: str
    root: Node | None
    content_end: int
    aliased: bool


def parse_document(text: str) -> Document:
    """Build the tree of a text that holds at most one document.

    Raises:
        YamlProblem: no YAML, several documents, a duplicate key, an alias that is unknown or
            leads back to itself, too deep a nesting, or aliases that expand to too much.
    """
    bad = _NOT_PRINTABLE.search(text)
    if bad is not None:
        line, column = place_of(text, bad.start())
        raise YamlProblem(f"character {bad.group()!a} is not allowed", line, column)
    try:
        return _TreeBuilder(text).build()
    except yaml.MarkedYAMLError as error:
        raise _syntax_problem(error) from None
    except yaml.YAMLError as error:
        raise YamlProblem(f"not YAML: {error}") from None


def place_of(text: str, offset: int) -> tuple[int, int]:
    """1-based line and column of an offset, with YAML 1.1's line breaks."""
    line, start = 1, 0
    for found in _LINE_BREAK.finditer(text, 0, offset):
        line, start = line + 1, found.end()
    return line, offset - start + 1


def line_starts(text: str) -> list[int]:
    """Offsets at which lines start, with YAML 1.1's line breaks."""
    return [0, *(found.end() for found in _LINE_BREAK.finditer(text))]


def resolved(node: Node) -> Node:
    """The node itself, or what it is an alias for."""
    if isinstance(node, AliasNode) and node.target is not None:
        return node.target
    return node


def scalar_type(node: ScalarNode) -> str:
    """`str`, `null`, `bool`, `int`, `float`, `timestamp`, `merge`, `value`, or a foreign tag.

    As YAML 1.1 and PyYAML's safe loader have it.
    """
    if node.tag is not None:
        return "str" if node.tag == "!" else node.tag.removeprefix(_TAG_PREFIX)
    return "str" if node.style is not None else plain_type(node.value)


def plain_type(value: str) -> str:
    """The type that a plain (unquoted) scalar has."""
    for tag, pattern in _IMPLICIT.get(value[:1], ()):
        if pattern.match(value):
            return str(tag).removeprefix(_TAG_PREFIX)
    return "str"


def _syntax_problem(error: yaml.MarkedYAMLError) -> YamlProblem:
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    if "nesting depth" in said:
        # From 6.0.4 on PyYAML's scanner, which reads ahead, may notice before the tree does.
        said = f"nested more than {MAX_DEPTH} levels deep"
        return YamlProblem(said, *((mark.line + 1, mark.column + 1) if mark else ()))
    if mark is None:
        return YamlProblem(f"not YAML: {said}")
    return YamlProblem(f"not YAML: {said}", mark.line + 1, mark.column + 1)


class _TreeBuilder:
    """Turns events into nodes with a stack of its own."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[SequenceNode | MappingNode] = []
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._expansion = 0
        self._aliased = False

    def build(self) -> Document:
        next_event = _PARSER(self._text).get_event
        documents = 0
        content_end = len(self._text)
        while True:
            event = next_event()
            kind = event.__class__
            if kind is ScalarEvent:
                self._add(self._scalar(event))
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._begin(event, kind is MappingStartEvent)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._finish(event)
            elif kind is AliasEvent:
                self._add(self._alias(event))
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    mark = event.start_mark
                    message = "a second document starts here"
                    raise YamlProblem(message, mark.line + 1, mark.column + 1)
            elif kind is DocumentEndEvent and event.explicit:
                content_end = event.start_mark.index
            elif kind is StreamEndEvent:
                return Document(self._text, self._root, content_end, self._aliased)

    def _begin(self, event: Any, mapping: bool) -> None:
        mark = event.start_mark
        make = MappingNode if mapping else SequenceNode
        node = make(mark.index, -1, mark.line, mark.column, event.anchor, event.tag)
        node.flow = bool(event.flow_style)
        if len(self._open) >= MAX_DEPTH:
            raise node.problem(f"nested more than {MAX_DEPTH} levels deep")
        self._open.append(node)
        self._keys.append(None)
        if node.anchor:
            self._anchors[node.anchor] = node

    def _finish(self, event: Any) -> None:
        node = self._open.pop()
        self._keys.pop()
        if isinstance(node, MappingNode):
            children = [child for pair in node.pairs for child in pair]
            refuse_duplicates(node)
        else:
            children = node.items
        # The end event of a block collection stands at the next token, beyond comments.
        node.end = event.end_mark.index if node.flow or not children else children[-1].end
        node.size = 1 + sum(child.size for child in children)
        node.height = 1 + max((child.height for child in children), default=0)
        if node.height > MAX_DEPTH:
            raise node.problem(f"aliases nest more than {MAX_DEPTH} levels deep")
        self._place(node)

    def _alias(self, event: Any) -> AliasNode:
        mark = event.start_mark
        node = AliasNode(mark.index, event.end_mark.index, mark.line, mark.column, None, None)
        target = self._anchors.get(event.anchor)
        if target is None:
            raise node.problem(f"alias *{event.anchor} is not defined")
        if target.end < 0:
            raise node.problem(f"alias *{event.anchor} contains itself")
        node.target = target
        node.size, node.height = target.size, target.height
        self._aliased = True
        self._expansion += target.size
        if self._expansion > MAX_EXPANSION:
            raise node.problem(f"aliases expand to more than {MAX_EXPANSION} values")
        return node

    def _scalar(self, event: Any) -> ScalarNode:
        mark, end = event.start_mark, event.end_mark.index
        style = event.style or None
        if style is not None and style in "|>":
            end = self._block_scalar_end(mark.index, end)
        node = ScalarNode(mark.index, end, mark.line, mark.column, event.anchor, event.tag)
        node.value, node.style = event.value, style
        return node

    def _block_scalar_end(self, start: int, end: int) -> int:
        """Leave out the empty lines that follow, unless the header says that they count."""
        header = _LINE_BREAK.split(self._text[start:end], 1)[0].partition("#")[0]
        return end if "+" in header else start + len(self._text[start:end].rstrip())

    def _add(self, node: Node) -> None:
        if node.anchor:
            self._anchors[node.anchor] = node
        self._place(node)

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self._keys[-1] = None


def refuse_duplicates(node: MappingNode) -> None:
    """Insist that no key stands twice in a mapping.

    Raises:
        YamlProblem: one does, at its second place.
    """
    seen = set()
    for key in _scalar_keys(node.pairs):
        identity = (scalar_type(key), key.value)
        if identity in seen:
            raise key.problem(f"duplicate key {key.value!r}")
        seen.add(identity)


def _scalar_keys(pairs: Iterable[tuple[Node, Node]]) -> Iterable[ScalarNode]:
    for key, _ in pairs:
        target = resolved(key)
        if isinstance(target, ScalarNode):
            yield target
