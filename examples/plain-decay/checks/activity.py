"""The measured activity of the sample."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import simkit as sk


@sk.target(model_output="activity", data={"observed": "data/activity.csv"})
def activity_target(data: Mapping[str, str]) -> sk.Target:
    """Distance to the measured activity."""
    with Path(data["observed"]).open(newline="") as stream:
        rows = [(float(row["day"]), float(row["activity_bq"])) for row in csv.DictReader(stream)]
    return sk.Target(model_output="activity", observed=rows)
