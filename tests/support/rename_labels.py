"""Edits that rename, move, and only look as if they did, each with what really happened.

A label says what has become of the entries that the edit touches: an entrypoint, `GONE` (the
definition is no more: to remove it, or to ask, is right; to pair it is wrong), or `DECIDE` (the
code does not tell, so a person must: split, or one of two alike). All other entries are where
they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from support.rename_edits import (
    Step,
    append,
    carry,
    copy,
    cut,
    double,
    drop,
    move,
    name,
    put,
    sub,
    swap,
)
from support.rename_projects import TARGET_HEAD

GONE = "(gone)"
DECIDE = "(a person must say)"

INC, DEA, SUR = "targets/incidence.py", "targets/deaths.py", "targets/surveys.py"
SIR, SEIR, BASE = "models/sir.py", "models/seir.py", "models/base.py"
MEA, OUT, SCO = "src/epi/disease/measles.py", "src/epi/targets/outbreak.py", "src/epi/scoring.py"


@dataclass(frozen=True, slots=True)
class Label:
    """One edit: its title, the project, the steps, and what has become of which entry."""

    title: str
    project: str
    steps: tuple[Step, ...]
    truth: Mapping[str, str]


def school(title: str, *steps: Step, **truth: str) -> Label:
    return Label(title, "school", steps, truth)


def package(title: str, *steps: Step, **truth: str) -> Label:
    return Label(title, "package", steps, truth)


UNRELATED = """\
@cb.calibration_target(model_output="prevalence", data={"households": "data/ages.csv"})
def household_target(data_paths):
    sizes = {}
    with open(data_paths["households"]) as stream:
        next(stream)
        for line in stream:
            age, positive = line.split(",")
            sizes.setdefault(int(age) // 5, []).append(positive.strip() == "1")
    return Target(model_output="prevalence", weights=[len(found) for found in sizes.values()])
"""
UNRELATED_MODEL = """\
class Vaccine(cb.BaseModel):
    PARAMS = cb.ParameterSpace((cb.ParameterSpec("efficacy", 0.0, 1.0),))

    @cb.model_output("doses")
    def doses(self, raw, seed):
        stock = 0
        for delivery in raw["deliveries"]:
            stock += delivery.amount if delivery.accepted else 0
        return {"stock": stock, "wasted": max(0, stock - raw["needed"])}
"""
HEAD = TARGET_HEAD.format(what="something else")

RENAMES = (
    school(
        "a target gets another name",
        name("incidence_target", "incidence_mean_target", INC),
        incidence_target="targets.incidence:incidence_mean_target",
    ),
    school(
        "both targets of a file get other names",
        name("incidence_target", "cases_mean", INC),
        name("annealed_target", "cases_annealed", INC),
        incidence_target="targets.incidence:cases_mean",
        annealed_target="targets.incidence:cases_annealed",
    ),
    school(
        "three targets of a file get other names",
        *(name(f"{what}_survey", f"survey_of_{what}", SUR) for what in ("age", "region", "clinic")),
        **{
            f"{what}_survey": f"targets.surveys:survey_of_{what}"
            for what in ("age", "region", "clinic")
        },
    ),
    school(
        "three are renamed in three files",
        name("deaths_target", "weekly_deaths", DEA),
        name("region_survey", "regions", SUR),
        name("annealed_target", "cases_annealed", INC),
        deaths_target="targets.deaths:weekly_deaths",
        region_survey="targets.surveys:regions",
        annealed_target="targets.incidence:cases_annealed",
    ),
    school(
        "renamed, and the order in the file turned round",
        carry(INC, "incidence_target", INC),
        name("incidence_target", "last_target", INC),
        incidence_target="targets.incidence:last_target",
    ),
    school(
        "a model class gets another name", name("SIR", "School", SIR), sir_sir="models.sir:School"
    ),
    school(
        "a class is renamed with its base",
        name("EpiModel", "CompartmentModel"),
        name("SIR", "SchoolSIR", SIR),
        sir_sir="models.sir:SchoolSIR",
    ),
    school(
        "two classes are renamed with their base",
        name("EpiModel", "CompartmentModel"),
        name("SIR", "SchoolSIR", SIR),
        name("SEIR", "SchoolSEIR", SEIR),
        sir_sir="models.sir:SchoolSIR",
        seir_seir="models.seir:SchoolSEIR",
    ),
    school(
        "a class and its file's constant are renamed",
        name("SIR", "School", SIR),
        name("DURATION_DAYS", "DAYS_ILL", SIR),
        sir_sir="models.sir:School",
    ),
    school(
        "renamed, with another constant",
        name("annealed_target", "annealed_quarter", INC),
        sub(INC, "weight=0.5", "weight=0.25"),
        annealed_target="targets.incidence:annealed_quarter",
    ),
    school(
        "renamed, with another output",
        name("deaths_target", "deaths_by_week", DEA),
        sub(DEA, 'model_output="deaths"', 'model_output="incidence"'),
        deaths_target="targets.deaths:deaths_by_week",
    ),
    school(
        "renamed, with other data",
        name("deaths_target", "deaths_2024", DEA),
        sub(DEA, "data/deaths.csv", "data/deaths_2024.csv"),
        put("data/deaths_2024.csv", "week,deaths\n1,4\n"),
        deaths_target="targets.deaths:deaths_2024",
    ),
    school(
        "renamed, with its data file",
        name("incidence_target", "case_target", INC),
        move("data/cases.csv", "data/daily.csv"),
        sub(INC, "data/cases.csv", "data/daily.csv"),
        incidence_target="targets.incidence:case_target",
    ),
    school(
        "renamed, with another docstring and layout",
        name("deaths_target", "deaths", DEA),
        sub(DEA, "Weekly deaths, with gaps filled.", "Deaths.\n\n    By week.\n    "),
        sub(DEA, "    weekly = ", "\n    # in weeks\n    weekly = "),
        deaths_target="targets.deaths:deaths",
    ),
    school(
        "renamed, with a statement more",
        name("age_survey", "age_bands", SUR),
        sub(SUR, "    bands = ", "    ages = ages.filter(pl.col('age') < 100)\n    bands = "),
        age_survey="targets.surveys:age_bands",
    ),
    school(
        "renamed, with local variables renamed",
        name("deaths_target", "deaths_by_week", DEA),
        name("table", "frame", DEA),
        name("weekly", "by_week", DEA),
        deaths_target="targets.deaths:deaths_by_week",
    ),
    school(
        "renamed, now asynchronous",
        sub(DEA, "def deaths_target(", "async def deaths_later("),
        deaths_target="targets.deaths:deaths_later",
    ),
    school(
        "renamed, with annotations",
        sub(DEA, "def deaths_target(data_paths):", "def deaths(data_paths: dict) -> LossTarget:"),
        deaths_target="targets.deaths:deaths",
    ),
    school(
        "a model renamed, with an output renamed",
        name("SIR", "School", SIR),
        sub(SIR, 'model_output("prevalence")', 'model_output("share_infected")'),
        sir_sir="models.sir:School",
    ),
    school(
        "a model renamed, with an output more",
        name("SEIR", "Influenza", SEIR),
        sub(
            SEIR,
            "class DebugSEIR",
            "class DebugSEIR",
        ),
        sub(
            SEIR,
            '    @cb.model_output("deaths")',
            '    @cb.model_output("peak")\n    def peak(self, raw, seed):\n'
            '        return max(raw["I"])\n\n    @cb.model_output("deaths")',
        ),
        seir_seir="models.seir:Influenza",
    ),
    school(
        "a model renamed, with another helper imported",
        name("SIR", "School", SIR),
        sub(SIR, "from lib.contacts import contact_rate", "from lib.mixing import contact_rate"),
        move("lib/contacts.py", "lib/mixing.py"),
        sir_sir="models.sir:School",
    ),
    school(
        "a model renamed, with a method renamed",
        name("SIR", "School", SIR),
        name("step", "advance", SIR, SEIR, BASE),
        sir_sir="models.sir:School",
    ),
    school(
        "one renamed while the other of the file is edited",
        name("incidence_target", "cases_target", INC),
        sub(INC, "weight=0.5", "weight=0.1"),
        incidence_target="targets.incidence:cases_target",
    ),
    school(
        "two renamed and both edited",
        name("incidence_target", "cases_mean", INC),
        name("annealed_target", "cases_annealed", INC),
        sub(INC, 'mode="exact"', 'mode="left"'),
        incidence_target="targets.incidence:cases_mean",
        annealed_target="targets.incidence:cases_annealed",
    ),
    school(
        "one renamed and another added that is unlike it",
        name("deaths_target", "weekly_deaths", DEA),
        append(DEA, UNRELATED),
        deaths_target="targets.deaths:weekly_deaths",
    ),
    school(
        "one renamed, and a changed copy added above it",
        double(DEA, "deaths_target", "weekly_deaths"),
        name("deaths_target", "smooth_deaths", DEA),
        sub(
            DEA,
            '=mean_signal_mse(col="deaths"),\n    )\n\n\n@',
            '=annealed_mse(col="deaths", weight=1),\n    )\n\n\n@',
        ),
        deaths_target="targets.deaths:weekly_deaths",
    ),
    school(
        "one renamed as it was and a changed copy added",
        name("deaths_target", "weekly_deaths", DEA),
        double(DEA, "weekly_deaths", "monthly_deaths"),
        carry(DEA, "monthly_deaths", "targets/monthly.py"),
        sub("targets/monthly.py", '"week"', '"month"'),
        deaths_target="targets.deaths:weekly_deaths",
    ),
    school(
        "one renamed, another deleted",
        name("incidence_target", "cases_target", INC),
        cut(INC, "annealed_target"),
        incidence_target="targets.incidence:cases_target",
        annealed_target=GONE,
    ),
    school(
        "a chain of names: the second takes the third's place",
        name("annealed_target", "old_annealed", INC),
        name("incidence_target", "annealed_target", INC),
        annealed_target="targets.incidence:old_annealed",
        incidence_target="targets.incidence:annealed_target",
    ),
    school(
        "a chain of three names",
        name("clinic_survey", "fourth", SUR),
        name("region_survey", "clinic_survey", SUR),
        name("age_survey", "region_survey", SUR),
        age_survey="targets.surveys:region_survey",
        region_survey="targets.surveys:clinic_survey",
        clinic_survey="targets.surveys:fourth",
    ),
    school(
        "renamed, and its old name kept as an alias",
        name("deaths_target", "weekly_deaths", DEA),
        append(DEA, "deaths_target = weekly_deaths  # the name until 2024\n"),
        deaths_target="targets.deaths:deaths_target",
    ),
    school(
        "renamed under a condition",
        sub(
            DEA,
            '@cb.calibration_target(model_output="deaths"',
            'if True:\n  @cb.calibration_target(model_output="deaths"',
        ),
        sub(DEA, "def deaths_target(", "  def weekly_deaths("),
        *(
            sub(DEA, f"\n    {start}", f"\n      {start}")
            for start in ('"""Weekly', "table =", "weekly =", "return LossTarget")
        ),
        deaths_target="targets.deaths:weekly_deaths",
    ),
    package(
        "a model of a package gets another name",
        name("Measles", "MeaslesVillage", MEA),
        measles_measles="epi.disease.measles:MeaslesVillage",
    ),
    package(
        "both models of a file get other names",
        name("Measles", "VillageMeasles", MEA),
        name("Rubella", "VillageRubella", MEA),
        measles_measles="epi.disease.measles:VillageMeasles",
        measles_rubella="epi.disease.measles:VillageRubella",
    ),
    package(
        "one of two models is renamed and edited",
        name("Rubella", "GermanMeasles", MEA),
        sub(MEA, "10_000", "50_000"),
        measles_rubella="epi.disease.measles:GermanMeasles",
    ),
    package(
        "a target and the constant that it uses are renamed",
        name("ATTACK_RATE", "SHARE_ILL"),
        sub(OUT, "def attack_rate(", "def share_ill("),
        attack_rate="epi.targets.outbreak:share_ill",
    ),
    package(
        "a target renamed, its output renamed in the constants",
        sub(OUT, "def attack_rate(", "def share_ill("),
        sub("src/epi/names.py", '"attack_rate"', '"share_ill"'),
        attack_rate="epi.targets.outbreak:share_ill",
    ),
    package(
        "a function that was registered by hand gets another name",
        name("weekly_score", "squared_error", SCO),
        weekly_score="epi.scoring:squared_error",
    ),
    package(
        "a function that was registered by hand is renamed and edited",
        name("weekly_score", "absolute_error", SCO),
        sub(SCO, "(simulated[week] - cases) ** 2", "abs(simulated[week] - cases)"),
        weekly_score="epi.scoring:absolute_error",
    ),
)

