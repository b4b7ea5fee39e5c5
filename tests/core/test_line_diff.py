"""Unified differences: what is applied to the old lines gives the new ones."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.line_diff import unified_diff

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def patched(old: list[str], diff: tuple[str, ...]) -> list[str]:
    """The old lines after a unified difference, as `patch` would have them, checking all of it."""
    result: list[str] = []
    at = 0
    taken = given_ = 0
    sizes = (0, 0)
    for line in diff:
        head = HUNK.fullmatch(line)
        if head:
            assert (taken, given_) == sizes
            sizes = (int(head[2] or 1), int(head[4] or 1))
            start = int(head[1]) - (1 if sizes[0] else 0)
            result += old[at:start]
            at = start
            assert len(result) == int(head[3]) - (1 if sizes[1] else 0)
            taken = given_ = 0
        elif line[0] == "+":
            result.append(line[1:])
            given_ += 1
        else:
            assert old[at] == line[1:]
            at += 1
            taken += 1
            if line[0] == " ":
                result.append(line[1:])
                given_ += 1
    assert (taken, given_) == sizes
    return result + old[at:]


LINES = st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=30)


@given(LINES, LINES)
def test_a_difference_turns_old_into_new(old: list[str], new: list[str]) -> None:
    diff = unified_diff(old, new)
    assert diff is not None
    assert patched(old, diff) == new
    assert (diff == ()) is (old == new)


def test_three_lines_of_context_and_line_numbers_of_the_file() -> None:
    old = [f"line {number}" for number in range(1, 101)]
    new = [*old[:49], "other", *old[50:]]
    assert unified_diff(old, new) == (
        "@@ -47,7 +47,7 @@",
        " line 47",
        " line 48",
        " line 49",
        "-line 50",
        "+other",
        " line 51",
        " line 52",
        " line 53",
    )


def test_what_cannot_be_compared_in_time_is_not() -> None:
    old = [f"old {number}" for number in range(100_000)]
    new = [f"new {number}" for number in range(100_000)]
    assert unified_diff(old, new) is None
    assert unified_diff(old, [*old, "more"]) is not None


def test_repeated_lines_take_no_longer() -> None:
    old = [f"{number % 97}" for number in range(1900)]
    new = [f"{number % 89}" for number in range(1900)]
    before = time.process_time()
    unified_diff(["first", *old], ["other", *new])
    assert time.process_time() - before < 10
