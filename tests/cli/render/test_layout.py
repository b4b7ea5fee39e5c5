"""Widths, alignment and colour of terminal text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.colour import paint
from modelops_bundle.cli.render.layout import cells, counted, labelled, padded, right_aligned, table

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)


@given(TEXT, TEXT, st.integers(1, 200))
def test_alignment_loses_nothing_and_keeps_to_the_width(
    left: str, right: str, columns: int
) -> None:
    lines = right_aligned(left, right, columns)
    assert "".join(lines).replace(" ", "") == (left + right).replace(" ", "")
    if len(lines) == 1 and right:
        assert cells(lines[0]) <= columns


@given(TEXT, st.integers(0, 60))
def test_padding_fills_cells_and_never_cuts(text: str, width: int) -> None:
    assert padded(text, width).startswith(text)
    assert cells(padded(text, width)) == max(width, cells(text))


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("plain", 5),
        ("流感", 4),
        ("ｶﾅ", 2),
        ("Ａ", 2),
        ("😷", 2),
        ("\U0001f1eb\U0001f1f7", 2),
        ("e\u0301", 1),
        ("\u1100\u1161\u11a8", 2),
        ("한", 2),
        ("שפעת", 4),
        ("\u2764\ufe0f", 1),
        ("§", 1),
        ("a\u200bb", 8),
        ("\x1b[31m", 8),
        ("\udcff", 4),
        ("\u202e", 6),
    ],
)
def test_widths_are_those_of_terminals(text: str, width: int) -> None:
    assert cells(text) == width


@given(st.text(max_size=60))
def test_colour_is_only_ever_added(text: str) -> None:
    line = printable(text)
    assert re.sub(r"\x1b\[\d+m", "", paint(line)) == line


@given(st.text(max_size=60))
def test_printed_text_cannot_steer_a_terminal(text: str) -> None:
    assert printable(text).isprintable()


def test_bytes_of_a_file_name_that_is_not_utf8_are_written_out() -> None:
    assert printable("data/\udcff.csv") == "data/\\xff.csv"


def test_symbols_are_painted_and_text_stays() -> None:
    assert paint("  + target new") == "  \x1b[32m+\x1b[0m target new"
    assert paint("      data      x changed") == "      data      x changed"


def test_columns_align_at_their_widest_cell() -> None:
    assert table([("a", "x"), ("流", "y"), ("abc", "")]) == ["  a    x", "  流   y", "  abc"]


def test_a_long_chain_goes_on_below_itself() -> None:
    chain = " -> ".join(("models/sir.py", "lib/network.py", "lib/contacts.py", "lib/rates.py"))
    assert labelled([("code", chain)], 2, 6, 44) == [
        "  code  models/sir.py -> lib/network.py",
        "        -> lib/contacts.py -> lib/rates.py",
    ]
    assert labelled([("code", chain)], 2, 6) == [f"  code  {chain}"]
    digests = labelled([("code", f"{chain}  7b806ec4 -> 72541a8f")], 2, 6, 44)
    assert digests[-1] == "        -> lib/rates.py  7b806ec4 -> 72541a8f"


def test_counts_agree_with_their_noun() -> None:
    assert [counted(n, "entry", "entries") for n in (0, 1, 2)] == [
        "0 entries",
        "1 entry",
        "2 entries",
    ]
