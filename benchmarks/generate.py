"""Generate a project of a given size: N data files, 50 entries, tracked.txt, and a git history.

Run as a script it prints the folder's size. Equal arguments give equal bytes.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from pathlib import Path

MODEL = '''\
"""Model {number}."""

from __future__ import annotations

import modelops_calabaria as cb

from lib.helper_{helper:03d} import rate


class Model{number:03d}(cb.BaseModel):
    """One of many."""

    PARAMS = cb.ParameterSpace(
        (cb.ParameterSpec("beta", 0.0, 1.0), cb.ParameterSpec("dur_inf", 1.0, 20.0))
    )

    @cb.model_scenario("lockdown")
    def lockdown(self):
        """Half the contacts."""
        return cb.ScenarioSpec("lockdown", param_patches={{"beta": 0.1}})

    @cb.model_output("incidence_{number:03d}")
    def incidence(self, raw, seed):
        """New cases, scaled."""
        return rate(raw)

    @cb.model_output("prevalence_{number:03d}")
    def prevalence(self, raw, seed):
        """Cases."""
        return raw
'''

TARGET = '''\
"""Target {number}."""

from __future__ import annotations

import modelops_calabaria as cb
from modelops_calabaria.core.target import LossTarget

from lib.helper_{helper:03d} import rate


@cb.calibration_target(
    model_output="incidence_{number:03d}", data={{"observed": "{data}"}}
)
def incidence_{number:03d}_target(data_paths):
    """Distance to the observations."""
    return LossTarget(
        name="incidence_{number:03d}",
        model_output="incidence_{number:03d}",
        data=rate(data_paths["observed"]),
    )
'''

HELPER = '''\
"""Helper {number}."""

from __future__ import annotations

from .constants import SCALE


def rate(value):
    """Scale a value."""
    return value * SCALE + {number}
'''

PYPROJECT = """\
[project]
name = "generated"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["modelops-calabaria"]
"""


def generate(
    folder: Path, *, files: int, size_bytes: int = 50 * 1024, entries: int = 50, seed: int = 1978
) -> None:
    """Write the project's files; registers nothing.

    Args:
        folder: Created; must not exist.
        files: How many data files, all of them listed in tracked.txt. Folders hold 500 each.
        size_bytes: Size of each data file.
        entries: How many models and targets together; every two share one of `entries` helpers.
        seed: Of the data files' bytes.
    """
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    data = [f"data/part_{number // 500:03d}/file_{number:06d}.bin" for number in range(files)]
    for path in data:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(chance.randbytes(size_bytes))
    pairs = entries // 2
    sources = {
        "models/__init__.py": "",
        "targets/__init__.py": "",
        "lib/__init__.py": "",
        "lib/constants.py": '"""Constants."""\n\nSCALE = 2.0\n',
        "pyproject.toml": PYPROJECT,
    }
    for number in range(pairs):
        observed = data[number * max(1, files // pairs) % files]
        sources[f"models/model_{number:03d}.py"] = MODEL.format(number=number, helper=number)
        sources[f"targets/target_{number:03d}.py"] = TARGET.format(
            number=number, helper=number, data=observed
        )
        sources[f"lib/helper_{number:03d}.py"] = HELPER.format(number=number)
    sources[".modelops-bundle/tracked.txt"] = "".join(f"{path}\n" for path in data)
    for path, text in sources.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def register(folder: Path, remote: str) -> None:
    """Initialise the project and register all models and targets, through the program itself."""
    program = [sys.executable, "-m", "modelops_bundle", "-C", str(folder)]
    models = sorted(path.relative_to(folder) for path in folder.glob("models/model_*.py"))
    targets = sorted(path.relative_to(folder) for path in folder.glob("targets/target_*.py"))
    for arguments in (
        ["init", "--name", "generated", "--remote", remote],
        ["register-model", *map(str, models)],
        ["register-target", *map(str, targets)],
    ):
        subprocess.run([*program, *arguments], check=True, stdout=subprocess.DEVNULL)


def commit(folder: Path) -> None:
    """Put everything under git, so that `git status` can be timed beside.

    Compression is off: it would cost minutes and takes no part in `git status`.
    """
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    git += ["-c", "core.compression=0", "-c", "gc.auto=0"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "generated"]):
        subprocess.run([*git, *arguments], check=True)


def main() -> None:
    """Generate one project from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--size", type=int, default=50 * 1024, help="bytes of each data file")
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--remote", help="register the entries, with this remote")
    parser.add_argument("--git", action="store_true", help="commit everything to git")
    args = parser.parse_args()
    generate(args.folder, files=args.files, size_bytes=args.size, entries=args.entries)
    if args.remote:
        register(args.folder, args.remote)
    if args.git:
        commit(args.folder)


if __name__ == "__main__":
    main()
