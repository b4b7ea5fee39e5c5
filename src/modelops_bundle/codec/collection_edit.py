"""Edits of lists, mappings and values in a YAML text, in the style in which they are written."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from modelops_bundle.codec.splice import Splicer
from modelops_bundle.codec.yaml_emit import (
    LONGEST_SIMPLE_KEY,
    Plain,
    block_lines,
    block_pair,
    flow_pair,
    flow_text,
    scalar_text,
)
from modelops_bundle.codec.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode

#: A flow collection that grows beyond this column goes to block style.
LINE_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """One pair of a mapping, as the place of a value."""

    mapping: MappingNode
    key: Node
    value: Node


@dataclass(slots=True)
class ListEdits:
    """What happens to the items of one list.

    Attributes:
        drop: Indexes of items that go.
        before: New texts by the index of the item that they precede.
        tail: New texts at the end.
        in_place: Some item was rewritten where it stands.
    """

    drop: set[int] = field(default_factory=set)
    before: dict[int, list[str]] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)
    in_place: bool = False

    def __bool__(self) -> bool:
        return bool(self.drop or self.before or self.tail)


@dataclass(slots=True)
class PairEdits:
    """What happens to the pairs of one mapping.

    Attributes:
        drop: Indexes of pairs that go.
        after: New pairs by the index of the pair that they follow (block style), -1 for the start
            of the root.
        tail: New pairs at the end.
        scalars: Nothing but scalars in it, and none of them edited where it stands: a flow
            mapping may go to block style.
    """

    drop: set[int] = field(default_factory=set)
    after: dict[int, list[tuple[str, Plain]]] = field(default_factory=dict)
    tail: list[tuple[str, Plain]] = field(default_factory=list)
    scalars: bool = False

    @property
    def added(self) -> list[tuple[str, Plain]]:
        """All new pairs."""
        return [*(pair for pairs in self.after.values() for pair in pairs), *self.tail]

    def __bool__(self) -> bool:
        return bool(self.drop or self.after or self.tail)


def set_value(splicer: Splicer, slot: Slot, value: Plain) -> None:
    """Write a value in the place of whatever stands there; an anchor on it stays.

    Raises:
        Unsplicable: the key has no `:`, in block style.
        NotWritable: a text that YAML cannot hold.
    """
    old = slot.value
    colon = splicer.after_colon(slot.key)
    simple = value is None or isinstance(value, str | int | float) or not value
    if colon < 0:
        if not slot.mapping.flow:
            raise splicer.unsplicable(slot.key.start, "this key has no ':'")
        splicer.insert(slot.key.end, f": {flow_text(value)}")
    elif simple or slot.mapping.flow:
        text = _anchored(old, _in_style_of(old, value, slot.mapping.flow))
        in_place = old.end > old.start and _is_inline(old)
        start = old.start if in_place else colon
        splicer.replace(start, old.end, text if in_place else f" {text}")
    else:
        column = splicer.column(splicer.pair_start(slot.key))
        _to_block(splicer, slot, block_lines(value, column, splicer.layout))


def edit_list(
    splicer: Splicer,
    slot: Slot,
    node: SequenceNode,
    old: Sequence[str | None],
    new: Sequence[str],
    renames: Mapping[str, str],
) -> None:
    """Turn one list into another: items that stay keep their text, place and comments.

    Args:
        old: What the items say, None for one that counts as absent.
        renames: Items that stay under another name.

    Raises:
        Unsplicable: an item does not stand on the line of its dash.
        NotWritable: a text that YAML cannot hold.
    """
    matches = align([None if item is None else renames.get(item, item) for item in old], new)
    edits = ListEdits()
    style = _quotes(node.items[-1]) if node.items else None
    texts: list[str] = []
    for item, index in zip(new, matches, strict=True):
        if index is None:
            texts.append(scalar_text(item, flow=node.flow, style=style))
            continue
        if texts:
            edits.before[index] = texts
            texts = []
        if old[index] != item:
            set_scalar(splicer, node.items[index], item, node.flow)
            edits.in_place = True
    edits.tail = texts
    kept = {index for index in matches if index is not None}
    edits.drop = {i for i, item in enumerate(old) if item is not None and i not in kept}
    if not edits:
        return
    if _is_bare(splicer, slot, node):
        set_value(splicer, slot, tuple(new))
    elif node.flow:
        _edit_flow_list(splicer, slot, node, edits)
    else:
        _edit_block_list(splicer, slot, node, edits)


def edit_map(
    splicer: Splicer,
    slot: Slot,
    node: MappingNode,
    old: Mapping[str, tuple[Node, Node, str | float | None]],
    new: Mapping[str, str] | Mapping[str, float],
    renames: Mapping[str, str],
) -> None:
    """Turn one mapping of scalars into another: pairs that stay keep their place and comments.

    Args:
        old: Key node, value node and value by key, those of merge keys included; the value is
            None where it counts as absent.
        renames: Keys that stay under another name.

    Raises:
        Unsplicable: a pair does not start a line of its own, in block style.
        NotWritable: a text that YAML cannot hold.
    """
    own = {id(key): index for index, (key, _) in enumerate(node.pairs)}
    if any(
        id(key) not in own and read is not None and renames.get(name, name) not in new
        for name, (key, _, read) in old.items()
    ):
        # A merge key brings what should not be there, and only all of it can be left out.
        set_value(splicer, slot, dict(new))
        return
    edits = PairEdits(scalars=True)
    settled: set[str] = set()
    for name in sorted(old, key=lambda key: key not in renames):
        key, value, read = old[name]
        index = own.get(id(key))
        target = renames.get(name, name)
        wanted = new.get(target)
        if index is None:
            if target == name and same_value(wanted, read):
                settled.add(name)
        elif wanted is not None and target not in settled:
            settled.add(target)
            edits.scalars &= target == name and same_value(wanted, read)
            if target != name:
                set_key(splicer, key, target, node.flow)
            if not same_value(wanted, read):
                set_value(splicer, Slot(node, key, value), wanted)
        elif read is not None or target in settled:
            edits.drop.add(index)
    edits.tail = [(name, item) for name, item in new.items() if name not in settled]
    edit_pairs(splicer, slot, node, edits)


def edit_pairs(splicer: Splicer, slot: Slot | None, node: MappingNode, edits: PairEdits) -> None:
    """Remove and add pairs of a mapping.

    Args:
        slot: Where the mapping stands; None for the root.

    Raises:
        Unsplicable: a pair to remove does not start a line of its own, in block style.
        NotWritable: a text that YAML cannot hold.
    """
    if not edits:
        return
    spans = splicer.pair_spans(node)
    if node.flow:
        style = _quotes(node.pairs[-1][0]) if node.pairs else None
        added = edits.added
        texts = [flow_pair(key, value, style) for key, value in added]
        if slot is not None and _is_bare(splicer, slot, node):
            set_value(splicer, slot, dict(added))
            return
        if slot is not None and edits.scalars and _outgrows(splicer, slot, node, texts):
            moved = _as_block_pairs(splicer, node, edits.drop)
            if moved is not None:
                column = splicer.column(splicer.pair_start(slot.key)) + splicer.layout.step
                for key, value in added:
                    moved += block_pair(key, value, 0, splicer.layout)
                _to_block(splicer, slot, [" " * column + line for line in moved])
                return
        splicer.edit_flow(node, spans, edits.drop, {}, texts)
        return
    column = splicer.column(spans[0].start)
    if len(edits.drop) == len(spans) and not edits.tail and slot is not None:
        _leave_empty(splicer, slot, "{}")
    for index in sorted(edits.drop):
        splicer.remove_block(spans, index, splicer.after_colon(slot.key) if slot else 0)
    for index, pairs in (*edits.after.items(), (len(spans) - 1, edits.tail)):
        lines = [
            line for key, item in pairs for line in block_pair(key, item, column, splicer.layout)
        ]
        below = splicer.block_end(spans[index]) if index >= 0 else splicer.block_start(spans[0], 0)
        splicer.insert_lines(below, lines)


def set_key(splicer: Splicer, key: Node, text: str, flow: bool) -> None:
    """Rename a key in its place, with its quotes and its anchor.

    Raises:
        NotWritable: a text that YAML cannot hold.
    """
    colon = splicer.after_colon(key)
    written = _anchored(key, _in_style_of(key, text, flow))
    explicit = splicer.pair_start(key) != key.start or colon < 0
    if explicit or len(written) <= LONGEST_SIMPLE_KEY:
        splicer.replace(key.start, key.end, written)
        return
    written = f"? {written}"
    pad = splicer.layout.newline + " " * splicer.column(key.start)
    splicer.replace(key.start, colon, f"{written} :" if flow else f"{written}{pad}:")


def set_scalar(splicer: Splicer, node: Node, text: str, flow: bool) -> None:
    """Put another text in the place of a scalar or an alias, with its quotes and its anchor.

    Raises:
        NotWritable: a text that YAML cannot hold.
    """
    splicer.replace(node.start, node.end, _anchored(node, _in_style_of(node, text, flow)))


def same_value(one: str | float | None, other: str | float | None) -> bool:
    """Equality in which a NaN equals itself."""
    return one == other or (one != one and other != other)


def align(old: Sequence[str | None], new: Sequence[str]) -> list[int | None]:
    """For each new item the index of the old one that it is, in rising order; None for a new one.

    If what stays has kept its order, all of it is matched.
    """
    places: dict[str, deque[int]] = defaultdict(deque)
    for index, item in enumerate(old):
        if item is not None:
            places[item].append(index)
    matches: list[int | None] = []
    position = 0
    for item in new:
        found = places[item] if item in places else deque()
        while found and found[0] < position:
            found.popleft()
        matches.append(found.popleft() if found else None)
        if matches[-1] is not None:
            position = matches[-1] + 1
    return matches


def _edit_flow_list(splicer: Splicer, slot: Slot, node: SequenceNode, edits: ListEdits) -> None:
    spans = splicer.item_spans(node.items, flow=True)
    added = [*(text for texts in edits.before.values() for text in texts), *edits.tail]
    if edits.in_place or edits.before or not _outgrows(splicer, slot, node, added):
        splicer.edit_flow(node, spans, edits.drop, edits.before, edits.tail)
        return
    kept = [splicer.text[s.start : s.end] for i, s in enumerate(spans) if i not in edits.drop]
    pad = " " * (splicer.column(splicer.pair_start(slot.key)) + splicer.layout.dash)
    _to_block(splicer, slot, [f"{pad}- {text}" for text in (*kept, *edits.tail)])


def _edit_block_list(splicer: Splicer, slot: Slot, node: SequenceNode, edits: ListEdits) -> None:
    spans = splicer.item_spans(node.items, flow=False)
    pad = " " * splicer.column(spans[0].start)
    floor = splicer.after_colon(slot.key)
    if len(edits.drop) == len(spans) and not edits.tail:
        _leave_empty(splicer, slot, "[]")
    for index in sorted(edits.drop):
        splicer.remove_block(spans, index, floor)
    for index, texts in edits.before.items():
        above = spans[index - 1].end if index else floor
        lines = [f"{pad}- {text}" for text in texts]
        splicer.insert_lines(splicer.block_start(spans[index], above), lines)
    lines = [f"{pad}- {text}" for text in edits.tail]
    splicer.insert_lines(splicer.block_end(spans[-1]), lines)


def _leave_empty(splicer: Splicer, slot: Slot, text: str) -> None:
    """A reader of version 1.0 takes `[]` and `{}`, but no null."""
    splicer.insert(splicer.after_properties(splicer.after_colon(slot.key)), f" {text}")


def _is_bare(splicer: Splicer, slot: Slot, node: SequenceNode | MappingNode) -> bool:
    """Whether it is an empty `[]` or `{}` that may become a block collection."""
    empty = not (node.pairs if isinstance(node, MappingNode) else node.items)
    return empty and not slot.mapping.flow and "#" not in splicer.text[node.start : node.end]


def _outgrows(
    splicer: Splicer, slot: Slot, node: SequenceNode | MappingNode, added: Sequence[str]
) -> bool:
    """Whether a flow collection on one line would leave the line, and may go to block style."""
    if not added or slot.mapping.flow or node.tag is not None:
        return False
    if splicer.line_start(node.start) != splicer.line_start(node.end):
        return False
    return splicer.column(node.end) + sum(len(item) + 2 for item in added) > LINE_WIDTH


def _as_block_pairs(splicer: Splicer, node: MappingNode, drop: set[int]) -> list[str] | None:
    """The pairs of a flow mapping as lines; None where they would not mean the same."""
    lines: list[str] = []
    for index, (key, value) in enumerate(node.pairs):
        if not isinstance(key, ScalarNode) or value.end == value.start:
            return None
        if splicer.pair_start(key) != key.start or splicer.after_colon(key) < 0:
            return None
        if index not in drop:
            parts = (splicer.text[part.start : part.end] for part in (key, value))
            lines.append(": ".join(parts))
    return lines


def _to_block(splicer: Splicer, slot: Slot, lines: Sequence[str]) -> None:
    anchor = f" &{slot.value.anchor}" if slot.value.anchor is not None else ""
    colon = splicer.after_colon(slot.key)
    end = max(slot.value.end, colon)
    splicer.replace(colon, end, anchor)
    splicer.insert_lines(splicer.next_line(end), lines)


def _in_style_of(old: Node, value: Plain, flow: bool) -> str:
    if isinstance(value, str):
        return scalar_text(value, flow=flow, style=_quotes(old))
    return flow_text(value)


def _anchored(node: Node, text: str) -> str:
    return text if node.anchor is None else f"&{node.anchor} {text}"


def _quotes(node: Node) -> str | None:
    if isinstance(node, ScalarNode) and node.style in ("'", '"'):
        return node.style
    return None


def _is_inline(node: Node) -> bool:
    return node.flow if isinstance(node, SequenceNode | MappingNode) else True
