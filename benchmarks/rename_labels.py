"""How often renames and moves are found, on labelled edits of two projects; print one table.

    python benchmarks/rename_labels.py              the table, and what is not as labelled
    python benchmarks/rename_labels.py --only moved those whose title has a word

Each edit is played three times: where the last sync was made on the same machine, in a fresh clone
(git has the sources as they were committed with the registry), and with no history at all. The
first two may pair nothing wrongly; without any history an edited definition can only be told by
what it has in common with the entry, and what stays open is asked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.rename_judge import (
    ASKED,
    FOUND,
    LOST,
    WRONG,
    Memory,
    Outcome,
    lay_out,
    play,
    touched,
)
from support.rename_labels import MOVES, NEAR_MISSES, RENAMES

GROUPS = {"renames": RENAMES, "moves": MOVES, "near misses": NEAR_MISSES}
VERDICTS = (FOUND, ASKED, LOST, WRONG)


def main() -> int:
    """Play and print; 1 if a pairing is wrong where the old sources are known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", default="", help="a word of the titles to play")
    args = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        made = lay_out(Path(folder) / "made")
        for memory in Memory:
            rows: dict[str, list[Outcome]] = {}
            for group, labels in GROUPS.items():
                rows[group] = []
                for label in labels:
                    if args.only in label.title:
                        root = Path(folder) / "played"
                        rows[group] += play(label, made, root, memory)
            failed |= report(memory, rows)
    return int(failed)


def report(memory: Memory, rows: dict[str, list[Outcome]]) -> bool:
    """Print what came out; whether that is worse than promised."""
    print(f"\n{memory.value}")
    print(f"  {'entries touched by':<20}" + "".join(f"{verdict:>22}" for verdict in VERDICTS))
    true: Counter[str] = Counter()
    for group, outcomes in rows.items():
        counts = Counter(one.verdict for one in outcomes if touched(one) or one.verdict == WRONG)
        if group != "near misses":
            true += counts
        print(f"  {group:<20}" + "".join(f"{counts[verdict]:>22}" for verdict in VERDICTS))
    share = true[FOUND] / max(1, true.total())
    labels = len({one.label.title for outcomes in rows.values() for one in outcomes})
    print(f"  {labels} edits; {share:.1%} of true renames and moves found without a question")
    for outcomes in rows.values():
        for one in outcomes:
            if one.verdict != FOUND:
                print(
                    f"    {one.label.title}: {one.entry} is {one.truth}; {one.verdict}: {one.said}"
                )
    wrong = any(one.verdict == WRONG for outcomes in rows.values() for one in outcomes)
    return memory is not Memory.NONE and (wrong or share < 0.95)


if __name__ == "__main__":
    raise SystemExit(main())
