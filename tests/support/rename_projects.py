"""Two small projects, written as people write them, for edits that rename and move things."""

from __future__ import annotations

PYPROJECT = """\
[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["modelops-calabaria", "polars"]
"""

BASE = '''\
"""What all compartmental models share."""

import modelops_calabaria as cb


class EpiModel(cb.BaseModel):
    """Steps a dictionary of compartments through the days."""

    PARAMS = cb.ParameterSpace((cb.ParameterSpec("beta", 0.0, 1.0),))

    def build_sim(self, params, config):
        return {"beta": params["beta"], "day": 0}

    def run_sim(self, state, seed):
        for _ in range(config_days(state)):
            state = self.step(state, seed)
        return state


def config_days(state):
    return state.get("days", 100)
'''

SIR = '''\
"""Susceptible, infected, recovered."""

import modelops_calabaria as cb
import polars as pl

from lib.contacts import contact_rate
from models.base import EpiModel

DURATION_DAYS = 7


class SIR(EpiModel):
    """The simplest model there is."""

    def step(self, state, seed):
        infected = state["beta"] * state["S"] * state["I"] * contact_rate(state["day"])
        recovered = state["I"] / DURATION_DAYS
        state["S"] -= infected
        state["I"] += infected - recovered
        state["R"] += recovered
        return state

    @cb.model_output("incidence")
    def incidence(self, raw, seed):
        return pl.DataFrame({"day": raw["days"], "cases": raw["new"]})

    @cb.model_output("prevalence")
    def prevalence(self, raw, seed):
        return pl.DataFrame({"day": raw["days"], "share": raw["I"] / raw["N"]})
'''

SEIR = '''\
"""With an exposed compartment, and deaths."""

import modelops_calabaria as cb
import polars as pl

from models.base import EpiModel

LATENT_DAYS = 2
FATALITY = 0.01


class SEIR(EpiModel):
    """Exposed for a while before infectious; some die."""

    @cb.model_scenario("vaccination")
    def vaccination(self):
        return cb.ScenarioSpec("vaccination", param_patches={"beta": 0.1})

    def step(self, state, seed):
        exposed = state["beta"] * state["S"] * state["I"]
        onset = state["E"] / LATENT_DAYS
        state["E"] += exposed - onset
        state["D"] += FATALITY * onset
        state["I"] += (1 - FATALITY) * onset
        return state

    @cb.model_output("incidence")
    def new_cases(self, raw, seed):
        return pl.DataFrame({"day": raw["days"], "cases": raw["onset"]})

    @cb.model_output("deaths")
    def deaths(self, raw, seed):
        return pl.DataFrame({"day": raw["days"], "deaths": raw["D"]}).with_columns(
            pl.col("deaths").cum_sum().alias("total")
        )


class DebugSEIR(SEIR):
    """Prints every step; nobody wants it registered."""

    def step(self, state, seed):
        print(state)
        return super().step(state, seed)
'''

TARGET_HEAD = '''\
"""What was observed: {what}."""

import modelops_calabaria as cb
import polars as pl
from modelops_calabaria.core.alignment import JoinAlignment
from modelops_calabaria.core.evaluation import annealed_mse, mean_signal_mse
from modelops_calabaria.core.target import LossTarget

'''

INCIDENCE = (
    TARGET_HEAD.format(what="daily cases")
    + '''
CASES = "data/cases.csv"


@cb.calibration_target(model_output="incidence", data={"observed": CASES})
def incidence_target(data_paths):
    """The mean over replicates against the observed cases."""
    return LossTarget(
        name="incidence",
        model_output="incidence",
        data=pl.read_csv(data_paths["observed"]),
        alignment=JoinAlignment(on_cols="day", mode="exact"),
        evaluator=mean_signal_mse(col="cases"),
    )


@cb.calibration_target(model_output="incidence", data={"observed": CASES})
def annealed_target(data_paths):
    """Every replicate against the observed cases."""
    return LossTarget(
        name="annealed",
        model_output="incidence",
        data=pl.read_csv(data_paths["observed"]),
        alignment=JoinAlignment(on_cols="day", mode="exact"),
        evaluator=annealed_mse(col="cases", weight=0.5),
    )
'''
)

DEATHS = (
    TARGET_HEAD.format(what="deaths")
    + '''
from lib.reading import tidy


@cb.calibration_target(model_output="deaths", data={"observed": "data/deaths.csv"})
def deaths_target(data_paths):
    """Weekly deaths, with gaps filled."""
    table = tidy(pl.read_csv(data_paths["observed"]), by="week")
    weekly = table.group_by("week").agg(pl.col("deaths").sum()).sort("week")
    return LossTarget(
        name="deaths",
        model_output="deaths",
        data=weekly,
        alignment=JoinAlignment(on_cols="week", mode="interpolate"),
        evaluator=mean_signal_mse(col="deaths"),
    )
'''
)

