"""Ids that people give to entries and target sets: which ones can be shown and typed again."""

from __future__ import annotations

from modelops_bundle.errors import UsageError


def checked_id(text: str, *, not_done: str) -> str:
    """An id as it was given.

    Raises:
        UsageError: empty, with blanks around it, or with characters that cannot be seen.
    """
    if not text:
        raise UsageError("an id cannot be empty", not_done=not_done)
    if text != text.strip() or not text.isprintable():
        raise UsageError(
            f"not an id: {text!r}",
            not_done=not_done,
            hint="use visible characters, without blanks around them",
        )
    return text
