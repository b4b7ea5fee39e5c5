"""Time the analysis of a project beside `ast.parse` and SHA-256 of the same files; print tables.

    python benchmarks/analysis.py                  starsim, from the environment of the oracles
    python benchmarks/analysis.py path/to/package
    python benchmarks/analysis.py --growth         generated projects of 1, 2, 4 and 8 times a size

The package is laid out in a project with a model and three targets that use it. Every figure is
the median of fresh processes that take turns, so that a busy machine slows all of them alike.
"cold" is without the program's own cache; the operating system's is warm throughout. What counts
is the ratio to the yardstick: parsing and hashing, and nothing else, in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from measure import PROGRAM, run

HERE = Path(__file__).parent

MODEL = '''\
"""A model of {package}."""

import modelops_calabaria as cb
import {package} as kit


class Part({base}):
    """Part of it."""


class Model(cb.BaseModel):
    """What is registered."""

    PARAMS = cb.ParameterSpace((cb.ParameterSpec("beta", 0.0, 1.0),))

    def build_sim(self, params, config):
        return kit.Sim(Part(**params))

    @cb.model_output("incidence")
    def incidence(self, raw, seed):
        return raw
'''
TARGET = '''\
"""Target {number}."""

import modelops_calabaria as cb

from models.model import Model


@cb.calibration_target(model_output="incidence", data={{"observed": "data/observed.csv"}})
def target_{number}(data_paths):
    return cb.Target(name="target_{number}", model_output="incidence")
'''


@dataclass(frozen=True, slots=True)
class Probe:
    """What one process measured of itself.

    Attributes:
        compiled: How often it parsed source.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    compiled: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("package", type=Path, nargs="?")
    parser.add_argument("--base", help="what a class of the project derives from")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--size", type=int, default=100, help="modules of the smallest project")
    args = parser.parse_args()
    # As where people work: modules are compiled once, not for every command.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, median of {args.runs}\n")
    with tempfile.TemporaryDirectory() as folder:
        if args.growth:
            growth(Path(folder), args.size, args.runs)
            return
        package, base = args.package, args.base or "object"
        if package is None:
            from oracle_environment import oracle_environment

            package, base = oracle_environment().package("starsim"), args.base or "kit.SIR"
        project = lay_out(Path(folder) / "project", package, base)
        compare(project, args.runs)


def lay_out(project: Path, package: Path, base: str) -> Path:
    """Make a project around a copy of a package, with its entries registered."""
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(package, project / package.name, ignore=ignore)
    sources = {"models/model.py": MODEL.format(package=package.name, base=base)}
    for number in range(3):
        sources[f"targets/target_{number}.py"] = TARGET.format(number=number)
    sources |= {"data/observed.csv": "day,cases\n", "pyproject.toml": "[project]\nname = 'p'\n"}
    register(project, sources)
    return project


