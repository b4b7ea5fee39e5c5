"""Time `watch`: from a write until the terminal shows what it changed; print one table.

    python benchmarks/watch.py                       the example and a project of 10,000 files
    python benchmarks/watch.py --files 1000 --polling

The program runs in a real pseudo terminal. A time ends when the terminal emulator has drawn the
change, so that the emulator's own work, some milliseconds, is in it. A machine that does other
work shows longer times: the least is what the program needs.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pexpect
import pyte

from measure import PROGRAM

ROOT = Path(__file__).resolve().parents[1]
ROWS, COLUMNS = 40, 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=5 * 1024, help="bytes of each file")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--polling", action="store_true", help="without a notifier")
    args = parser.parse_args()
    print(f"{'project':<24} {'edit':<12} {'median ms':>9} {'least':>6} {'most':>6}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        example = folder / "example"
        shutil.copytree(ROOT / "examples/starsim-sir", example)
        subprocess.run([*PROGRAM, "sync"], cwd=example, check=True, capture_output=True)
        measure("example", example, args.runs, polling=args.polling)
        large = folder / "large"
        generator = [sys.executable, str(Path(__file__).with_name("generate.py")), str(large)]
        options = ["--files", str(args.files), "--size", str(args.size), "--entries", "50"]
        options += ["--remote", f"layout:{folder / 'store'}", "--git"]
        subprocess.run([*generator, *options], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*PROGRAM, "sync"], cwd=large, check=True, capture_output=True)
        measure(f"{args.files:,} files", large, args.runs, polling=args.polling)


def measure(name: str, project: Path, runs: int, *, polling: bool) -> None:
    """Edit a declared data file and a source file, again and again."""
    registry = (project / ".modelops-bundle/registry.yaml").read_text()
    data = project / re.findall(r"^      (data/[^:\s]+): '?sha256", registry, re.MULTILINE)[-1]
    code = project / re.findall(r"^    path: (\S+)$", registry, re.MULTILINE)[-1]
    with Terminal(project, polling=polling) as terminal:
        terminal.until("In sync")
        for kind, file in (("data", data), ("source", code)):
            original = file.read_bytes()
            times: list[float] = []
            for number in range(runs):
                time.sleep(0.3)  # let the look after the last change come to its end
                edited = number % 2 == 0
                started = time.perf_counter()
                file.write_bytes(original + (b"\nVALUE = 1\n" if edited else b""))
                terminal.until("is stale" if edited else "In sync")
                times.append((time.perf_counter() - started) * 1000)
            file.write_bytes(original)
            terminal.until("In sync")
            print(
                f"{name:<24} {kind:<12} {statistics.median(times):>9.0f}"
                f" {min(times):>6.0f} {max(times):>6.0f}",
                flush=True,
            )


class Terminal:
    """`mops-bundle watch` in a pseudo terminal."""

    def __init__(self, project: Path, *, polling: bool) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1"}
        environment.pop("COLUMNS", None)
        if polling:
            environment["WATCHFILES_FORCE_POLLING"] = "1"
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._process = pexpect.spawn(
            PROGRAM[0],
            [*PROGRAM[1:], "watch"],
            cwd=str(project),
            env=environment,
            dimensions=(ROWS, COLUMNS),
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close(force=True)

    def until(self, text: str) -> None:
        """Read until the screen shows a text."""
        while text not in "\n".join(self._screen.display):
            try:
                self._stream.feed(self._process.read_nonblocking(1 << 16, timeout=30))
            except pexpect.TIMEOUT:
                raise SystemExit("\n".join(self._screen.display)) from None


if __name__ == "__main__":
    main()
