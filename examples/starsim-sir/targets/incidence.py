"""What the outbreak looked like: the daily curve that a calibration should reproduce."""

from __future__ import annotations

from collections.abc import Mapping

import modelops_calabaria as cb
import polars as pl
from modelops_calabaria.core.alignment import JoinAlignment
from modelops_calabaria.core.evaluation import annealed_mse, mean_signal_mse
from modelops_calabaria.core.target import LossTarget

OBSERVED = "data/observed_incidence.csv"


@cb.calibration_target(model_output="incidence", data={"observed": OBSERVED})
def incidence_target(data_paths: Mapping[str, str]) -> LossTarget:
    """Distance of the mean over replicates to the boys seen in bed.

    The replicates are averaged first, so a model is not punished for chance variation between
    outbreaks.
    """
    return LossTarget(
        name="incidence",
        model_output="incidence",
        data=pl.read_csv(data_paths["observed"]),
        alignment=JoinAlignment(on_cols="day", mode="exact"),
        evaluator=mean_signal_mse(col="in_bed"),
    )


@cb.calibration_target(model_output="incidence", data={"observed": OBSERVED})
def incidence_annealed_target(data_paths: Mapping[str, str]) -> LossTarget:
    """Mean over replicates of the distance to the boys seen in bed: variance counts too."""
    return LossTarget(
        name="incidence_annealed",
        model_output="incidence",
        data=pl.read_csv(data_paths["observed"]),
        alignment=JoinAlignment(on_cols="day", mode="exact"),
        evaluator=annealed_mse(col="in_bed", weight=0.5),
    )
