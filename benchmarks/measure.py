"""Time one command from outside, as a user sees it: wall clock, peak memory, exit code."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROGRAM = (sys.executable, "-m", "modelops_bundle")


@dataclass(frozen=True, slots=True)
class Run:
    """One finished command.

    Attributes:
        seconds: From start to exit.
        cpu_seconds: Spent by the command and its children; tells more on a busy machine.
        peak_bytes: Largest resident set. On Linux it cannot be less than that of the process
            that started the command, so scripts here keep themselves small.
        exit_code: As the shell would see it.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    exit_code: int


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command with its output thrown away."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return Run(seconds, cpu_seconds, usage.ru_maxrss * unit, process.returncode)


def several(
    command: Sequence[str],
    folder: Path,
    *,
    times: int,
    before: Callable[[int], None] = lambda number: None,
) -> Run:
    """Run a command several times; the median times, the largest peak.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        times: How often.
        before: Called with the number of each run before it, outside the measured time.

    Raises:
        RuntimeError: The command failed; a time that it took to fail means nothing.
    """
    runs = []
    for number in range(times):
        before(number)
        runs.append(run(command, folder))
        if runs[-1].exit_code != 0:
            raise RuntimeError(f"exit code {runs[-1].exit_code}: {' '.join(command)}")
    return Run(
        seconds=median(one.seconds for one in runs),
        cpu_seconds=median(one.cpu_seconds for one in runs),
        peak_bytes=max(one.peak_bytes for one in runs),
        exit_code=0,
    )