MOVES = (
    school("a model's file is renamed", move(SIR, "models/school.py"), sir_sir="models.school:SIR"),
    school(
        "a target's file is renamed",
        move(DEA, "targets/mortality.py"),
        deaths_target="targets.mortality:deaths_target",
    ),
    school(
        "a file with two targets is renamed",
        move(INC, "targets/cases.py"),
        incidence_target="targets.cases:incidence_target",
        annealed_target="targets.cases:annealed_target",
    ),
    school(
        "a file with two targets is renamed and both are edited",
        move(INC, "targets/cases.py"),
        sub("targets/cases.py", 'mode="exact"', 'mode="left"'),
        incidence_target="targets.cases:incidence_target",
        annealed_target="targets.cases:annealed_target",
    ),
    school(
        "a file with three targets is renamed and all are edited",
        move(SUR, "targets/field.py"),
        sub("targets/field.py", 'data_paths["survey"]', 'data_paths.get("survey")'),
        age_survey="targets.field:age_survey",
        region_survey="targets.field:region_survey",
        clinic_survey="targets.field:clinic_survey",
    ),
    school(
        "a model's file is renamed and a constant of it edited",
        move(SIR, "models/school.py"),
        sub("models/school.py", "DURATION_DAYS = 7", "DURATION_DAYS = 5"),
        sir_sir="models.school:SIR",
    ),
    school(
        "a model's file is renamed and the class edited",
        move(SIR, "models/school.py"),
        sub("models/school.py", "- recovered", "- recovered * 0.5"),
        sir_sir="models.school:SIR",
    ),
    school(
        "a file and its class are renamed",
        move(SIR, "models/school.py"),
        name("SIR", "School", "models/school.py"),
        sir_sir="models.school:School",
    ),
    school(
        "a file and its class are renamed and the class edited",
        move(SIR, "models/school.py"),
        name("SIR", "School", "models/school.py"),
        sub("models/school.py", "- recovered", "- recovered * 0.5"),
        sir_sir="models.school:School",
    ),
    school(
        "a file, its class and the base are renamed",
        move(SIR, "models/school.py"),
        name("SIR", "School", "models/school.py"),
        name("EpiModel", "CompartmentModel"),
        sir_sir="models.school:School",
    ),
    school(
        "a file and its target are renamed and the target edited",
        move(DEA, "targets/mortality.py"),
        name("deaths_target", "mortality", "targets/mortality.py"),
        sub("targets/mortality.py", 'mode="interpolate"', 'mode="exact"'),
        deaths_target="targets.mortality:mortality",
    ),
    school(
        "a target moves to another file that was there",
        carry(DEA, "deaths_target", INC),
        append(INC, "from lib.reading import tidy\n"),
        drop(DEA),
        deaths_target="targets.incidence:deaths_target",
    ),
    school(
        "a target moves to a new file",
        carry(INC, "annealed_target", "targets/annealed.py"),
        annealed_target="targets.annealed:annealed_target",
    ),
    school(
        "a target moves to a new file, with another decorator",
        carry(INC, "annealed_target", "targets/annealed.py"),
        sub(
            "targets/annealed.py", 'data={"observed": CASES}', 'data={"observed": "data/cases.csv"}'
        ),
        annealed_target="targets.annealed:annealed_target",
    ),
    school(
        "a target moves to another file, with another decorator",
        carry(SUR, "clinic_survey", INC),
        sub(
            INC,
            'model_output="incidence", data={"survey"',
            'model_output="prevalence", data={"survey"',
        ),
        clinic_survey="targets.incidence:clinic_survey",
    ),
    school(
        "a target moves to a new file under another name",
        carry(INC, "annealed_target", "targets/annealed.py"),
        name("annealed_target", "spread_target", "targets/annealed.py"),
        annealed_target="targets.annealed:spread_target",
    ),
    school(
        "a target moves to a new file and is edited",
        carry(SUR, "region_survey", "targets/regions.py"),
        sub("targets/regions.py", "< 30", "< 50"),
        region_survey="targets.regions:region_survey",
    ),
    school(
        "a target moves to a new file under another name and is edited",
        carry(SUR, "region_survey", "targets/regions.py"),
        name("region_survey", "by_region", "targets/regions.py"),
        sub("targets/regions.py", "< 30", "< 50"),
        region_survey="targets.regions:by_region",
    ),
    school(
        "each target of a file gets a file of its own",
        carry(INC, "annealed_target", "targets/annealed.py"),
        carry(INC, "incidence_target", "targets/mean.py"),
        drop(INC),
        incidence_target="targets.mean:incidence_target",
        annealed_target="targets.annealed:annealed_target",
    ),
    school(
        "all targets are gathered in one file",
        carry(DEA, "deaths_target", "targets/everything.py"),
        *(carry(INC, n, "targets/everything.py") for n in ("incidence_target", "annealed_target")),
        *(carry(SUR, f"{n}_survey", "targets/everything.py") for n in ("age", "region", "clinic")),
        *(drop(path) for path in (DEA, INC, SUR)),
        **{
            n: f"targets.everything:{n}"
            for n in (
                "deaths_target",
                "incidence_target",
                "annealed_target",
                "age_survey",
                "region_survey",
                "clinic_survey",
            )
        },
    ),
    school(
        "a package is renamed",
        move("targets", "goals"),
        incidence_target="goals.incidence:incidence_target",
        annealed_target="goals.incidence:annealed_target",
        deaths_target="goals.deaths:deaths_target",
        age_survey="goals.surveys:age_survey",
        region_survey="goals.surveys:region_survey",
        clinic_survey="goals.surveys:clinic_survey",
    ),
    school(
        "a package is renamed, with the imports of it",
        move("models", "epidemics"),
        name("models.base", "epidemics.base"),
        sir_sir="epidemics.sir:SIR",
        seir_seir="epidemics.seir:SEIR",
    ),
    school(
        "a package is renamed, and each class in it",
        move("models", "epidemics"),
        name("models.base", "epidemics.base"),
        name("SIR", "School", "epidemics/sir.py"),
        name("SEIR", "Town", "epidemics/seir.py"),
        sir_sir="epidemics.sir:School",
        seir_seir="epidemics.seir:Town",
    ),
    school(
        "a package is renamed, and each class in it with the base",
        move("models", "epidemics"),
        name("models.base", "epidemics.base"),
        name("EpiModel", "CompartmentModel"),
        name("SIR", "School", "epidemics/sir.py"),
        name("SEIR", "Town", "epidemics/seir.py"),
        sir_sir="epidemics.sir:School",
        seir_seir="epidemics.seir:Town",
    ),
    school(
        "everything moves below src",
        move("models", "src/models"),
        move("targets", "src/targets"),
        move("lib", "src/lib"),
    ),
    school(
        "everything moves into one package",
        move("models", "school/models"),
        move("targets", "school/targets"),
        move("lib", "school/lib"),
        put("school/__init__.py", ""),
        name("from models", "from school.models"),
        name("from lib", "from school.lib"),
        sir_sir="school.models.sir:SIR",
        seir_seir="school.models.seir:SEIR",
        incidence_target="school.targets.incidence:incidence_target",
        annealed_target="school.targets.incidence:annealed_target",
        deaths_target="school.targets.deaths:deaths_target",
        age_survey="school.targets.surveys:age_survey",
        region_survey="school.targets.surveys:region_survey",
        clinic_survey="school.targets.surveys:clinic_survey",
    ),
    school("a module becomes a package", move(SIR, "models/sir/__init__.py")),
    school(
        "a file moves into a folder below, with relative imports",
        move(SIR, "models/simple/sir.py"),
        put("models/simple/__init__.py", ""),
        sub("models/simple/sir.py", "from models.base", "from ..base"),
        sir_sir="models.simple.sir:SIR",
    ),
    school(
        "two files exchange their names",
        move(SIR, "models/other.py"),
        move(SEIR, SIR),
        move("models/other.py", SEIR),
        sir_sir="models.seir:SIR",
        seir_seir="models.sir:SEIR",
    ),
    school(
        "a file moves and another takes its place",
        move(SIR, "models/school.py"),
        put(SIR, f"import modelops_calabaria as cb\n\n\n{UNRELATED_MODEL}"),
        sir_sir="models.school:SIR",
    ),
    school(
        "copied, and the original deleted later",
        copy(DEA, "targets/deaths_v2.py"),
        drop(DEA),
        deaths_target="targets.deaths_v2:deaths_target",
    ),
    school(
        "copied, the copy edited, the original deleted later",
        copy(DEA, "targets/deaths_v2.py"),
        sub("targets/deaths_v2.py", '"interpolate"', '"exact"'),
        drop(DEA),
        deaths_target="targets.deaths_v2:deaths_target",
    ),
    school(
        "a copied function edited, the original deleted later",
        double(DEA, "deaths_target", "deaths_target_v2"),
        cut(DEA, "deaths_target"),
        sub(DEA, '"interpolate"', '"exact"'),
        deaths_target="targets.deaths:deaths_target_v2",
    ),
    school(
        "a file moves while a helper and a base change",
        move(SIR, "models/school.py"),
        sub("lib/contacts.py", "0.5", "0.4"),
        sub(BASE, '"day": 0', '"day": 1'),
        sir_sir="models.school:SIR",
    ),
    school(
        "two moves and a rename at once",
        move(SIR, "models/school.py"),
        move(DEA, "targets/mortality.py"),
        name("incidence_target", "cases_target", INC),
        sir_sir="models.school:SIR",
        deaths_target="targets.mortality:deaths_target",
        incidence_target="targets.incidence:cases_target",
    ),
    package(
        "a package below src is renamed",
        move("src/epi", "src/outbreaks"),
        name("from epi", "from outbreaks"),
        measles_measles="outbreaks.disease.measles:Measles",
        measles_rubella="outbreaks.disease.measles:Rubella",
        attack_rate="outbreaks.targets.outbreak:attack_rate",
        final_size="outbreaks.targets.outbreak:final_size",
        weekly_score="outbreaks.scoring:weekly_score",
    ),
    package("a package leaves src", move("src/epi", "epi")),
    package(
        "a folder of a package is renamed",
        move("src/epi/disease", "src/epi/infections"),
        measles_measles="epi.infections.measles:Measles",
        measles_rubella="epi.infections.measles:Rubella",
    ),
    package(
        "one of two models gets a file of its own",
        carry(MEA, "Rubella", "src/epi/disease/rubella.py"),
        measles_rubella="epi.disease.rubella:Rubella",
    ),
    package(
        "one of two models gets a file of its own and is edited",
        carry(MEA, "Rubella", "src/epi/disease/rubella.py"),
        sub("src/epi/disease/rubella.py", "10_000", "50_000"),
        measles_rubella="epi.disease.rubella:Rubella",
    ),
    package(
        "one of two models gets a file of its own and another name",
        carry(MEA, "Rubella", "src/epi/disease/rubella.py"),
        name("Rubella", "GermanMeasles", "src/epi/disease/rubella.py"),
        measles_rubella="epi.disease.rubella:GermanMeasles",
    ),
    package(
        "a function that was registered by hand moves with its file",
        move(SCO, "src/epi/scores.py"),
        weekly_score="epi.scores:weekly_score",
    ),
    package(
        "a function that was registered by hand moves to another file",
        carry(SCO, "weekly_score", "src/epi/reading.py"),
        weekly_score="epi.reading:weekly_score",
    ),
    package(
        "models move to a file with other names in it",
        carry(MEA, "Measles", "src/epi/models.py"),
        carry(MEA, "Rubella", "src/epi/models.py"),
        sub("src/epi/models.py", "from ..names", "from .names"),
        drop(MEA),
        measles_measles="epi.models:Measles",
        measles_rubella="epi.models:Rubella",
    ),
)

