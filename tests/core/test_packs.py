"""Packs follow from paths and sizes alone, and a change concerns one of them."""

from __future__ import annotations

import hashlib
import random

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.observation import FileState
from modelops_bundle.core.packs import PACK_BYTES, Pack, plan_packs, plan_reads
from modelops_bundle.core.paths import BundlePath
from support.bundles import digest_of, packed_bundle

KIB = 1024


def state(path: str, size_bytes: int, version: str = "") -> FileState:
    content = f"{path} {version}".encode()
    return FileState(BundlePath(path), digest_of(content), size_bytes)


def sent_bytes(before: tuple[Pack, ...], after: tuple[Pack, ...]) -> int:
    """What is in `after` and was not in `before`."""
    known = {pack.parts for pack in before}
    new = [pack for pack in after if pack.parts not in known]
    return sum(part.size_bytes for pack in new for part in pack.parts)


PATHS = st.builds("{}/{}.csv".format, st.sampled_from(["a", "b", "b/c", "é"]), st.integers(0, 60))
SIZES = st.sampled_from([0, 1, 50 * KIB, 200 * KIB, PACK_BYTES, PACK_BYTES + 1, 1 << 20])
FILES = st.dictionaries(PATHS, SIZES, max_size=60).map(
    lambda sizes: {path: state(path, size) for path, size in sizes.items()}
)


@given(FILES, st.randoms(use_true_random=False))
def test_every_file_that_is_not_empty_is_in_one_pack(
    files: dict[str, FileState], shuffle: random.Random
) -> None:
    packs = plan_packs(files.values())
    packed = {state.path: state for pack in packs for state in pack.files}
    assert packed == {path: state for path, state in files.items() if state.size_bytes}
    assert len(packed) == sum(len(pack.files) for pack in packs)
    assert all(
        sum(state.size_bytes for state in pack.files) <= PACK_BYTES
        for pack in packs
        if len(pack.files) > 1
    )
    order = list(files.values())
    shuffle.shuffle(order)
    assert plan_packs(order) == packs, "the order in which files are found does not count"


@given(FILES, PATHS, SIZES)
def test_a_file_that_is_added_or_changed_concerns_one_pack(
    files: dict[str, FileState], path: str, size: int
) -> None:
    before = plan_packs(files.values())
    new = state(path, size, "new")
    after = plan_packs({**files, path: new}.values())
    assert sent_bytes(before, after) <= PACK_BYTES + new.size_bytes
    without = plan_packs([s for p, s in files.items() if p != path])
    assert sent_bytes(before, without) <= PACK_BYTES


def test_contents_that_keep_their_size_keep_their_packs() -> None:
    files = [state(f"data/{n}.csv", 50 * KIB) for n in range(200)]
    changed = [state(s.path, s.size_bytes, "2") for s in files]
    paths = [[s.path for s in pack.files] for pack in plan_packs(files)]
    assert paths == [[s.path for s in pack.files] for pack in plan_packs(changed)]


def test_a_second_version_sends_a_tenth_at_most() -> None:
    """25 of 2,000 files of 50 KiB, whichever they are (issue 4, "Speed")."""
    files = {n: state(f"data/part-{n % 20}/{n:04}.csv", 50 * KIB) for n in range(2000)}
    before = plan_packs(files.values())
    assert len(before) < 350
    spread = random.Random(4)
    for chosen in (range(25), range(0, 2000, 80), spread.sample(range(2000), 25)):
        changed = {n: state(files[n].path, 50 * KIB, "2") for n in chosen}
        after = plan_packs({**files, **changed}.values())
        assert sent_bytes(before, after) <= 2000 * 50 * KIB / 10


def test_files_of_one_folder_are_neighbours() -> None:
    """So a changed folder is a few packs, not one for each of its files."""
    files = {n: state(f"data/site-{n // 25}/{n}.csv", 50 * KIB) for n in range(2000)}
    before = plan_packs(files.values())
    changed = {n: state(files[n].path, 50 * KIB, "2") for n in range(25)}
    after = plan_packs({**files, **changed}.values())
    assert sent_bytes(before, after) <= 25 * 50 * KIB + PACK_BYTES


def test_equal_contents_are_in_a_pack_once() -> None:
    one, two = state("a/1", 10), FileState(BundlePath("a/2"), state("a/1", 10).digest, 10)
    (pack,) = plan_packs([two, one, state("a/3", 5)])
    assert [part.path for part in pack.parts] == ["a/1", "a/3"]
    assert pack.offsets == {"a/1": 0, "a/2": 0, "a/3": 10}


def test_nothing_but_empty_files_makes_no_pack() -> None:
    assert plan_packs([]) == ()
    assert plan_packs([state("a/__init__.py", 0)]) == ()


CONTENTS = {f"a/{n}": hashlib.sha256(b"%d" % n).digest() * 1000 for n in range(9)}


def test_what_is_wanted_of_a_pack_is_asked_for_at_once() -> None:
    index, (blob,) = packed_bundle(CONTENTS)
    (few,) = plan_reads(index, [BundlePath("a/4"), BundlePath("a/2")])
    assert (few.start_bytes, few.end_bytes) == (64_000, 160_000)
    assert [part.files[0].path for part in few.slices] == ["a/2", "a/4"]
    (most,) = plan_reads(index, index.files)
    assert (most.start_bytes, most.end_bytes) == (0, len(blob))
    (single,) = plan_reads(index, [BundlePath("a/0")])
    assert (single.start_bytes, single.end_bytes) == (0, 32_000)
    assert not single.is_file
