"""The import closure against programs that run: every file in which a function ran is in it.

    python benchmarks/execution_oracle.py
    python benchmarks/execution_oracle.py --program starsim_sir --in-vain

Each program of `benchmarks/oracle/programs` becomes a project of its own, together with copies of
the public packages that its `# packages:` line names: they are the project's code. It runs under
a profiler; a file of the project in which a function or a module's body ran, and that the closure
of the program does not hold, is a miss. The last column says whether the analysis warned.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from import_oracle import analysed, copied
from modelops_bundle.core.paths import BundlePath
from oracle_environment import OracleEnvironment, oracle_environment

HERE = Path(__file__).resolve().parent / "oracle"
PROGRAMS = HERE / "programs"
PROBE = HERE / "execution_probe.py"
LIMIT_S = 600
_PACKAGES = re.compile(r"^# packages: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Result:
    """What one program gave."""

    program: str
    ran: frozenset[str]
    held: frozenset[str]
    problem: str
    warned: bool
    seconds: float

    @property
    def missed(self) -> list[str]:
        """Files in which something ran and that the closure does not hold."""
        return sorted(self.ran - self.held)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--program", nargs="+", default=[])
    parser.add_argument("--in-vain", action="store_true", help="list what closures hold in vain")
    args = parser.parse_args()
    environment = oracle_environment()
    names = args.program or sorted(path.stem for path in PROGRAMS.glob("*.py"))
    print(f"{'program':<22}{'ran':>6}{'missed':>8}{'recall':>9}{'over':>7}{'cpu s':>7}")
    results = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            one = measured(environment, PROGRAMS / f"{name}.py", Path(folder).resolve())
        results.append(one)
        print(_row(one.program, len(one.ran), len(one.missed), len(one.held), one.seconds))
        if one.problem:
            print(f"    failed: {one.problem}")
        for path in one.missed:
            print(f"    missed: {path} ({'warned' if one.warned else 'NOT WARNED'})", flush=True)
        if args.in_vain:
            print(*(f"    in vain: {path}" for path in sorted(one.held - one.ran)), sep="\n")
    ran, missed = sum(len(r.ran) for r in results), sum(len(r.missed) for r in results)
    held, seconds = sum(len(r.held) for r in results), sum(r.seconds for r in results)
    print(_row("total", ran, missed, held, seconds))
    print(f"\n{len(results)} programs, {sum(bool(r.problem) for r in results)} of them failed")


def measured(environment: OracleEnvironment, program: Path, root: Path) -> Result:
    """One program against the profiler."""
    packages = _PACKAGES.search(program.read_text())
    for package in packages.group(1).split() if packages else ():
        copied(environment, package, root)
    main = BundlePath("main.py")
    shutil.copy(program, root / main)
    done = subprocess.run(
        [environment.python, "-I", PROBE, root, root / main],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=LIMIT_S,
        check=True,
    )
    answer = json.loads(done.stdout)
    started = time.process_time()
    analysis = analysed(root, [main])
    closure = analysis.closures[main]
    return Result(
        program=program.stem,
        ran=frozenset(path for path in answer["files"] if path.endswith(".py")),
        held=frozenset({main, *(path for path in closure.files if path.endswith(".py"))}),
        problem=answer["problem"],
        warned=any(one.code in ("MB204", "MB208") for one in analysis.findings),
        seconds=time.process_time() - started,
    )


def _row(program: str, ran: int, missed: int, held: int, seconds: float) -> str:
    recall = (ran - missed) / ran if ran else 1.0
    over = held / ran if ran else 1.0
    return f"{program:<22}{ran:>6}{missed:>8}{recall:>9.4f}{over:>7.2f}{seconds:>7.1f}"


if __name__ == "__main__":
    main()
