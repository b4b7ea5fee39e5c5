"""Lines wider than the terminal are broken at blanks, and nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.cli.render.layout import cells
from modelops_bundle.cli.render.reflow import reflowed

WORDS = st.lists(st.text("ab流é\u0301->:|`", min_size=1, max_size=30), min_size=1, max_size=12)
GAPS = st.sampled_from([" ", "  ", "     "])


@given(WORDS, st.lists(GAPS, min_size=12, max_size=12), st.integers(0, 8), st.integers(20, 120))
def test_no_word_is_cut_or_lost(
    words: list[str], gaps: list[str], indent: int, columns: int
) -> None:
    line = " " * indent + "".join(f"{w}{g}" for w, g in zip(words, gaps, strict=False)).rstrip()
    lines = reflowed(line, columns)
    assert [word for part in lines for word in part.split() if word.strip("|`-")] == [
        word for word in line.split() if word.strip("|`-")
    ]
    for part in lines:
        assert cells(part) <= columns or len(part.replace("-> ", "").split()) <= 2


@given(st.text(max_size=60), st.integers(0, 200))
def test_what_fits_stays_as_it_is(text: str, columns: int) -> None:
    if cells(text) <= columns:
        assert reflowed(text, columns) == [text]


@pytest.mark.parametrize(
    ("line", "columns", "expected"),
    [
        (
            "error: registry is stale (3 entries); nothing was uploaded",
            40,
            ["error: registry is stale (3 entries);", "       nothing was uploaded"],
        ),
        (
            "  sir  models.sir:StarsimSIR  outputs incidence, prevalence",
            40,
            ["  sir  models.sir:StarsimSIR", "       outputs incidence, prevalence"],
        ),
        (
            "      data      data/observed_incidence.csv changed",
            40,
            ["      data", "          data/observed_incidence.csv", "          changed"],
        ),
        (
            "|   `-- ! code sirlib/timetable.py  (affected)",
            40,
            ["|   `-- ! code sirlib/timetable.py", "|           (affected)"],
        ),
        (
            "|   |-- ! code sirlib/timetable.py  (affected)",
            40,
            ["|   |-- ! code sirlib/timetable.py", "|   |       (affected)"],
        ),
        (
            "      renamed   -> a_name_that_is_rather_long (same body)",
            50,
            ["      renamed   -> a_name_that_is_rather_long", "                (same body)"],
        ),
        ("sha256:" + "a" * 64, 40, ["sha256:" + "a" * 64]),
    ],
)
def test_further_lines_stand_below_the_text(line: str, columns: int, expected: list[str]) -> None:
    assert reflowed(line, columns) == expected
