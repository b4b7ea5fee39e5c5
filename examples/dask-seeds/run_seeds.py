"""Runs a published model over seeds on several processes, and says of each result what made it.

    python run_seeds.py REF [--seeds N] [--workers N]

REF is a full reference of a bundle of examples/plain-decay: URL@sha256:... or URL:tag. Each
process imports the model from the bundle, which is fetched once for all of them. Prints one line
of JSON for each seed.
"""

from __future__ import annotations

import argparse
import json
import random

from distributed import Client, LocalCluster

from modelops_bundle.dask import BundlePlugin, worker_bundle

ENTRY = "model:sample_decayingsample"
ENTRYPOINT = "decay.sample:DecayingSample"


def run_seed(seed: int) -> dict[str, object]:
    """One run, on a worker: parameters drawn from the seed, and the activity on the last day."""
    from wire import wire  # the bundle's

    draw = random.Random(seed)
    parameters = {
        "initial_bq": draw.uniform(900.0, 1100.0),
        "half_life_days": draw.gauss(8.02, 0.05),
    }
    day, activity_bq = json.loads(wire(ENTRYPOINT, parameters, seed)["activity"])[-1]
    result = {"seed": seed, "day": day, "activity_bq": round(activity_bq, 3)}
    return {**result, **worker_bundle().tags(ENTRY)}


def main() -> None:
    """Start the workers, give them the bundle, and gather what they say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ref")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache-dir", help="on each host; by default the user's")
    asked = parser.parse_args()
    cluster = LocalCluster(
        n_workers=asked.workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    )
    with cluster, Client(cluster) as client:
        client.register_plugin(BundlePlugin(asked.ref, cache_dir=asked.cache_dir))
        for result in client.gather(client.map(run_seed, range(asked.seeds))):
            print(json.dumps(result))


if __name__ == "__main__":
    main()
