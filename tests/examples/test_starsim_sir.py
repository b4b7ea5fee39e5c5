"""The example on real observations holds what was published, under honest names."""

from __future__ import annotations

import csv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "starsim-sir"
#: BMJ 1978;1:587: boys confined to bed, days 1 to 14.
IN_BED = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4]


def rows_of(name: str) -> list[dict[str, str]]:
    with (PROJECT / "data" / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_observations_are_the_published_ones_and_say_what_they_count() -> None:
    rows = rows_of("observed_incidence.csv")
    assert [int(row["in_bed"]) for row in rows] == IN_BED
    assert [int(row["day"]) for row in rows] == list(range(1, 15))


def test_the_school_has_763_boys() -> None:
    assert sum(int(row["people"]) for row in rows_of("demographics.csv")) == 763


def test_no_module_lies_at_the_project_root_where_workers_cannot_import_it() -> None:
    assert not list(PROJECT.glob("*.py"))
