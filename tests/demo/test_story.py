"""The demo's edits fit the example and cover what the mission names."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.demo.example import copy_example, example_folder, make_stale
from modelops_bundle.demo.story import EDITS, Edit


def test_an_edit_that_does_not_fit_is_refused() -> None:
    edit = Edit(path="a.py", told="", old="x", new="y")
    assert edit.applied_to("1 x") == "1 y"
    for text in ("", "x x"):
        with pytest.raises(ValueError, match=r"a\.py"):
            edit.applied_to(text)


def test_a_copy_equals_the_example_and_holds_no_cache(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy_example(copy)
    copied = {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()}
    assert Path("models/sir.py") in copied
    assert Path(".modelops-bundle/registry.yaml") in copied
    assert not [path for path in copied if "__pycache__" in path.parts or "cache" in path.parts]
    for path in copied:
        assert (copy / path).read_bytes() == (example_folder() / path).read_bytes()


def test_the_story_changes_exactly_the_files_it_tells_of(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy_example(copy)
    make_stale(copy)
    changed = {
        path.relative_to(copy).as_posix()
        for path in copy.rglob("*")
        if path.is_file()
        and path.read_bytes() != (example_folder() / path.relative_to(copy)).read_bytes()
    }
    assert changed == {edit.path for edit in EDITS}


def test_the_story_cannot_be_told_twice_on_one_copy(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy_example(copy)
    make_stale(copy)
    with pytest.raises(ValueError, match="0x"):
        make_stale(copy)


def test_the_new_observations_keep_the_old_column(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy_example(copy)
    make_stale(copy)
    old = (example_folder() / "data" / "observed_incidence.csv").read_text().splitlines()
    new = (copy / "data" / "observed_incidence.csv").read_text().splitlines()
    assert [",".join(row.split(",")[:2]) for row in new] == old
