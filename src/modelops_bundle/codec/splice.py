"""Edits of a YAML text by position: lines, comments, and the items of block and flow collections.

Nothing but what belongs to an edited item changes. A comment belongs to the item directly below
it if it starts in the same column, and to the item above it if it starts deeper.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from modelops_bundle.codec.yaml_emit import Layout
from modelops_bundle.codec.yaml_nodes import MappingNode, Node, YamlProblem, line_starts

_BLANKS = " \t"
_BREAKS = "\r\n\x85\u2028\u2029"
_PROPERTIES = re.compile(r"(?:[ \t]+[&!][^\s#]*)*")


class Unsplicable(YamlProblem):
    """The text is written in a way in which this edit cannot be made safely."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where one item of a collection stands, from its first character (`-`, `?` or key) on."""

    start: int
    end: int


class Splicer:
    """Collects edits of one text, and applies them together."""

    def __init__(self, text: str, layout: Layout) -> None:
        self.text = text
        self.layout = layout
        self._lines = line_starts(text)
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of these characters."""
        self._edits.append((start, end, text))

    def insert(self, position: int, text: str) -> None:
        """Put a text before this character; of several, the first asked for comes first."""
        self._edits.append((position, position, text))

    def insert_lines(self, position: int, lines: Iterable[str]) -> None:
        """Put whole lines before the line that starts here."""
        newline = self.layout.newline
        self.insert(position, "".join(line + newline for line in lines))

    def result(self) -> str:
        """The text with all edits made.

        Raises:
            Unsplicable: two edits concern the same characters.
        """
        parts: list[str] = []
        position = 0
        for start, end, text in sorted(self._edits, key=lambda edit: (edit[0], edit[1])):
            if start < position:
                line, column = self.place(start)
                raise Unsplicable("two edits meet here", line, column)
            parts += (self.text[position:start], text)
            position = end
        return "".join((*parts, self.text[position:]))

    def place(self, position: int) -> tuple[int, int]:
        """1-based line and column."""
        line = bisect_right(self._lines, position)
        return line, position - self._lines[line - 1] + 1

    def line_start(self, position: int) -> int:
        """Where the line starts that holds this character."""
        return self._lines[bisect_right(self._lines, position) - 1]

    def next_line(self, position: int) -> int:
        """Where the next line starts, or the end of the text."""
        line = bisect_right(self._lines, position)
        return self._lines[line] if line < len(self._lines) else len(self.text)

    def column(self, position: int) -> int:
        """0-based column."""
        return position - self.line_start(position)

    def starts_line(self, position: int) -> bool:
        """Whether only blanks stand before it on its line."""
        return not self.text[self.line_start(position) : position].strip(_BLANKS)

    def ends_line(self, position: int) -> bool:
        """Whether only blanks, or a comment, follow on its line."""
        rest = self.text[position : self.next_line(position)].strip(_BLANKS + _BREAKS)
        return not rest or rest.startswith("#")

    def unsplicable(self, position: int, message: str) -> Unsplicable:
        """The error for a place that is not safe to edit."""
        line, column = self.place(position)
        return Unsplicable(message, line, column)

    # Keys and values

    def after_colon(self, key: Node) -> int:
        """Just behind the `:` of a key; -1 where there is none (`{a, b}`, `? a`)."""
        position = self._skip(key.end, len(self.text))
        return position + 1 if self.text.startswith(":", position) else -1

    def after_properties(self, position: int) -> int:
        """Behind the anchors and tags that follow on the line."""
        found = _PROPERTIES.match(self.text, position)
        return found.end() if found else position

    def pair_spans(self, mapping: MappingNode) -> list[Span]:
        """The pairs of a mapping."""
        return [Span(self.pair_start(key), value.end) for key, value in mapping.pairs]

    def item_spans(self, items: Sequence[Node], flow: bool) -> list[Span]:
        """The items of a list.

        Raises:
            Unsplicable: an item does not stand on the line of its dash.
        """
        if flow:
            return [Span(item.start, item.end) for item in items]
        return [Span(self._dash(item), item.end) for item in items]

    def pair_start(self, key: Node) -> int:
        """Where the pair of a key starts: at its `?` if it has one."""
        before = self.text[self.line_start(key.start) : key.start].rstrip(_BLANKS)
        if before.endswith("?") and not before[:-1].strip(_BLANKS + ",{"):
            return self.line_start(key.start) + len(before) - 1
        return key.start

    def _dash(self, item: Node) -> int:
        start = self.line_start(item.start)
        before = self.text[start : item.start].rstrip(_BLANKS)
        if not before.endswith("-"):
            raise self.unsplicable(item.start, "this list item is not on the line of its '-'")
        return start + len(before) - 1

    # Block collections

    def remove_block(self, spans: Sequence[Span], index: int, floor: int) -> None:
        """Remove an item with its lines and its comments.

        Args:
            spans: All items of the collection.
            index: Which one.
            floor: Where the collection starts: nothing above that line belongs to an item.

        Raises:
            Unsplicable: the item does not start a line.
        """
        span = spans[index]
        if not self.starts_line(span.start):
            raise self.unsplicable(span.start, "this item does not start a line")
        above = spans[index - 1].end if index else floor
        self.replace(self.block_start(span, above), self.block_end(span), "")

    def block_start(self, span: Span, above: int) -> int:
        """Where the lines of an item start, the comments directly above it included."""
        column = self.column(span.start)
        line = bisect_right(self._lines, span.start) - 1
        lowest = bisect_right(self._lines, above) - 1
        while line - 1 > lowest and self._comment_column(line - 1) == column:
            line -= 1
        return self._lines[line]

    def block_end(self, span: Span) -> int:
        """Where the lines of an item end, the deeper comments directly below it included."""
        column = self.column(span.start)
        at_start = span.end > span.start and self.column(span.end) == 0
        position = span.end if at_start else self.next_line(span.end)
        while position < len(self.text):
            line = bisect_right(self._lines, position) - 1
            if self._comment_column(line) <= column:
                break
            position = self.next_line(position)
        return position

    def _comment_column(self, line: int) -> int:
        """The column of a comment that has its line to itself, or -1."""
        start = self._lines[line]
        end = self._lines[line + 1] if line + 1 < len(self._lines) else len(self.text)
        content = self.text[start:end].lstrip(_BLANKS)
        return end - start - len(content) if content.startswith("#") else -1

    # Flow collections

    def edit_flow(
        self,
        node: Node,
        spans: Sequence[Span],
        drop: set[int],
        before: Mapping[int, Sequence[str]],
        tail: Sequence[str],
    ) -> None:
        """Remove and add items of a `[…]` or `{…}`.

        Args:
            node: The collection.
            spans: Its items.
            drop: Which of them go.
            before: Texts to put before items that stay.
            tail: Texts to put after the last item.

        """
        inside = self._inside(node)
        kept = [index for index in range(len(spans)) if index not in drop]
        gaps = self._gaps(inside, spans, node.end - 1)
        if not kept:
            self._refill(inside, node.end - 1, spans, gaps, tail)
            return
        for index, texts in before.items():
            self.insert(spans[index].start, "".join(f"{text}, " for text in texts))
        close = node.end - 1
        for first, last in _runs(drop):
            commented = any("#" in gap for gap in gaps[first : last + 2])
            if commented:
                for index in range(first, last + 1):
                    self._remove_commented(spans, index, inside, close)
            elif last + 1 < len(spans):
                self.replace(spans[first].start, spans[last + 1].start, "")
            else:
                self.replace(spans[first - 1].end, spans[last].end, "")
        if tail:
            self._append_flow(spans, kept[-1], close, tail, "#" in "".join(gaps[kept[-1] + 1 :]))

    def _inside(self, node: Node) -> int:
        """Behind the opening bracket: anchors and tags come before it, and end at a blank."""
        position = node.start
        while self.text[position] in "&!":
            while self.text[position] not in _BLANKS + _BREAKS:
                position += 1
            position = self._skip(position, node.end)
        return position + 1

    def _gaps(self, inside: int, spans: Sequence[Span], close: int) -> list[str]:
        starts = [inside, *(span.end for span in spans)]
        ends = [*(span.start for span in spans), close]
        return [self.text[start:end] for start, end in zip(starts, ends, strict=True)]

    def _refill(
        self,
        inside: int,
        close: int,
        spans: Sequence[Span],
        gaps: Sequence[str],
        tail: Sequence[str],
    ) -> None:
        text = ", ".join(tail)
        if not any("#" in gap for gap in gaps):
            self.replace(inside, close, text)
            return
        self.insert(inside, f"{text} " if tail else "")
        for index in range(len(spans)):
            self._remove_commented(spans, index, inside, close)

    def _remove_commented(self, spans: Sequence[Span], index: int, inside: int, close: int) -> None:
        span = spans[index]
        limit = spans[index + 1].start if index + 1 < len(spans) else close
        comma = self._comma(span.end, limit)
        end = comma + 1 if comma >= 0 else span.end
        if self.starts_line(span.start) and self.ends_line(end):
            above = spans[index - 1].end if index else inside
            start = self.block_start(span, above)
            self.replace(max(start, inside), self.next_line(end), "")
            return
        while end < limit and self.text[end] in _BLANKS:
            end += 1
        self.replace(span.start, end, "")

    def _append_flow(
        self, spans: Sequence[Span], last: int, close: int, tail: Sequence[str], commented: bool
    ) -> None:
        span = spans[last]
        if not self.starts_line(span.start):
            self.insert(span.end, "".join(f", {text}" for text in tail))
            return
        pad = " " * self.column(span.start)
        limit = spans[last + 1].start if last + 1 < len(spans) else close
        comma = self._comma(span.end, limit)
        if not commented or not self.ends_line(max(comma + 1, span.end)):
            gap = f",{self.layout.newline}{pad}"
            self.insert(span.end, "".join(f"{gap}{text}" for text in tail))
            return
        if comma < 0:
            self.insert(span.end, ",")
        lines = [f"{pad}{text}," for text in tail]
        if comma < 0:
            lines[-1] = lines[-1][:-1]
        self.insert_lines(self.next_line(max(comma, span.end)), lines)

    def _comma(self, position: int, limit: int) -> int:
        position = self._skip(position, limit)
        return position if position < limit and self.text[position] == "," else -1

    def _skip(self, position: int, limit: int) -> int:
        """Past blanks, line breaks and comments."""
        while position < limit:
            character = self.text[position]
            if character == "#":
                position = self.next_line(position)
            elif character in _BLANKS or character in _BREAKS:
                position += 1
            else:
                break
        return min(position, limit)


def _runs(indexes: set[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in sorted(indexes):
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs
