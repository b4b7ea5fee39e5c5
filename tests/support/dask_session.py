"""A cluster of several processes that is given bundles, as a program that prints what it saw.

`dask_session.py CACHE V1 V2 OTHER MISSING` where the last four are full references. Prints JSON.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster
from distributed.diagnostics.plugin import SchedulerPlugin

from modelops_bundle.dask import BundlePlugin, worker_bundle


def probe() -> dict[str, Any]:
    """What a task on a worker imports."""
    import importlib

    try:
        flu = importlib.import_module("flu")
        deep = importlib.import_module("deep")
    except ModuleNotFoundError as error:
        return {"missing": str(error), "paths": [p for p in sys.path if "/bundles/" in p]}
    bundle = worker_bundle()
    return {"flu": flu.VERSION, "part": flu.PART, "deep": deep.NAME, "digest": bundle.digest}


def bundle_of_worker() -> str:
    """The digest, or why there is none."""
    try:
        return worker_bundle().digest
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def attempt(client: Client, plugin: BundlePlugin) -> str:
    """Register a plugin; what that raises."""
    try:
        client.register_plugin(plugin)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "registered"


def worker_folder(cache: str, reference: str) -> str:
    """Where the bundle of a reference is in a cache."""
    return f"{cache}/bundles/{reference.rpartition(':')[2]}"


class Departures(SchedulerPlugin):
    """Counts workers that leave."""

    name = "departures"

    def start(self, scheduler: Any) -> None:
        """Begin."""
        scheduler.departures = 0

    async def remove_worker(self, scheduler: Any, worker: str, **_: object) -> None:
        """Count."""
        scheduler.departures += 1


def departures(dask_scheduler: Any) -> int:
    """Workers that left."""
    count: int = dask_scheduler.departures
    return count


def main(cache: str, v1: str, v2: str, other: str, missing: str) -> dict[str, Any]:
    """Run the session."""
    seen: dict[str, Any] = {}
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    )
    with cluster, Client(cluster) as client:

        def everywhere(function: Any) -> list[Any]:
            workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
            asked = [client.submit(function, workers=[name], pure=False) for name in workers]
            return list(client.gather(asked))

        first = BundlePlugin(v1, cache_dir=cache)
        seen["none"] = everywhere(bundle_of_worker)
        seen["register"] = attempt(client, first)
        seen["v1"] = everywhere(probe)
        seen["unreachable"] = attempt(client, BundlePlugin(missing, cache_dir=cache, name="lost"))
        seen["after_unreachable"] = everywhere(probe)
        seen["conflict"] = attempt(client, BundlePlugin(other, cache_dir=cache, name="other"))
        second = BundlePlugin(v2, cache_dir=cache)
        seen["switch"] = attempt(client, second)
        seen["v2"] = everywhere(probe)
        client.unregister_worker_plugin(second.name)
        seen["unregistered"] = everywhere(probe)

        # A worker that joins and cannot have the bundle does not stay.
        for name in ("lost", "other"):
            client.unregister_worker_plugin(name)
        stray = Path(worker_folder(cache, v1)) / "random.py"
        stray.write_text("def random(): return 4\n")
        seen["stranger"] = attempt(client, BundlePlugin(v1, cache_dir=cache))
        stray.unlink()
        seen["again"] = attempt(client, BundlePlugin(v1, cache_dir=cache))
        client.register_plugin(Departures())
        shutil.rmtree(f"{cache}/records")
        shutil.rmtree(f"{cache}/blobs")
        print("ready", flush=True)
        sys.stdin.readline()
        cluster.scale(3)
        while not client.run_on_scheduler(departures):
            pass
        seen["joined"] = len(client.scheduler_info()["workers"])
        seen["still"] = everywhere(probe)
    return seen


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
