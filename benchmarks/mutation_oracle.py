"""Random edits of real projects through observe, plan and sync, judged by other means; one table.

    python benchmarks/mutation_oracle.py                     200 edits of each project
    python benchmarks/mutation_oracle.py --edits 20 --seed 7 --only simpy
    python benchmarks/mutation_oracle.py --repositories DIR  also the public examples in DIR

The projects are the two examples, and projects as a user would write them around public packages
that lie beside the user's files as local code (`benchmarks/oracle_environment.py` gets them).
DIR holds git repositories called `owner+name/repo` or `name`; those that are not there are left
out. Projects with many sources get a quarter of the edits. Every edit is judged by `ast.dump`, by
the bytes of data, by what `modulefinder` reaches and by what importing the entries really loads;
every fifth plan is made again without caches.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from oracle_environment import OracleEnvironment, oracle_environment

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from modelops_bundle.core.registry import Kind
from modelops_bundle.operations.observe import observe
from modelops_bundle.operations.register import RegisterRequest, register
from modelops_bundle.operations.scaffold import init
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.operations.target_sets import set_target_set
from modelops_bundle.workspace.project import find_project
from support.mutation_play import Player, Record, entries_of
from support.scenarios import copy_example

ROOT = Path(__file__).resolve().parents[1]
MODEL = '''\
"""A model around {package}."""

from __future__ import annotations

from typing import TYPE_CHECKING

import modelops_calabaria as cb
{imports}
from lib.population import SIZE, households

if TYPE_CHECKING:
    from lib.types import Params

DAYS = 30


class {name}(cb.BaseModel):
    """Runs {package} once for each seed."""

    PARAMS = cb.ParameterSpace((cb.ParameterSpec("beta", 0.0, 1.0),))

    def run(self, params: Params, seed: int) -> dict:
        """One run."""
        return {{"cases": [params["beta"] * n for n in households(SIZE)], "days": DAYS}}

    @cb.model_output("incidence")
    def incidence(self, raw: dict, seed: int) -> dict:
        return raw["cases"]

    @cb.model_output("days")
    def days(self, raw: dict, seed: int) -> int:
        return raw["days"]


class {name}Fast({name}):
    """The same with fewer days."""

    def run(self, params: Params, seed: int) -> dict:
        from lib.shortcuts import shorten

        return shorten(super().run(params, seed))
'''
TARGETS = '''\
"""What was observed."""

import modelops_calabaria as cb
from modelops_calabaria.core.target import LossTarget

from lib.reading import rows

CASES = "data/cases.csv"


@cb.calibration_target(model_output="incidence", data={"observed": CASES})
def cases_target(data_paths):
    """Sum of squares."""
    return LossTarget(name="cases", model_output="incidence", data=rows(data_paths["observed"]))


@cb.calibration_target(model_output="incidence", data={"observed": CASES})
def peak_target(data_paths):
    """The highest day only."""
    observed = rows(data_paths["observed"])
    top = max(int(row["cases"]) for row in observed)
    return LossTarget(name="peak", model_output="incidence", data=top, weight=0.5)


@cb.calibration_target(model_output="days", data={"observed": "data/days.csv"})
def length_target(data_paths):
    return LossTarget(name="length", model_output="days", data=len(rows(data_paths["observed"])))
'''
FILES = {
    "pyproject.toml": (
        '[project]\nname = "user"\nversion = "0.1"\nrequires-python = ">=3.11"\n'
        'dependencies = ["modelops-calabaria"]\n'
    ),
    "README.md": "# A study\n",
    "models/__init__.py": "",
    "targets/__init__.py": '"""Targets."""\n',
    "targets/cases.py": TARGETS,
    "lib/__init__.py": "",
    "lib/population.py": (
        '"""Who lives where."""\n\nfrom lib.constants import MEAN\n\nSIZE = 100\n\n\n'
        "def households(size):\n    return [MEAN * n for n in range(size)]\n"
    ),
    "lib/constants.py": "MEAN = 2.4\nUNUSED = 'nothing'\n",
    "lib/shortcuts.py": (
        "from .constants import MEAN\n\n\ndef shorten(raw):\n"
        "    return {**raw, 'days': int(raw['days'] // MEAN)}\n"
    ),
    "lib/types.py": "Params = dict\n",
    "lib/reading.py": (
        "import csv\n\n\ndef rows(path):\n    with open(path) as stream:\n"
        "        return list(csv.DictReader(stream))\n"
    ),
    "lib/plots.py": "def plot(table):\n    return table\n",
    "data/cases.csv": "day,cases\n1,3\n2,8\n",
    "data/days.csv": "day\n1\n2\n",
    "data/other.csv": "a\n1\n",
}

#: Projects with more sources than this get fewer edits.
LARGE = 60

#: Package, what a user's model imports of it, and which packages lie beside it.
VENDORED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("starsim", "import starsim as ss", ("starsim",)),
    ("stisim", "import stisim as sti", ("stisim", "starsim")),
    ("covasim", "import covasim as cv", ("covasim",)),
    ("mesa", "import mesa\nfrom mesa.discrete_space import OrthogonalMooreGrid", ("mesa",)),
    ("simpy", "import simpy\nfrom simpy.resources import store", ("simpy",)),
    ("SALib", "from SALib.analyze import sobol\nfrom SALib.sample import saltelli", ("SALib",)),
    ("emcee", "import emcee", ("emcee",)),
)
#: Repository, folder in it, and what to register: kind and file.
PUBLIC: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "InstituteforDiseaseModeling+modelops-calabaria",
        "examples/epi_models",
        (("model", "src/models/seir.py"), ("model", "src/models/seir_age.py")),
    ),
    (
        "InstituteforDiseaseModeling+modelops",
        "examples/starsim-sir",
        (("model", "models/sir.py"), ("target", "targets/incidence.py")),
    ),
    (
        "InstituteforDiseaseModeling+modelops",
        "examples/simulation-workflow",
        (("model", "models/seir.py"), ("target", "targets/prevalence.py")),
    ),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A project in sync, and what goes on `sys.path`."""

    name: str
    root: Path
    roots: tuple[str, ...] = (".",)
    loaded: dict[str, frozenset[str]] = field(default_factory=dict)


