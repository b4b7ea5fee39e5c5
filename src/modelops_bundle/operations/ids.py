"""Ids of entries and target sets: which can be shown and typed again, and which one was meant."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.core.closest import did_you_mean
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


def meant_id(text: str, known: Iterable[str]) -> str:
    """A hint for an id that no entry has, with `model:` or `target:` before it or not."""
    bare = text.removeprefix("model:").removeprefix("target:")
    return did_you_mean(bare, known, "run `mops-bundle list` for all ids")
