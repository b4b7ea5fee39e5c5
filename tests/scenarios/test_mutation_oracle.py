"""Random edits of the examples: what changed shows, what did not change does not.

`benchmarks/mutation_oracle.py` does the same on more and larger projects.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.disk import write
from support.mutation_judge import COSMETIC, FRESH, MISSING, STALE, Entry, Judge
from support.mutation_play import Player
from support.scenarios import copy_example


@pytest.mark.parametrize(("example", "seed"), [("starsim-sir", 20), ("plain-decay", 21)])
def test_no_edit_goes_unseen_and_no_alarm_is_false(example: str, seed: int, tmp_path: Path) -> None:
    original = copy_example(example, tmp_path / "original")
    record = Player(example, original, tmp_path, seed=seed).play(40)
    assert record.complaints == []
    assert len(record.kinds) >= 20, "the edits are of many kinds"
    assert all(record.judged[state] >= 5 for state in (FRESH, COSMETIC, STALE)), record.judged


@pytest.mark.parametrize(
    ("path", "text", "state"),
    [
        ("lib/deep.py", "# a remark\nRATE = 1\n", COSMETIC),
        ("lib/deep.py", '"""What it says."""\nRATE = 1\n', COSMETIC),
        ("lib/deep.py", "RATE = 2\n", STALE),
        ("lib/deep.py", "import lib.other\nRATE = 1\n", STALE),
        ("lib/other.py", "RATE = 2\n", FRESH),
        ("csv.py", "", STALE),
        ("data/a.csv", "2", STALE),
        ("data/a.csv", None, MISSING),
        ("data/b.csv", "2", FRESH),
    ],
)
def test_the_judge_tells_what_must_show(
    path: str, text: str | None, state: str, tmp_path: Path
) -> None:
    files = {
        "models/__init__.py": "",
        "models/sir.py": "import csv\nfrom lib.mid import f\n\n\nclass SIR:\n    x = f\n",
        "lib/mid.py": "def f():\n    from lib.deep import RATE\n    return RATE\n",
        "lib/deep.py": "RATE = 1\n",
        "lib/other.py": "RATE = 1\n",
        "data/a.csv": "1",
        "data/b.csv": "1",
    }
    for name, content in files.items():
        write(tmp_path, name, content)
    judge = Judge(tmp_path, (".",))
    before = judge.look(["models/sir.py"])
    if text is None:
        (tmp_path / path).unlink()
    else:
        write(tmp_path, path, text)
    entry = Entry("model:sir", "models/sir.py", "SIR", ("data/a.csv",))
    after = judge.look(["models/sir.py"])
    assert judge.expected(entry, [], before, after, frozenset()).states == {state}
