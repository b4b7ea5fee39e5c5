"""What the analysis says of a class against what the class registers when it is imported.

`benchmarks/runtime_oracle.py` does the same for any number of projects, and with the framework
itself in the place of the stand-in.
"""

from __future__ import annotations

import random
from pathlib import Path

from support.oracle.compare import Tally, compare, registrations, write
from support.oracle.projects import project

PROJECTS = 330
SEED = 20_000


def test_facts_are_what_imported_code_registers_or_unresolved_and_never_wrong(
    tmp_path: Path,
) -> None:
    projects = [project(random.Random(SEED + number)) for number in range(PROJECTS)]
    folders = [tmp_path / str(number) for number in range(PROJECTS)]
    for files, folder in zip(projects, folders, strict=True):
        write(files, folder)
    tally = Tally()
    for number, runs in enumerate(registrations(folders)):
        compare(projects[number], runs, tally, f"seed {SEED + number}")
    assert tally.wrong == []
    assert tally.symbols > 900
    # Most of what is left open really differs from run to run, or is code that hides it.
    assert tally.equal / tally.facts > 0.5
