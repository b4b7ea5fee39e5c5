"""The answer to a shell that completes a word; whatever goes wrong, there is none and no word."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def answer(arguments: Sequence[str]) -> int:
    """Print the candidates for the word at the cursor.

    Args:
        arguments: The shell, the line up to the cursor, the rest of it; for bash its word breaks.
    """
    try:
        content = _answered(*arguments)
        with open(os.dup(1), "wb") as stream:
            stream.write(content)
    except Exception:
        return 1  # a terminal in the middle of a line is no place for a message
    return 0


def _answered(shell: str, before: str, after: str = "", breaks: str = "") -> bytes:
    from modelops_bundle.cli.completion.engine import complete
    from modelops_bundle.cli.completion.line import split_line
    from modelops_bundle.cli.completion.reply import WRITERS

    fish = shell == "fish"
    line = split_line(before, breaks=breaks, fish=fish)
    following = split_line(after, fish=fish)
    rest = [*following.words, *([following.current] if following.current else [])]
    if after and not after[0].isspace():
        rest = rest[1:]  # the end of the word that the cursor is in
    lines = WRITERS[shell](complete(line, rest), line, after)
    return b"".join(map(_encoded, lines))


def _encoded(line: str) -> bytes:
    """A line as this system encodes names of files; nothing where it cannot."""
    try:
        return os.fsencode(line) + b"\n"
    except UnicodeEncodeError:
        return b""
