"""JSON that was written by this program, read back without trusting it."""

from __future__ import annotations

import json

#: Changes whenever the same source would give other facts or other discoveries.
ANALYSIS_VERSION = "13"


class UnreadableError(ValueError):
    """The text is no JSON, or not of the expected shape."""


def pack(value: object) -> bytes:
    """Lists, texts, numbers, booleans and None as JSON; lone surrogates survive."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def unpack(content: bytes) -> object:
    """The inverse of `pack`.

    Raises:
        UnreadableError: no JSON.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error


def text(value: object) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise UnreadableError("not a text")


def number(value: object) -> int:
    """An integer that is not negative."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise UnreadableError("not a number")


def flag(value: object) -> bool:
    """A boolean."""
    if isinstance(value, bool):
        return value
    raise UnreadableError("not a boolean")


def items(value: object, length: int | None = None) -> list[object]:
    """A list, of a given length if one is given."""
    if isinstance(value, list) and (length is None or len(value) == length):
        return value
    raise UnreadableError("not a list of the expected length")


def texts(value: object) -> tuple[str, ...]:
    """A list of strings."""
    found = items(value)
    if all(isinstance(item, str) for item in found):
        return tuple(map(str, found))
    raise UnreadableError("not a list of texts")
