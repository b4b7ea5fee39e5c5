"""`verify` where a real framework is installed, in an environment of its own (Mesa, numpy, pandas).

`tools/make-frameworks` makes that environment; nothing of this program is in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.project import Shell, make_project
from support.verifying import verified

FRAMEWORKS = Path(__file__).parents[2] / ".frameworks"
PYPROJECT = """\
[project]
name = "outbreak"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["mesa>=3"]

[tool.modelops-bundle.conventions.mesa]
model-bases = ["mesa.Model"]
target-constructors = ["fit.distance.Distance"]
"""
MODEL = """\
import mesa
import numpy as np

from outbreak.boy import Boy


class Outbreak(mesa.Model):
    outputs = ["ill"]

    def __init__(self, boys=50, seed=None):
        super().__init__(rng=seed)
        Boy.create_agents(self, boys, ill=np.arange(boys) < 3)

    def step(self):
        self.agents.shuffle_do("meet")
"""
BOY = """\
import mesa


class Boy(mesa.Agent):
    def __init__(self, model, ill):
        super().__init__(model)
        self.ill = ill

    def meet(self):
        self.ill = self.ill or self.model.random.choice(list(self.model.agents)).ill
"""
TARGET = """\
from pathlib import Path

import pandas as pd

from fit.distance import Distance

DATA = Path(__file__).parent.parent / "data" / "ill.csv"


def daily():
    observed = pd.read_csv(DATA)
    return Distance(model_output="ill", observed=observed["ill"].to_numpy())
"""
DISTANCE = """\
from dataclasses import dataclass


@dataclass
class Distance:
    model_output: str
    observed: object
"""
FILES = {
    "pyproject.toml": PYPROJECT,
    "outbreak/__init__.py": "",
    "outbreak/model.py": MODEL,
    "outbreak/boy.py": BOY,
    "fit/__init__.py": "",
    "fit/daily.py": TARGET,
    "fit/distance.py": DISTANCE,
    "data/ill.csv": "day,ill\n1,3\n2,8\n",
}


@pytest.fixture
def outbreak(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A Mesa model and a target that pandas reads, registered and in sync."""
    if not (FRAMEWORKS / "bin" / "python").exists():
        pytest.skip("no environment with a framework: tools/make-frameworks makes one")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("VIRTUAL_ENV", str(FRAMEWORKS))
    (tmp_path / "outbreak").mkdir()
    shell = Shell(tmp_path / "outbreak", capsys)
    make_project(shell, FILES)
    shell.ok("register-model", "outbreak/model.py")
    shell.ok("register-target", "fit/daily.py", "--data", "data/ill.csv")
    return shell


def one(entries: dict[str, Any], kind: str) -> Any:
    """The only entry of a kind."""
    [entry] = [entry for entry in entries.values() if entry["kind"] == kind]
    return entry


def test_a_model_and_a_target_of_a_real_framework(outbreak: Shell) -> None:
    entries = verified(outbreak, "--call", code=0)
    model, target = one(entries, "model"), one(entries, "target")
    assert model["compared"] == ["class", "outputs", "scenarios"]
    assert [fact["fact"] for fact in model["not_compared"]] == ["parameters"]
    assert target["called"]
    assert target["compared"] == ["function", "model_output"]
    # numpy and pandas are no dependencies of the project's own: Mesa brings them along.
    assert model["notes"] == target["notes"] == []


def test_a_column_that_the_data_lacks_shows_when_the_target_is_called(outbreak: Shell) -> None:
    outbreak.write("data/ill.csv", "day,in_bed\n1,3\n")
    outbreak.ok("sync")
    verified(outbreak, code=0)
    [problem] = one(verified(outbreak, "--call"), "target")["problems"]
    assert (problem["kind"], problem["message"]) == (
        "call-error",
        "calling it raises KeyError: 'ill'",
    )
    assert (problem["path"], problem["line"]) == ("fit/daily.py", 12)
    assert any(frame["path"].startswith("pandas/") for frame in problem["traceback"])


def test_outputs_that_are_decided_when_it_runs(outbreak: Shell) -> None:
    outbreak.edit(
        "outbreak/model.py",
        '    outputs = ["ill"]',
        '    outputs = ["ill"]\n\n    locals()["outputs"].append("well")',
    )
    outbreak.ok("sync")
    entry = one(verified(outbreak), "model")
    assert [problem["message"] for problem in entry["problems"]] == [
        "output 'well' is there when it runs, and not registered"
    ]
