"""The activity of a decaying sample."""

from __future__ import annotations

from collections.abc import Mapping

import simkit as sk
from decay.law import remaining_share

DAYS = 30


class DecayingSample(sk.Model):
    """One nuclide that decays to a stable one."""

    PARAMS = (
        sk.Param("initial_bq", 1.0, 1e6),
        sk.Param("half_life_days", 0.01, 1e5),
    )

    @sk.scenario("iodine_131")
    def iodine_131(self) -> dict[str, float]:
        """The half-life of iodine-131."""
        return {"half_life_days": 8.02}

    def simulate(self, parameters: Mapping[str, float]) -> sk.model.Series:
        """Return the activity in becquerels, day by day."""
        initial, half_life = parameters["initial_bq"], parameters["half_life_days"]
        return [(float(day), initial * remaining_share(day, half_life)) for day in range(DAYS + 1)]

    @sk.output("activity")
    def activity(self, trajectory: sk.model.Series) -> sk.model.Series:
        """Becquerels."""
        return trajectory

    @sk.output("relative_activity")
    def relative_activity(self, trajectory: sk.model.Series) -> sk.model.Series:
        """Activity as a share of the first day's."""
        first = trajectory[0][1]
        return [(day, value / first) for day, value in trajectory]