SURVEYS = (
    TARGET_HEAD.format(what="three surveys")
    + """
from lib.reading import tidy


@cb.calibration_target(model_output="prevalence", data={"survey": "data/ages.csv"})
def age_survey(data_paths):
    ages = pl.read_csv(data_paths["survey"])
    bands = ages.with_columns((pl.col("age") // 10 * 10).alias("band"))
    shares = bands.group_by("band").agg(pl.col("positive").mean())
    return LossTarget(
        name="age",
        model_output="prevalence",
        data=shares,
        alignment=JoinAlignment(on_cols="band", mode="exact"),
        evaluator=mean_signal_mse(col="positive"),
    )


@cb.calibration_target(model_output="prevalence", data={"survey": "data/regions.csv"})
def region_survey(data_paths):
    rows = []
    for region, table in tidy(pl.read_csv(data_paths["survey"]), by="region").group_by("region"):
        if table.height < 30:
            continue
        rows.append({"region": region, "share": table["tested"].sum() / table["people"].sum()})
    return LossTarget(
        name="region",
        model_output="prevalence",
        data=pl.DataFrame(rows),
        alignment=JoinAlignment(on_cols="region", mode="left"),
        evaluator=annealed_mse(col="share", weight=1.0),
    )


@cb.calibration_target(model_output="incidence", data={"survey": "data/clinics.csv"})
def clinic_survey(data_paths):
    visits = pl.scan_csv(data_paths["survey"]).filter(pl.col("complaint") == "fever")
    per_day = visits.group_by("day").len().rename({"len": "cases"}).collect()
    assert per_day["cases"].max() < 10_000, "somebody added a header twice"
    return LossTarget(
        "clinics", model_output="incidence", data=per_day, evaluator=mean_signal_mse(col="cases")
    )
"""
)

#: The files of a project with models and targets in folders at its root.
SCHOOL: dict[str, str] = {
    "pyproject.toml": PYPROJECT.format(name="school"),
    "models/__init__.py": "",
    "models/base.py": BASE,
    "models/sir.py": SIR,
    "models/seir.py": SEIR,
    "targets/__init__.py": "",
    "targets/incidence.py": INCIDENCE,
    "targets/deaths.py": DEATHS,
    "targets/surveys.py": SURVEYS,
    "lib/__init__.py": "",
    "lib/contacts.py": "def contact_rate(day):\n    return 0.5 if day % 7 in (5, 6) else 1.0\n",
    "lib/reading.py": "def tidy(table, by):\n    return table.drop_nulls().sort(by)\n",
    "data/cases.csv": "day,cases\n1,3\n2,8\n",
    "data/deaths.csv": "week,deaths\n1,0\n2,1\n",
    "data/ages.csv": "age,positive\n3,0\n14,1\n",
    "data/regions.csv": "region,tested,people\nnorth,3,90\n",
    "data/clinics.csv": "day,complaint\n1,fever\n",
}

MEASLES = '''\
"""Measles in a village."""

from modelops_calabaria import BaseModel, ParameterSpace, ParameterSpec
from modelops_calabaria import model_output, model_scenario

from ..names import ATTACK_RATE, SIZES


class Measles(BaseModel):
    PARAMS = ParameterSpace((ParameterSpec("r0", 5.0, 20.0), ParameterSpec("coverage", 0.0, 1.0)))

    @model_scenario("outreach")
    def outreach(self):
        return {"coverage": 0.95}

    def simulate(self, params, seed):
        susceptible = (1 - params["coverage"]) * 1000
        return {"infected": susceptible * (1 - 1 / params["r0"]), "people": 1000}

    @model_output(ATTACK_RATE)
    def attack_rate(self, raw, seed):
        return raw["infected"] / raw["people"]

    @model_output(SIZES)
    def sizes(self, raw, seed):
        return [raw["infected"]]


class Rubella(BaseModel):
    PARAMS = ParameterSpace((ParameterSpec("r0", 3.0, 8.0),))

    def simulate(self, params, seed):
        import random

        rng = random.Random(seed)
        chain, size = 1, 1
        while chain and size < 10_000:
            chain = sum(rng.random() < params["r0"] / 10 for _ in range(chain))
            size += chain
        return size

    @model_output(SIZES)
    def chain_sizes(self, raw, seed):
        return [raw]
'''

OUTBREAK = '''\
"""One outbreak, looked at in two ways."""

from modelops_calabaria import calibration_target
from modelops_calabaria.core.target import LossTarget

from epi.names import ATTACK_RATE, SIZES
from epi.reading import rows


@calibration_target(model_output=ATTACK_RATE, data={"village": "data/village.csv"})
def attack_rate(data_paths):
    people = list(rows(data_paths["village"]))
    ill = [row for row in people if row["ill"] == "yes"]
    return LossTarget(name="attack rate", model_output=ATTACK_RATE, data=len(ill) / len(people))


@calibration_target(model_output=SIZES, data={"chains": "data/chains.csv"})
def final_size(data_paths):
    sizes = sorted(int(row["size"]) for row in rows(data_paths["chains"]))
    median = sizes[len(sizes) // 2]
    return LossTarget(name="final size", model_output=SIZES, data=median, evaluator=abs)
'''

SCORING = '''\
"""Scores without a decorator: registered by hand."""

from epi.reading import rows


def weekly_score(simulated):
    observed = {row["week"]: float(row["cases"]) for row in rows("data/weekly.csv")}
    return sum((simulated[week] - cases) ** 2 for week, cases in observed.items())


def _clip(value):
    return max(0.0, value)
'''

#: The files of an installable package below `src/`.
PACKAGE: dict[str, str] = {
    "pyproject.toml": PYPROJECT.format(name="epi"),
    "src/epi/__init__.py": '"""Outbreaks in villages."""\n',
    "src/epi/names.py": 'ATTACK_RATE = "attack_rate"\nSIZES = "sizes"\n',
    "src/epi/reading.py": (
        "import csv\n\n\ndef rows(path):\n    with open(path, newline='') as stream:\n"
        "        yield from csv.DictReader(stream)\n"
    ),
    "src/epi/disease/__init__.py": "",
    "src/epi/disease/measles.py": MEASLES,
    "src/epi/targets/__init__.py": "",
    "src/epi/targets/outbreak.py": OUTBREAK,
    "src/epi/scoring.py": SCORING,
    "data/village.csv": "name,ill\na,yes\nb,no\n",
    "data/chains.csv": "size\n1\n4\n",
    "data/weekly.csv": "week,cases\n1,3\n",
}

PROJECTS = {"school": SCHOOL, "package": PACKAGE}

#: For each project: what is registered (kind, file, options), then the target sets' weights.
REGISTERED: dict[str, tuple[tuple[str, str, dict[str, tuple[str, ...]]], ...]] = {
    "school": (
        ("model", "models/sir.py", {"data": ("data/cases.csv",)}),
        ("model", "models/seir.py", {"exclude": ("DebugSEIR",)}),
        ("target", "targets/incidence.py", {}),
        ("target", "targets/deaths.py", {}),
        ("target", "targets/surveys.py", {}),
    ),
    "package": (
        ("model", "src/epi/disease/measles.py", {}),
        ("target", "src/epi/targets/outbreak.py", {}),
        (
            "target",
            "src/epi/scoring.py:weekly_score",
            {"outputs": ("sizes",), "data": ("data/weekly.csv",)},
        ),
    ),
}
WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "school": {
        "cases": {"incidence_target": 1.0, "annealed_target": 0.5},
        "surveys": {"age_survey": 1.0, "region_survey": 2.0, "clinic_survey": 3.0},
        "all": {
            "deaths_target": 1.0,
            "incidence_target": 0.25,
            "clinic_survey": 0.75,
            "age_survey": 4.0,
        },
    },
    "package": {"outbreak": {"attack_rate": 1.0, "final_size": 3.0, "weekly_score": 0.1}},
}

#: Every entry at the start: id to entrypoint.
ENTRIES: dict[str, dict[str, str]] = {
    "school": {
        "sir_sir": "models.sir:SIR",
        "seir_seir": "models.seir:SEIR",
        "incidence_target": "targets.incidence:incidence_target",
        "annealed_target": "targets.incidence:annealed_target",
        "deaths_target": "targets.deaths:deaths_target",
        "age_survey": "targets.surveys:age_survey",
        "region_survey": "targets.surveys:region_survey",
        "clinic_survey": "targets.surveys:clinic_survey",
    },
    "package": {
        "measles_measles": "epi.disease.measles:Measles",
        "measles_rubella": "epi.disease.measles:Rubella",
        "attack_rate": "epi.targets.outbreak:attack_rate",
        "final_size": "epi.targets.outbreak:final_size",
        "weekly_score": "epi.scoring:weekly_score",
    },
}
