"""The decay law."""

from __future__ import annotations


def remaining_share(days: float, half_life_days: float) -> float:
    """The share of the nuclei that has not decayed."""
    return 0.5 ** (days / half_life_days)
