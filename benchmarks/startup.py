"""What a warm status imports beyond a bare interpreter, and what each import costs."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from modelops_bundle.demo.example import copy_example

TIMED = re.compile(r"import time:\s+(?P<own_us>\d+) \|\s+(?P<total_us>\d+) \| (?P<name>.*)")


def imports(*arguments: str, folder: Path) -> dict[str, int]:
    """Run Python and return each imported module with its own cost in microseconds."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    matches = map(TIMED.match, done.stderr.splitlines())
    return {match["name"].strip(): int(match["own_us"]) for match in matches if match}


def main() -> None:
    """Print a table, dearest first."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        copy_example(project)
        status = ("-m", "modelops_bundle", "status")
        imports(*status, folder=project)
        bare = imports("-c", "pass", folder=project)
        loaded = {
            name: cost
            for name, cost in imports(*status, folder=project).items()
            if name not in bare
        }
    for name, cost in sorted(loaded.items(), key=lambda item: -item[1]):
        print(f"{cost / 1000:>8.2f} ms  {name}")
    print(f"{sum(loaded.values()) / 1000:>8.2f} ms  in {len(loaded)} modules")


if __name__ == "__main__":
    main()
