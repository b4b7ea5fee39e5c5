"""The example without a known framework really runs, on the standard library alone."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "plain-decay"
PROGRAM = """
import json
from wire import wire
from checks.activity import activity_target

# As the platform's workers call it (modelops, worker/subprocess_runner.py): by position, for bytes.
sent = wire("decay.sample:DecayingSample", {"initial_bq": 1000.0, "half_life_days": 8.02}, 1)
outputs = {name: json.loads(value.decode()) for name, value in sent.items()}
print(json.dumps({"outputs": outputs, "loss": activity_target().loss(outputs)}))
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    # -I leaves out the environment and installed packages' paths of the user.
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", f"import sys; sys.path.insert(0, '.')\n{program}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_model_decays_with_its_half_life() -> None:
    done = run(PROGRAM)
    assert done.returncode == 0, done.stderr
    outputs = json.loads(done.stdout)["outputs"]
    activity = dict(map(tuple, outputs["activity"]))
    assert activity[0] == 1000
    assert 500 < activity[8] < 502
    assert outputs.keys() == {"activity", "relative_activity"}


def test_the_target_scores_the_law_that_made_its_data_at_rounding_error() -> None:
    assert json.loads(run(PROGRAM).stdout)["loss"] < 0.25


def test_a_parameter_out_of_bounds_is_refused() -> None:
    done = run("from wire import wire; wire('decay.sample:DecayingSample', {'initial_bq': -1}, 1)")
    assert "ValueError" in done.stderr


def test_the_data_say_that_they_are_made_up() -> None:
    with (PROJECT / "data" / "activity.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    assert all(
        float(row["activity_bq"]) == round(1000 * 0.5 ** (float(row["day"]) / 8.02)) for row in rows
    )
    assert "made up" in (PROJECT / "README.md").read_text()
