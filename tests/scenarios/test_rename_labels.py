"""Renames and moves are found, near misses are not taken for them: the labelled edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.rename_judge import FOUND, LOST, WRONG, Memory, lay_out, play, touched
from support.rename_labels import LABELS, MOVES, NEAR_MISSES, RENAMES, Label

#: In a clone git knows what this machine does not: a part of the labels shows that.
SOME = tuple(label for label in LABELS if "edited" in label.title or "unlike" in label.title)
#: What the code does not tell where the last sync was made either.
ASKED_ALSO = {
    "two renamed and both edited",
    "a function that was registered by hand is renamed and edited",
    "a target moves to a new file under another name and is edited",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The projects before the edits."""
    return lay_out(tmp_path_factory.mktemp("labels"))


def test_there_are_enough_labels_and_no_two_are_called_the_same() -> None:
    titles = [label.title for label in LABELS]
    assert len(titles) == len(set(titles)) >= 120


@pytest.mark.parametrize("labels", [RENAMES, MOVES, NEAR_MISSES], ids=["true", "moves", "misses"])
def test_no_entry_is_paired_wrongly_and_most_are_found_without_a_question(
    labels: tuple[Label, ...], made: dict[str, Path], tmp_path: Path
) -> None:
    outcomes = [one for label in labels for one in play(label, made, tmp_path / "p", Memory.KEPT)]
    assert [one for one in outcomes if one.verdict == WRONG] == []
    ours = [one for one in outcomes if touched(one)]
    found = [one for one in ours if one.verdict == FOUND]
    assert len(found) >= 0.93 * len(ours), [one for one in ours if one.verdict != FOUND]


def test_a_fresh_clone_decides_like_the_machine_that_synced(
    made: dict[str, Path], tmp_path: Path
) -> None:
    for label in SOME:
        clone = play(label, made, tmp_path / "p", Memory.CLONE)
        assert [one for one in clone if one.verdict in (WRONG, LOST)] == []
        assert label.title in ASKED_ALSO or all(one.verdict == FOUND for one in clone), clone


def test_without_any_history_nothing_is_paired_wrongly(
    made: dict[str, Path], tmp_path: Path
) -> None:
    for label in NEAR_MISSES:
        outcomes = play(label, made, tmp_path / "p", Memory.NONE)
        assert [one for one in outcomes if one.verdict == WRONG] == []
