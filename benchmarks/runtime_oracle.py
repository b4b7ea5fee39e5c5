"""Compare what the analysis says of generated projects with what they register when imported.

    python benchmarks/runtime_oracle.py --projects 2000 --seed 1
    python benchmarks/runtime_oracle.py --framework CHECKOUT/src --python VENV/bin/python

Each project is written to a temporary folder and imported twice in a process of its own, against
the tests' stand-in for the framework, or against the framework's own source (`--framework` may be
given several times: what goes on the path before anything else). Prints the counts: facts that are
equal, facts left open by reason, and facts that are wrong, which must be none; exit code 1 if not.
With `--both` the stand-in itself is compared with the framework too.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / part) for part in ("src", "tests")]

from support.oracle.compare import (  # noqa: E402
    Run,
    Tally,
    batches,
    compare,
    registrations,
    write,
)
from support.oracle.projects import project  # noqa: E402

BATCH = 200


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--framework", action="append", default=[])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--both", action="store_true")
    parser.add_argument("--show", type=int, default=-1, help="print the project of this number")
    options = parser.parse_args()
    if options.show >= 0:
        for name, source in project(random.Random(options.show)).items():
            print(f"# ---- {name}\n{source}")
        return 0
    tally, unlike, spent = Tally(), 0, 0.0
    seeds = range(options.seed, options.seed + options.projects)
    made = (project(random.Random(seed)) for seed in seeds)
    number = options.seed
    for batch in batches(made, BATCH):
        with tempfile.TemporaryDirectory() as top:
            folders = [Path(top, str(index)) for index in range(len(batch))]
            for one, folder in zip(batch, folders, strict=True):
                write(one, folder)
            runs = registrations(folders, options.python, options.framework)
            if options.both:
                unlike += _unlike(runs, registrations(folders, options.python), number)
        started = time.process_time()
        for one, both in zip(batch, runs, strict=True):
            compare(one, both, tally, f"seed {number}")
            number += 1
        spent += time.process_time() - started
    _print(tally, spent)
    if options.both:
        print(f"projects where the stand-in differs from the framework: {unlike}")
    return 1 if tally.wrong or unlike else 0


def _unlike(real: list[tuple[Run, Run]], stand_in: list[tuple[Run, Run]], first: int) -> int:
    count = 0
    for number, (one, other) in enumerate(zip(real, stand_in, strict=True), first):
        mine, theirs = _comparable(other), _comparable(one)
        if mine != theirs:
            count += 1
            if count <= 5:
                print(f"seed {number}: {mine}\n     real: {theirs}")
    return count


def _comparable(runs: tuple[Run, Run]) -> list[dict[str, object]]:
    """Registrations without the texts of errors, which are the framework's own."""
    return [
        {module: "refused" if "error" in report else report for module, report in run.items()}
        for run in runs
    ]


def _print(tally: Tally, spent: float) -> None:
    facts = max(tally.facts, 1)
    left = sum(tally.unresolved.values())
    print(f"projects {tally.projects}, modules {tally.modules} ({tally.refused} refused by Python)")
    print(f"symbols {tally.symbols}, facts {tally.facts}, analysis {spent:.1f} s of CPU")
    print(f"equal {tally.equal} ({tally.equal / facts:.2%})")
    print(f"open, and rightly so (they differ between runs) {tally.open_rightly}")
    print(f"unresolved {left} ({left / facts:.2%}):")
    for reason, count in tally.unresolved.most_common():
        print(f"  {count:6d}  {reason}\n          {tally.examples[reason]}")
    print(f"wrong {len(tally.wrong)}")
    for text in tally.wrong[:200]:
        print(f"  {text}")


if __name__ == "__main__":
    sys.exit(main())
