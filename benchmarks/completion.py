"""How long a press of Tab takes: processor time and wall time of one answer, cold and warm.

    python benchmarks/completion.py [ENTRIES]...

Cold means that the registry is read; warm, that its names are in the cache folder. The bare
interpreter stands beside them, so that figures of different machines can be compared.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 11


def main() -> int:
    """Print one line for each size of a registry."""
    sizes = [int(text) for text in sys.argv[1:]] or [10, 1_000, 10_000]
    bare = measured(["-c", "pass"], Path.cwd(), cold=False)
    print(f"bare interpreter         {shown(bare)}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            make_project(project, size)
            for state in ("cold", "warm"):
                line = f"{size:>6} entries, {state:<9}"
                words = ["__complete", "bash", "mops-bundle show target_1", "", "=:"]
                call = ["-P", "-m", "modelops_bundle", *words]
                print(f"{line}{shown(measured(call, project, cold=state == 'cold'))}")
    return 0


def make_project(root: Path, entries: int) -> None:
    """A registry of this many targets."""
    (root / ".modelops-bundle").mkdir()
    lines = ["version: '1.1'", "targets:"]
    for at in range(entries):
        lines += [
            f"  target_{at}:",
            "    path: targets/incidence.py",
            f"    entrypoint: targets.incidence:target_{at}",
            "    model_output: incidence",
            "    data_digests:",
            f"      data/{at}.csv: sha256:{at:064x}",
        ]
    (root / ".modelops-bundle" / "registry.yaml").write_text("\n".join(lines) + "\n")


def measured(arguments: list[str], folder: Path, *, cold: bool) -> tuple[float, float]:
    """Median processor and wall time in milliseconds."""
    spent: list[float] = []
    passed: list[float] = []
    for _ in range(ROUNDS):
        if cold:
            shutil.rmtree(folder / ".modelops-bundle" / "cache", ignore_errors=True)
        before, began = used_s(), time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        passed.append(time.perf_counter() - began)
        spent.append(used_s() - before)
    return statistics.median(spent) * 1000, statistics.median(passed) * 1000


def used_s() -> float:
    """Processor time of all children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def shown(times: tuple[float, float]) -> str:
    """Both times."""
    return f"{times[0]:7.0f} ms processor {times[1]:7.0f} ms wall"


if __name__ == "__main__":
    sys.exit(main())
