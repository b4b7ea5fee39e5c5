"""An SIR model of influenza in a boarding school."""

from __future__ import annotations

import csv
from pathlib import Path

import modelops_calabaria as cb
import polars as pl
import starsim as ss

from sirlib.network import school_network

DEMOGRAPHICS = Path(__file__).parent.parent / "data" / "demographics.csv"
DAYS = 14


class StarsimSIR(cb.BaseModel):
    """Boys meet at random in class, at meals and in their dormitories; none dies or joins."""

    PARAMS = cb.ParameterSpace(
        (
            cb.ParameterSpec("beta", 0.0, 1.0, doc="Transmissions per infectious contact and day"),
            cb.ParameterSpec("dur_inf", 0.5, 10.0, doc="Mean duration of infection, in days"),
            cb.ParameterSpec("init_infected", 1, 20, kind="int", doc="Boys infected on day 1"),
        )
    )
    CONFIG = cb.ConfigurationSpace(
        (cb.ConfigSpec("classes_meet", True, doc="Whether boys are taught together"),)
    )

    @cb.model_scenario("lockdown")
    def lockdown(self) -> cb.ScenarioSpec:
        """Teaching stops; boys still meet at meals and in their dormitories."""
        return cb.ScenarioSpec("lockdown", doc="No classes", config_patches={"classes_meet": False})

    def build_sim(self, params: cb.ParameterSet, config: cb.ConfigurationSet) -> ss.Sim:
        """Set up the school on the day before the first case; draws no random number."""
        boys = number_of_boys()
        disease = ss.SIR(
            beta=ss.perday(params["beta"]),
            dur_inf=ss.lognorm_ex(mean=ss.days(params["dur_inf"]), std=ss.days(1)),
            init_prev=ss.bernoulli(p=params["init_infected"] / boys),
            p_death=ss.bernoulli(p=0),
        )
        return ss.Sim(
            n_agents=boys,
            diseases=disease,
            networks=school_network(classes_meet=config["classes_meet"]),
            start=ss.date("1978-01-22"),
            dt=ss.days(1),
            dur=ss.days(DAYS - 1),
            verbose=0,
        )

    def run_sim(self, state: ss.Sim, seed: int) -> ss.Sim:
        """Run the outbreak."""
        state.pars.rand_seed = seed
        state.run()
        return state

    @cb.model_output("incidence")
    def daily_curve(self, raw: ss.Sim, seed: int) -> pl.DataFrame:
        """Boys newly infected and boys in bed, on each day."""
        results = raw.results.sir
        return pl.DataFrame(
            {
                "day": range(1, DAYS + 1),
                "new_cases": [float(number) for number in results.new_infections],
                "in_bed": [float(number) for number in results.n_infected],
            }
        )

    @cb.model_output("prevalence")
    def infected_share(self, raw: ss.Sim, seed: int) -> pl.DataFrame:
        """The share of all boys who are infected, on each day."""
        results = raw.results.sir
        return pl.DataFrame(
            {
                "day": range(1, DAYS + 1),
                "prevalence": [float(share) for share in results.prevalence],
            }
        )


def number_of_boys() -> int:
    """The boys at risk, from the demographics of the school."""
    with DEMOGRAPHICS.open(newline="") as stream:
        return sum(int(row["people"]) for row in csv.DictReader(stream))