NEAR_MISSES = (
    school(
        "one deleted and an unlike one added in the file",
        cut(DEA, "deaths_target"),
        append(DEA, UNRELATED),
        deaths_target=GONE,
    ),
    school(
        "a model deleted and an unlike one added in the file",
        cut(SIR, "SIR"),
        append(SIR, UNRELATED_MODEL),
        sir_sir=GONE,
    ),
    school(
        "one deleted and an unlike one of its name added elsewhere",
        drop(DEA),
        put(
            "targets/more.py", HEAD + "\n" + UNRELATED.replace("household_target", "deaths_target")
        ),
        deaths_target=GONE,
    ),
    school(
        "a file deleted and an unlike one added",
        drop(DEA),
        put("targets/more.py", HEAD + "\n" + UNRELATED),
        deaths_target=GONE,
    ),
    school(
        "a model's file deleted and an unlike one added",
        drop(SIR),
        put("models/vaccine.py", f"import modelops_calabaria as cb\n\n\n{UNRELATED_MODEL}"),
        sir_sir=GONE,
    ),
    school("a file deleted", drop(DEA), deaths_target=GONE),
    school("one of three deleted", cut(SUR, "region_survey"), region_survey=GONE),
    school(
        "a file of three deleted",
        drop(SUR),
        age_survey=GONE,
        region_survey=GONE,
        clinic_survey=GONE,
    ),
    school(
        "two targets of a file exchange their names",
        swap(INC, "incidence_target", "annealed_target"),
    ),
    school(
        "unlike targets of a file exchange their names", swap(SUR, "age_survey", "region_survey")
    ),
    school(
        "two exchange their names and one is edited",
        swap(SUR, "age_survey", "region_survey"),
        sub(SUR, "< 30", "< 40"),
    ),
    package("two models of a file exchange their names", swap(MEA, "Measles", "Rubella")),
    school(
        "three names go round in a circle",
        name("age_survey", "x_survey", SUR),
        name("clinic_survey", "age_survey", SUR),
        name("region_survey", "clinic_survey", SUR),
        name("x_survey", "region_survey", SUR),
    ),
    school(
        "split in two equal halves",
        double(DEA, "deaths_target", "deaths_north"),
        double(DEA, "deaths_target", "deaths_south"),
        cut(DEA, "deaths_target"),
        deaths_target=DECIDE,
    ),
    school(
        "split in two that differ a little",
        double(DEA, "deaths_target", "deaths_north"),
        sub(DEA, 'by="week"', 'by="north"'),
        double(DEA, "deaths_target", "deaths_south"),
        sub(DEA, 'sort("week")', 'sort("south")'),
        cut(DEA, "deaths_target"),
        deaths_target=DECIDE,
    ),
    school(
        "split over two files",
        double(DEA, "deaths_target", "deaths_north"),
        double(DEA, "deaths_target", "deaths_south"),
        cut(DEA, "deaths_target"),
        carry(DEA, "deaths_south", "targets/south.py"),
        sub("targets/south.py", '"week"', '"south"'),
        sub(DEA, '"week"', '"north"'),
        deaths_target=DECIDE,
    ),
    school(
        "two merged into a new one",
        cut(INC, "annealed_target"),
        name("incidence_target", "both_targets", INC),
        sub(
            INC,
            'evaluator=mean_signal_mse(col="cases")',
            'evaluator=mean_signal_mse(col="cases") + annealed_mse(col="cases", weight=0.5)',
        ),
        incidence_target=DECIDE,
        annealed_target=DECIDE,
    ),
    school(
        "one merged into the other, which stays",
        cut(INC, "annealed_target"),
        sub(
            INC,
            'evaluator=mean_signal_mse(col="cases")',
            'evaluator=mean_signal_mse(col="cases") + annealed_mse(col="cases", weight=0.5)',
        ),
        annealed_target=GONE,
    ),
    school(
        "three merged into one that is like none",
        cut(SUR, "age_survey"),
        cut(SUR, "region_survey"),
        cut(SUR, "clinic_survey"),
        append(SUR, UNRELATED),
        age_survey=GONE,
        region_survey=GONE,
        clinic_survey=GONE,
    ),
    school("copied within the file", double(DEA, "deaths_target", "deaths_target_v2")),
    school("copied to another file", copy(DEA, "targets/deaths_v2.py")),
    school(
        "copied, and the original edited",
        double(DEA, "deaths_target", "deaths_target_v2"),
        sub(
            DEA,
            'def deaths_target(data_paths):\n    """Weekly deaths, with gaps filled."""\n',
            'def deaths_target(data_paths):\n    print("new")\n',
        ),
    ),
    school(
        "one deleted, its body given to another that is registered",
        cut(DEA, "deaths_target"),
        cut(INC, "annealed_target"),
        append(
            INC,
            '@cb.calibration_target(model_output="deaths", data={"observed": "data/deaths.csv"})\n'
            'def annealed_target(data_paths):\n    """Weekly deaths, with gaps filled."""\n'
            '    table = tidy(pl.read_csv(data_paths["observed"]), by="week")\n'
            '    weekly = table.group_by("week").agg(pl.col("deaths").sum()).sort("week")\n'
            '    return LossTarget(\n        name="deaths",\n        model_output="deaths",\n'
            "        data=weekly,\n"
            '        alignment=JoinAlignment(on_cols="week", mode="interpolate"),\n'
            '        evaluator=mean_signal_mse(col="deaths"),\n    )\n',
        ),
        deaths_target=GONE,
    ),
    school(
        "the one deleted and a copy of the other added",
        cut(INC, "annealed_target"),
        double(INC, "incidence_target", "median_target"),
        sub(INC, 'name="incidence",', 'name="median",'),
        annealed_target=DECIDE,
    ),
    school(
        "two deleted and one added that is like both",
        cut(INC, "annealed_target"),
        double(INC, "incidence_target", "median_target"),
        cut(INC, "incidence_target"),
        sub(INC, "mean_signal_mse(col", "median_mse(col"),
        incidence_target=DECIDE,
        annealed_target=DECIDE,
    ),
    school(
        "a model deleted that has the base of another",
        drop(SIR),
        sir_sir=GONE,
    ),
    school(
        "a model deleted beside one that is excluded",
        cut(SEIR, "SEIR"),
        sub(SEIR, "class DebugSEIR(SEIR):", "class DebugSEIR(EpiModel):"),
        seir_seir=GONE,
    ),
    school(
        "a target becomes a model of its name",
        cut(DEA, "deaths_target"),
        append(DEA, UNRELATED_MODEL.replace("Vaccine", "deaths_target")),
        # The name is still there; that no convention finds it is a warning of its own.
        deaths_target="targets.deaths:deaths_target",
    ),
    school(
        "a target is turned into comments",
        sub(DEA, "@cb.calibration_target", "# @cb.calibration_target"),
        cut(DEA, "deaths_target"),
        deaths_target=GONE,
    ),
    school(
        "a target loses its decorator and its name",
        sub(
            DEA,
            '@cb.calibration_target(model_output="deaths", data={"observed": "data/deaths.csv"})\n',
            "",
        ),
        name("deaths_target", "_weekly", DEA),
        deaths_target=DECIDE,
    ),
    school("only the base is renamed", name("EpiModel", "CompartmentModel")),
    school(
        "only the base moves",
        move(BASE, "models/abstract.py"),
        name("models.base", "models.abstract"),
    ),
    school(
        "only a helper moves",
        move("lib/contacts.py", "lib/mixing.py"),
        name("lib.contacts", "lib.mixing"),
    ),
    school("only comments and blank lines", sub(INC, "CASES = ", "# what was seen\n\nCASES = ")),
    school("the targets of a file change places", carry(INC, "incidence_target", INC)),
    school(
        "a target moves under a condition",
        sub(INC, "CASES = ", "if pl:\n    pass\nCASES = "),
    ),
    package(
        "a function that was registered by hand is deleted, others stay",
        cut(SCO, "weekly_score"),
        weekly_score=GONE,
    ),
    package(
        "a model and a target are deleted, unlike ones take their places",
        cut(MEA, "Rubella"),
        append(MEA, UNRELATED_MODEL.replace("cb.", "")),
        cut(OUT, "final_size"),
        append(OUT, UNRELATED.replace("cb.", "")),
        measles_rubella=GONE,
        final_size=GONE,
    ),
    package(
        "one deleted here, an unlike one of its name added there",
        cut(MEA, "Rubella"),
        put(
            "src/epi/disease/rubella.py",
            "import modelops_calabaria as cb\n\n\n" + UNRELATED_MODEL.replace("Vaccine", "Rubella"),
        ),
        measles_rubella=GONE,
    ),
)

LABELS = (*RENAMES, *MOVES, *NEAR_MISSES)
