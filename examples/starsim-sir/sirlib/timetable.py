"""What a school day consists of."""

from __future__ import annotations

CLASS = "class"


def hours_of_day() -> dict[str, float]:
    """Hours that a boy spends on each activity in company."""
    return {CLASS: 6.0, "meal": 2.0, "dormitory": 9.0}
