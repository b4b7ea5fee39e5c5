"""The hash cache: rows, and what becomes of a file that is not one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_bundle.workspace.statindex import StatIndex

RULES = b"r" * 32
NOW = 10**18
OLD = NOW - 1
DIGEST = bytes(range(32))
STAMP = (5, OLD, OLD, 77)

paths = st.text(
    alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
) | st.just(os.fsdecode(b"\xff/x"))
times = st.integers(-(1 << 61), OLD)
stamps = st.tuples(st.integers(0, 1 << 62), times, times, st.integers(0, (1 << 64) - 1))
digests = st.binary(min_size=32, max_size=32)
listings = st.dictionaries(paths, st.sampled_from("fdlsuFDLS"), max_size=5)


def saved(folder: Path, index: StatIndex) -> StatIndex:
    index.save(str(folder), lambda path: True)
    return StatIndex.load(str(folder), RULES)


def always(path: str) -> bool:
    return True


@given(
    files=st.dictionaries(paths, st.tuples(stamps, digests), max_size=20),
    folders=st.dictionaries(paths, st.tuples(stamps, listings), max_size=8),
)
def test_what_is_recorded_is_known_afterwards(
    tmp_path_factory: pytest.TempPathFactory,
    files: dict[str, tuple[tuple[int, int, int, int], bytes]],
    folders: dict[str, tuple[tuple[int, int, int, int], dict[str, str]]],
) -> None:
    index = StatIndex(RULES)
    for path, (stamp, digest) in files.items():
        index.record(path, stamp, digest, NOW)
    for path, (stamp, listing) in folders.items():
        index.record_listing(path, stamp, listing, NOW)

    loaded = saved(tmp_path_factory.mktemp("cache"), index)

    assert {path: loaded.digest(path, stamp) for path, (stamp, _) in files.items()} == {
        path: digest for path, (_, digest) in files.items()
    }
    assert {path: loaded.listing(path, stamp) for path, (stamp, _) in folders.items()} == {
        path: listing for path, (_, listing) in folders.items()
    }


@pytest.mark.parametrize("field", range(4))
def test_a_row_holds_only_for_the_same_stamp(tmp_path: Path, field: int) -> None:
    index = StatIndex(RULES)
    index.record("a", STAMP, DIGEST, NOW)
    loaded = saved(tmp_path, index)
    other = [*STAMP]
    other[field] += 1

    assert loaded.digest("a", STAMP) == DIGEST
    assert loaded.digest("a", (other[0], other[1], other[2], other[3])) is None
    assert loaded.digest("b", STAMP) is None


@pytest.mark.parametrize(
    "stamp", [(5, NOW, OLD, 7), (5, OLD, NOW, 7), (5, NOW + 5, OLD, 7), (5, 1 << 63, OLD, 7)]
)
def test_what_was_not_settled_is_not_kept(tmp_path: Path, stamp: tuple[int, int, int, int]) -> None:
    index = StatIndex(RULES)
    index.record("a", stamp, DIGEST, NOW)
    index.record_listing("f", stamp, {"x": "f"}, NOW)

    assert not index.changed
    assert saved(tmp_path, index).digest("a", stamp) is None


def test_other_ignore_rules_leave_digests_and_take_listings(tmp_path: Path) -> None:
    index = StatIndex(RULES)
    index.record("a", STAMP, DIGEST, NOW)
    index.record_listing("f", STAMP, {"x": "f"}, NOW)
    index.save(str(tmp_path), always)

    loaded = StatIndex.load(str(tmp_path), b"o" * 32)

    assert loaded.digest("a", STAMP) == DIGEST
    assert loaded.listing("f", STAMP) is None
    assert loaded.earlier_listing("f") == {}


def test_rows_of_paths_that_are_gone_are_dropped(tmp_path: Path) -> None:
    index = StatIndex(RULES)
    index.record("gone", STAMP, DIGEST, NOW)
    index.record("kept", STAMP, DIGEST, NOW)
    loaded = saved(tmp_path, index)
    loaded.record("new", STAMP, DIGEST, NOW)

    loaded.save(str(tmp_path), lambda path: path != "gone")

    again = StatIndex.load(str(tmp_path), RULES)
    known = {path for path in ("gone", "kept", "new") if again.digest(path, STAMP)}
    assert known == {"kept", "new"}


def _example(folder: Path) -> bytes:
    index = StatIndex(RULES)
    for number in range(20):
        index.record(f"data/{number}.csv", STAMP, DIGEST, NOW)
    index.record_listing("data", STAMP, {f"{number}.csv": "f" for number in range(20)}, NOW)
    index.save(str(folder), always)
    return (folder / "index").read_bytes()


@settings(max_examples=100)
@given(place=st.integers(0, 1 << 16), flip=st.integers(0, 255))
def test_a_damaged_index_is_an_empty_one(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    content = bytearray(_example(folder))
    at = place % len(content)
    if flip:
        content[at] ^= flip
    else:
        del content[at:]
    (folder / "index").write_bytes(content)

    loaded = StatIndex.load(str(folder), RULES)

    assert loaded.digest("data/1.csv", STAMP) is None
    assert loaded.listing("data", STAMP) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"DIRC\0\0\0\2" * 100, b"mops-bundle index 1 0.0.0".ljust(500, b"\0")],
)
def test_a_foreign_file_is_an_empty_index(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "index").write_bytes(content)

    assert StatIndex.load(str(tmp_path), RULES).digest("data/1.csv", STAMP) is None


def test_an_index_that_came_from_elsewhere_is_not_believed(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    (ours / "index").write_bytes(_example(theirs))

    assert StatIndex.load(str(ours), RULES).digest("data/1.csv", STAMP) is None
    assert StatIndex.load(str(theirs), RULES).digest("data/1.csv", STAMP) == DIGEST


def test_a_fifo_in_its_place_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "index")

    assert StatIndex.load(str(tmp_path), RULES).digest("a", STAMP) is None


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    index = StatIndex(RULES)
    index.record("a", STAMP, DIGEST, NOW)

    index.save(str(tmp_path / "cache"), always)

    assert (tmp_path / "cache").read_text() == "a file"
