"""A small real project on disk, and the program run in it as a shell would run it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from modelops_bundle.cli.app import main

MODEL = """\
import modelops_calabaria as cb
from lib.network import contacts


class StarsimSIR(cb.BaseModel):
    PARAMS = (cb.ParameterSpec("beta", 0.0, 1.0, 0.3),)

    @cb.model_output("incidence")
    def incidence(self, raw, seed):
        return contacts(raw)
"""
TARGETS = """\
import modelops_calabaria as cb


@cb.calibration_target(model_output="incidence", data={"observed": "data/observed.csv"})
def incidence_target(data_paths):
    return data_paths["observed"]


@cb.calibration_target(model_output="incidence", data={"observed": "data/observed.csv"})
def incidence_annealed_target(data_paths):
    return [data_paths["observed"]]
"""
FILES = {
    "pyproject.toml": (
        '[project]\nname = "sir"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
        'dependencies = ["modelops-calabaria"]\n'
    ),
    "models/__init__.py": "",
    "models/sir.py": MODEL,
    "lib/__init__.py": "",
    "lib/network.py": "from lib.rates import RATE\n\n\ndef contacts(x):\n    return RATE * x\n",
    "lib/rates.py": "RATE = 2.0\n",
    "targets/__init__.py": "",
    "targets/incidence.py": TARGETS,
    "data/observed.csv": "day,in_bed\n1,3\n2,8\n",
}


@dataclass(frozen=True)
class Shown:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document on stdout, and nothing else there."""
        return json.loads(self.out)


class Shell:
    """Runs commands in a project, in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def __call__(self, *arguments: str, folder: Path | None = None) -> Shown:
        before = Path.cwd()
        os.chdir(folder or self.root)
        self._capsys.readouterr()
        try:
            code = main(list(arguments))
        finally:
            os.chdir(before)
        shown = self._capsys.readouterr()
        return Shown(code, shown.out, shown.err)

    def json(self, *arguments: str, folder: Path | None = None) -> Any:
        """The document that a command prints under `--json`."""
        shown = self(*arguments, "--json", folder=folder)
        assert shown.err == "" or not shown.err.startswith("error")
        return shown.document

    def ok(self, *arguments: str) -> Shown:
        """Run a command that must succeed."""
        shown = self(*arguments)
        assert shown.code == 0, (arguments, shown)
        return shown

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that is in a file."""
        text = self.read(path)
        assert old in text, (path, old)
        self.write(path, text.replace(old, new))

    def read(self, path: str) -> str:
        """A file of the project."""
        return (self.root / path).read_text(encoding="utf-8")

    @property
    def registry(self) -> str:
        """The registry's text."""
        return self.read(".modelops-bundle/registry.yaml")


def make_project(shell: Shell, files: dict[str, str] | None = None) -> None:
    """Write the files and make a project of them."""
    for path, text in (FILES if files is None else files).items():
        shell.write(path, text)
    shell.ok("init", "--name", "sir")


def register_all(shell: Shell, sets: Sequence[str] = ("fit",)) -> None:
    """Register everything, and put both targets into target sets."""
    shell.ok("register-model", "models/sir.py")
    shell.ok("register-target", "targets/incidence.py")
    for name in sets:
        shell.ok(
            "target-set",
            "set",
            name,
            "--target",
            "incidence_target",
            "--weight",
            "incidence_target=2",
        )
