"""The example of a distributed run: a published model on several processes, from a registry."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from modelops_bundle.codec.registry_yaml import decode
from support.registry_server import running_registry

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SEEDS = 5


def test_every_seed_gives_what_a_run_here_gives_and_says_what_made_it(tmp_path: Path) -> None:
    project = tmp_path / "decay"
    shutil.copytree(EXAMPLES / "plain-decay", project, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    with running_registry(tmp_path / "registry") as server:
        url = server.url()
        pushed = subprocess.run(
            [sys.executable, "-m", "modelops_bundle", "-C", project, "push", "--remote", url],
            capture_output=True,
            text=True,
            env=environment,
            check=True,
        )
        digest = pushed.stdout.split()[-1]
        script = EXAMPLES / "dask-seeds" / "run_seeds.py"
        done = subprocess.run(
            [sys.executable, script, f"{url}@{digest}", "--seeds", str(SEEDS), "--workers", "3",
             "--cache-dir", tmp_path / "cache"],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    record = decode((project / ".modelops-bundle" / "registry.yaml").read_bytes())
    behavior = record.models["sample_decayingsample"].behavior_digest
    assert [result["seed"] for result in results] == list(range(SEEDS))
    for result in results:
        draw = random.Random(result["seed"])
        initial_bq, half_life_days = draw.uniform(900.0, 1100.0), draw.gauss(8.02, 0.05)
        assert abs(result["activity_bq"] - initial_bq * 0.5 ** (30 / half_life_days)) < 0.001
        assert (result["bundle"], result["behavior"]) == (digest, behavior)
    assert [path.name for path in (tmp_path / "cache" / "records").iterdir()] == [
        f"{digest.removeprefix('sha256:')}.json"
    ]
