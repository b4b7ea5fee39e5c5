"""How many others a boy meets in a day."""

from __future__ import annotations

from .timetable import CLASS, hours_of_day

#: People met closely enough to infect, in one hour of an activity.
CONTACTS_PER_HOUR = {"class": 0.8, "meal": 1.0, "dormitory": 0.2}


def contacts_per_day(*, classes_meet: bool) -> float:
    """Contacts of one boy in one day, over all activities."""
    return sum(
        mixing_rate(activity) * hours
        for activity, hours in hours_of_day().items()
        if classes_meet or activity != CLASS
    )


def mixing_rate(activity: str) -> float:
    """Contacts per hour of an activity."""
    return CONTACTS_PER_HOUR[activity]