def register(project: Path, sources: dict[str, str]) -> None:
    """Write the project's own files and register the models and targets among them."""
    for path, text in sources.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    models = [path for path in sources if path.startswith("models/")]
    targets = [path for path in sources if path.startswith("targets/")]
    commands = [["init", "--remote", f"layout:{project.parent / 'store'}"]]
    commands += [["register-model", *models], ["register-target", *targets]]
    for arguments in (command for command in commands if len(command) > 1):
        command = [*PROGRAM, "-C", str(project), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


PROBES = {
    "parse and hash (the yardstick)": "yardstick",
    "cold, all processors": "cold",
    "cold, one process": "single",
    "warm, from what is known of files": "memo",
    "one file edited": "edited",
    "warm, from the whole result": "warm",
}


def compare(project: Path, runs: int) -> None:
    """Print the table of a project."""
    measured: dict[str, list[Probe]] = {name: [] for name in PROBES.values()}
    for _ in range(runs):
        for name in PROBES.values():
            measured[name].append(probe(name, project))
    sources = list(project.rglob("*.py"))
    size_bytes = sum(path.stat().st_size for path in sources)
    print(f"{len(sources)} files, {size_bytes / 1e6:.2f} MB")
    print(f"{'':<36}{'ms':>8} {'ratio':>6} {'cpu ms':>8} {'ratio':>6} {'peak MB':>8} {'parsed':>7}")
    yard = measured["yardstick"]
    for title, name in PROBES.items():
        found = measured[name]
        wall, cpu = median(p.seconds for p in found), median(p.cpu_seconds for p in found)
        ratio = wall / median(p.seconds for p in yard)
        cpu_ratio = cpu / median(p.cpu_seconds for p in yard)
        peak = max(p.peak_bytes for p in found) / 1e6
        print(
            f"{title:<36}{wall * 1000:>8.1f} {ratio:>6.2f} {cpu * 1000:>8.1f} {cpu_ratio:>6.2f}"
            f" {peak:>8.1f} {found[0].compiled:>7}"
        )
    print("\nparts, in one process, as shares of the yardstick")
    shares = [json.loads(_probe_output("parts", project)) for _ in range(max(3, runs // 3))]
    for part in shares[0]:
        print(f"  {part:<34}{median(one[part] for one in shares):>8.2f}")
    print("\nwhole commands (median wall ms, cpu ms)")
    cache = project / ".modelops-bundle" / "cache"
    edited = project / "models" / "model.py"
    before = {
        "status, cold": lambda: shutil.rmtree(cache, ignore_errors=True),
        "status, one file edited": lambda: edited.write_text(edited.read_text() + "\nX = 1\n"),
        "status, warm": lambda: None,
    }
    for title, prepare in before.items():
        timed = []
        for _ in range(runs):
            prepare()
            timed.append(run([*PROGRAM, "status"], project))
        wall, cpu = median(t.seconds for t in timed), median(t.cpu_seconds for t in timed)
        print(f"  {title:<34}{wall * 1000:>8.1f} {cpu * 1000:>8.1f}")


def probe(name: str, project: Path) -> Probe:
    """Measure one thing in a process of its own."""
    return Probe(**json.loads(_probe_output(name, project)))


def _probe_output(name: str, project: Path) -> str:
    command = [sys.executable, str(HERE / "analysis_probe.py"), name, str(project)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def growth(folder: Path, size: int, runs: int) -> None:
    """Print how time, memory and caches grow with a project, one dimension at a time."""
    print(
        f"{'':<30}{'x':>3} {'cpu ms':>9} {'growth':>7} {'peak MB':>8} {'cache kB':>9} {'growth':>7}"
    )
    for dimension, make in DIMENSIONS.items():
        earlier: tuple[float, float] | None = None
        for times in (1, 2, 4, 8):
            project = folder / f"{dimension.split()[0]}-{times}"
            register(project, make(size, times))
            found = [probe("single", project) for _ in range(min(runs, 3))]
            cpu = median(p.cpu_seconds for p in found)
            cache = project / ".modelops-bundle" / "cache"
            cached = sum(file.stat().st_size for file in cache.glob("result-*"))
            grown = f"{cpu / earlier[0]:>7.2f}" if earlier else f"{'':>7}"
            cache_grown = f"{cached / earlier[1]:>7.2f}" if earlier else f"{'':>7}"
            print(
                f"{dimension:<30}{times:>3} {cpu * 1000:>9.1f} {grown}"
                f" {max(p.peak_bytes for p in found) / 1e6:>8.1f} {cached / 1e3:>9.1f}"
                f" {cache_grown}",
                flush=True,
            )
            earlier = cpu, cached
            shutil.rmtree(project)
        print()


def _entry(number: int, imports: str) -> str:
    return (
        f"import modelops_calabaria as cb\n{imports}\n"
        f"class M{number}(cb.BaseModel):\n"
        "    PARAMS = cb.ParameterSpace((cb.ParameterSpec('beta', 0.0, 1.0),))\n"
        "    @cb.model_output('incidence')\n"
        "    def incidence(self, raw, seed): return raw\n"
    )


def _lib(modules: int, fan_out: int, body: str) -> dict[str, str]:
    found = {"lib/__init__.py": ""}
    for number in range(modules):
        chosen = [(number + step * step + 1) % modules for step in range(fan_out)]
        imports = "".join(f"import lib.m{one}\n" for one in chosen)
        found[f"lib/m{number}.py"] = imports + body.replace("NUMBER", str(number))
    return found


_BODY = "class CNUMBER:\n    def run(self, x): return x + NUMBER\n"


def _modules(size: int, times: int) -> dict[str, str]:
    return _lib(size * times, 10, _BODY) | {"models/m.py": _entry(0, "import lib.m0")}


def _entries(size: int, times: int) -> dict[str, str]:
    count = size // 10 * times
    entries = {f"models/m{n}.py": _entry(n, f"import lib.m{n}") for n in range(count)}
    return _lib(size * times, 10, _BODY) | entries


def _classes(size: int, times: int) -> dict[str, str]:
    derived = "".join(f"class D{n}(C{n}): pass\n" for n in range(size * times))
    classes = "".join(f"class C{n}:\n    x = {n}\n" for n in range(size * times))
    return {"models/m.py": _entry(0, "from lib import *") + derived, "lib.py": classes}


def _functions(size: int, times: int) -> dict[str, str]:
    body = "".join(f"def f{n}(x):\n    return f{n - 1}(x) + {n}\n" for n in range(size * times * 4))
    return {"models/m.py": _entry(0, "from lib import *") + body, "lib.py": body}


def _models(size: int, times: int) -> dict[str, str]:
    count = size // 4 * times
    bases = "".join(
        f"class B{n}(B{n - 1}):\n    @cb.model_output('o{n}')\n    def o{n}(self): pass\n"
        for n in range(1, count)
    )
    return {"models/m.py": _entry(0, "") + "class B0(M0): pass\n" + bases}


DIMENSIONS = {
    "modules, each importing ten": _modules,
    "entries and modules": _entries,
    "classes derived in one file": _classes,
    "functions in two files": _functions,
    "models in a line of bases": _models,
}

if __name__ == "__main__":
    main()