def main() -> int:
    """Play and print; 1 if anything was said that is not so."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--edits", type=int, default=200, help="of each project")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="projects whose name has this word")
    parser.add_argument("--repositories", type=Path, help="where public repositories are")
    args = parser.parse_args()
    print(f"{'project':<44}{'edits':>7}{'checks':>8}{'cpu s':>7}  wrong")
    total, judged, wrong, projects = 0, Counter[str](), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for subject in subjects(Path(folder), args.only, args.repositories):
            started = time.process_time()
            place = Path(folder) / "playground"
            place.mkdir(exist_ok=True)
            player = Player(
                subject.name,
                subject.root,
                place,
                seed=args.seed,
                roots=subject.roots,
                loaded=subject.loaded,
            )
            large = sum(1 for _ in subject.root.rglob("*.py")) > LARGE
            record = player.play(args.edits // 4 if large else args.edits)
            spent = time.process_time() - started
            checks = sum(record.judged.values())
            figures = f"{record.edits:>7}{checks:>8}{spent:>7.1f}  {len(record.complaints)}"
            print(f"{subject.name:<44}{figures}", flush=True)
            show(record)
            total, wrong, projects = (
                total + record.edits,
                wrong + len(record.complaints),
                projects + 1,
            )
            judged += record.judged
    print(f"\n{total} edits of {projects} projects, {wrong} wrong")
    print("verdicts that had to be: " + ", ".join(f"{k} {n}" for k, n in judged.most_common()))
    return int(wrong > 0)


def show(record: Record) -> None:
    """Every complaint, with the edits that led to it."""
    for one in record.complaints:
        print(f"    {one.number} {one.edit} of {one.where}: {one.entry} {one.problem}")
        print(f"        after {', '.join(one.before) or 'nothing'}", flush=True)


def subjects(folder: Path, only: str, repositories: Path | None) -> Iterator[Subject]:
    """Every project whose name fits, made when it is asked for."""
    for name in ("starsim-sir", "plain-decay"):
        if only in name:
            yield Subject(name, copy_example(name, folder / name))
    wanted = [row for row in VENDORED if only in f"user of {row[0]}"]
    if wanted:
        environment = oracle_environment()
        for package, imports, beside in wanted:
            yield vendored(folder / f"user-{package}", package, imports, beside, environment)
    for repository, path, registered in PUBLIC:
        name = f"{repository.partition('+')[2]}/{path}"
        if only in name:
            made = public(
                folder / name.replace("/", "-"), name, repository, path, registered, repositories
            )
            if made is not None:
                yield made


def vendored(
    root: Path, package: str, imports: str, beside: tuple[str, ...], environment: OracleEnvironment
) -> Subject:
    """A user's project with public packages beside it as local code."""
    name = package.capitalize()
    model = MODEL.format(package=package, imports=imports, name=name)
    for path, text in {**FILES, f"models/{package.lower()}_model.py": model}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for one in beside:
        source = environment.package(one)
        left_out = shutil.ignore_patterns("__pycache__", "*.so", "tests", "*.png", "*.gz", "*.obj")
        shutil.copytree(source, root / one, ignore=left_out)
    model_path = f"models/{package.lower()}_model.py"
    registered = (("model", model_path), ("target", "targets/cases.py"))
    prepare(root, registered)
    return Subject(f"user of {package}", root, (".",), really_loaded(root, environment))


