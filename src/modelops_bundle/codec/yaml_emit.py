"""Writing values as YAML that every reader takes for what it is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelops_bundle.codec.yaml_nodes import plain_type

#: What is written: texts, numbers, nothing, lists of texts, and mappings of all of these.
Plain = str | int | float | None | Sequence[str] | Mapping[str, "Plain"]

# Stricter than YAML: nothing that another version, another reader or a flow context takes apart.
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*")
_OTHER_TYPES = re.compile(
    r"(?i)y|n|yes|no|on|off|true|false|null"
    r"|[-+._]*[0-9][-+.0-9_]*(e[-+.0-9_]*)?|0[box]\w*|\.(inf|nan)"
)
_ESCAPED = re.compile(
    '["\\\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]'
)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
#: A key on one line may be 1024 characters long, its quotes and escapes included (YAML 1.1, 9.3).
LONGEST_SIMPLE_KEY = 1000


class NotWritable(Exception):
    """A text that no YAML document can hold (a lone surrogate)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a document is indented.

    Attributes:
        step: Columns from a key to the keys of its mapping.
        dash: Columns from a key to the dashes of its list; 0 in the existing tool's files.
        newline: The line break.
    """

    step: int = 2
    dash: int = 2
    newline: str = "\n"


def scalar_text(
    value: str | int | float | None, *, flow: bool = False, style: str | None = None
) -> str:
    """One value on one line.

    Args:
        value: The value; None becomes `null`.
        flow: It will stand in `[…]` or `{…}`.
        style: The quotes to use if there is a choice: `'`, `"`, or None for none.

    Raises:
        NotWritable: a lone surrogate.
    """
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return _number_text(value)
    escaped = _ESCAPED.search(value)
    if style == '"' or (escaped and not _only_quotes(value)):
        return _double_quoted(value)
    if style != "'" and _is_plain(value) and not (flow and ":" in value):
        return value
    return "'" + value.replace("'", "''") + "'"


def flow_text(value: Plain) -> str:
    """A value of any shape on one line, in flow style."""
    if value is None or isinstance(value, str | int | float):
        return scalar_text(value, flow=True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(flow_pair(key, item) for key, item in value.items()) + "}"
    return "[" + ", ".join(scalar_text(item, flow=True) for item in value) + "]"


def flow_pair(key: str, value: Plain, style: str | None = None) -> str:
    """One pair of a flow mapping; `style` is that of the key."""
    text = scalar_text(key, flow=True, style=style)
    if len(text) > LONGEST_SIMPLE_KEY:
        text = f"? {text} "
    return f"{text}: {flow_text(value)}"


def block_pair(key: str, value: Plain, column: int, layout: Layout) -> list[str]:
    """The lines of one pair of a block mapping, without line breaks.

    Empty lists and mappings are written `[]` and `{}`: readers of version 1.0 take no null there.
    """
    text = scalar_text(key)
    pad = " " * column
    before: list[str] = []
    head = f"{pad}{text}:"
    if len(text) > LONGEST_SIMPLE_KEY:
        before, head = [f"{pad}? {text}"], f"{pad}:"
    if value is None or isinstance(value, str | int | float):
        return [*before, f"{head} {scalar_text(value)}"]
    if not value:
        return [*before, f"{head} {flow_text(value)}"]
    return [*before, head, *block_lines(value, column, layout)]


def block_lines(value: Plain, column: int, layout: Layout) -> list[str]:
    """The lines below a key at `column` whose value is a list or mapping that is not empty."""
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            lines += block_pair(key, item, column + layout.step, layout)
    elif value is not None and not isinstance(value, str | int | float):
        pad = " " * (column + layout.dash)
        lines += [f"{pad}- {scalar_text(item)}" for item in value]
    return lines


def _is_plain(value: str) -> bool:
    return (
        _PLAIN.fullmatch(value) is not None
        and _OTHER_TYPES.fullmatch(value) is None
        and not value.startswith("...")
        and plain_type(value) == "str"
    )


def _only_quotes(value: str) -> bool:
    return all(found in '"\\' for found in _ESCAPED.findall(value))


def _double_quoted(value: str) -> str:
    return '"' + _ESCAPED.sub(_escape, value) + '"'


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise NotWritable(f"a lone surrogate cannot be written: {character!a}")
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _number_text(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # YAML 1.1 takes `1e-05` for text: it wants the point.
    return text if "." in text else text.replace("e", ".0e")
