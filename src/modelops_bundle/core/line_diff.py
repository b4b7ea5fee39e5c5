"""Unified differences between two texts, in bounded time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_CONTEXT = 3
#: Comparing is quadratic in what lies between the common beginning and the common end.
_MAX_COMPARISONS = 4_000_000


def unified_diff(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...] | None:
    """Hunks of a unified difference (POSIX `diff -u`), without the two lines of file names.

    Args:
        old, new: Lines without their ends.

    Returns:
        None where the texts differ in too many lines to be compared.
    """
    start = _common(old, new)
    longest = min(len(old), len(new)) - start
    end = min(_common(old[::-1], new[::-1]), longest)
    if (len(old) - start - end) * (len(new) - start - end) > _MAX_COMPARISONS:
        return None
    head = max(0, start - _CONTEXT)
    tail = max(0, end - _CONTEXT)
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    return tuple(_hunks(before, after, head))


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _hunks(old: Sequence[str], new: Sequence[str], offset: int) -> Iterator[str]:
    import difflib  # off the start-up path: only a difference that is shown needs it

    matcher = difflib.SequenceMatcher(None, old, new)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        _, i1, _, j1, _ = group[0]
        _, _, i2, _, j2 = group[-1]
        yield f"@@ -{_range(i1, i2, offset)} +{_range(j1, j2, offset)} @@"
        for tag, a1, a2, b1, b2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[a1:a2])
                continue
            yield from (f"-{line}" for line in old[a1:a2])
            yield from (f"+{line}" for line in new[b1:b2])


def _range(start: int, stop: int, offset: int) -> str:
    """A range of lines: an empty one is named by the line before it."""
    length = stop - start
    first = offset + start + (1 if length else 0)
    return str(first) if length == 1 else f"{first},{length}"