def public(
    root: Path,
    name: str,
    repository: str,
    path: str,
    registered: tuple[tuple[str, str], ...],
    repositories: Path | None,
) -> Subject | None:
    """An example of a public repository; None where the repository is not there."""
    places = (
        ()
        if repositories is None
        else (
            repositories / repository / "repo",
            repositories / repository.partition("+")[2],
        )
    )
    git = next((place for place in places if place.exists()), None)
    if git is None:
        print(f"{name:<44}   left out: no repository")
        return None
    archive = subprocess.run(
        ["git", "-C", git, "archive", f"HEAD:{path}"], capture_output=True, check=True
    )
    root.mkdir(parents=True)
    subprocess.run(["tar", "-x"], cwd=root, input=archive.stdout, check=True)
    prepare(root, registered)
    return Subject(name, root, tuple(observe(find_project(root)).record.source_roots))


def prepare(root: Path, registered: tuple[tuple[str, str], ...]) -> None:
    """Make a project of a folder: registered, with a target set, in sync."""
    init(root, name=root.name, remote=f"layout:{root}/../store")
    project = find_project(root)
    for kind, path in registered:
        register(project, RegisterRequest(kind=Kind(kind), files=(path,), base=root))
    for path in {path for entry in entries_of(root) for path in entry.data}:
        # Public examples make their data by a script.
        if not (root / path).exists():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text("day,infected\n1,3\n2,8\n", encoding="utf-8")
    targets = [key.id for key, _ in observe(project).record.entries() if key.kind is Kind.TARGET]
    if targets:
        set_target_set(project, "all", targets, dict.fromkeys(targets[:1], 2.0))
    outcome = sync(project, SyncRequest())
    if not outcome.plan.result or outcome.refused is not None:
        raise RuntimeError(f"{root}: cannot be registered: {outcome.refused}")


PROBE = """
import importlib, json, os, sys
root, tests, module = sys.argv[1:]
sys.dont_write_bytecode = True
sys.path[:0] = [root, tests]
from support.calabaria import install
install()
importlib.import_module(module)
files = [getattr(m, "__file__", None) or "" for m in list(sys.modules.values())]
ours = (os.path.relpath(file, root) for file in files if file.startswith(root + os.sep))
print("\\n" + json.dumps(sorted(ours)))
"""


def really_loaded(root: Path, environment: OracleEnvironment) -> dict[str, frozenset[str]]:
    """What importing each entry's file loads of the project, where it can be imported."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted({entry.path for entry in entries_of(root)}):
        module = path.removesuffix(".py").replace("/", ".")
        done = subprocess.run(
            [environment.python, "-c", PROBE, root, ROOT / "tests", module],
            capture_output=True,
            text=True,
            check=False,
            cwd=root,
        )
        if done.returncode:
            print(f"    {path} cannot be imported: {done.stderr.strip().splitlines()[-1][:110]}")
            continue
        files = frozenset(json.loads(done.stdout.splitlines()[-1]))
        found[path] = frozenset(f for f in files if f.endswith(".py"))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
