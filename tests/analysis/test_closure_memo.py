"""Closures are written by what they do not share, and read back without trust."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.analysis.closure_memo import ClosureReader, ClosureWriter
from modelops_bundle.analysis.packing import UnreadableError
from modelops_bundle.core.digest import SemanticDigest
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Closure, FileSemantics
from modelops_bundle.core.paths import BundlePath

NAMES = [BundlePath(f"p/m{number:02}.py") for number in range(12)]


def meaning(number: int) -> FileSemantics:
    return FileSemantics(SemanticDigest(f"v1:sha256:{number:064x}"))


def closure(own: BundlePath, rows: dict[BundlePath, tuple[BundlePath, int, int]]) -> Closure:
    """One with these files: what imports each, on which line, and what it means."""
    others = {file: row for file, row in rows.items() if file != own}
    return Closure(
        path=own,
        files=tuple(sorted(others)),
        via={file: row[0] for file, row in others.items()},
        lines={file: row[1] for file, row in others.items()},
        semantics={own: meaning(0), **{file: meaning(row[2]) for file, row in others.items()}},
        droppable=frozenset((file, "f") for file in list(others)[:1]),
        third_party={"numpy": Location(own, 3)},
        optional=frozenset({"numpy"}),
        dangling=frozenset({"models.gone"}),
    )


files = st.sampled_from(NAMES)
closures = st.builds(
    closure, files, st.dictionaries(files, st.tuples(files, st.integers(1, 3), st.integers(0, 2)))
)


def written(all_of_them: list[Closure]) -> tuple[list[object], ClosureReader]:
    """What is written of closures, as it comes back from a file, and who reads it."""
    paths: dict[BundlePath, int] = {}
    meanings: dict[FileSemantics, int] = {}
    writer = ClosureWriter(paths, meanings)
    values = json.loads(json.dumps([writer.write(one) for one in all_of_them]))
    return values, ClosureReader(list(paths), list(meanings))


@given(st.lists(closures, max_size=12))
def test_what_was_written_is_read(all_of_them: list[Closure]) -> None:
    values, reader = written(all_of_them)
    again = [reader.read(value) for value in values]
    assert again == all_of_them
    for one in again:
        assert list(one.via) == list(one.lines) == list(one.files) == sorted(one.files)
        assert list(one.semantics) == sorted((*one.files, one.path))


def test_what_closures_share_is_written_once() -> None:
    shared = dict.fromkeys(NAMES[:10], (NAMES[0], 1, 1))
    many = [
        closure(BundlePath(f"e{n}.py"), {**shared, NAMES[0]: (BundlePath(f"e{n}.py"), 2, 1)})
        for n in range(20)
    ]
    values, reader = written(many)
    assert [len(value[3]) for value in values] == [11] + [2] * 19  # type: ignore[index]
    again = [reader.read(value) for value in values]
    assert again == many
    assert all(one.files is again[0].files for one in again)


WHOLE = [0, -1, [], [[0, 0, 0, 0], [1, 0, 2, 0]], [], [], [], []]


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        [],
        WHOLE[:-1],
        [9, *WHOLE[1:]],
        [0, 0, *WHOLE[2:]],
        [0, True, *WHOLE[2:]],
        [0, -1, [1], *WHOLE[3:]],
        [0, -1, [], [[0, 0, 0, 9]], *WHOLE[4:]],
        [0, -1, [], [[0, 9, 0, 0]], *WHOLE[4:]],
        [0, -1, [], [[0, 0, -1, 0]], *WHOLE[4:]],
        [0, -1, [], [[0, 0, 0]], *WHOLE[4:]],
        [0, -1, [], [[1, 0, 0, 0]], *WHOLE[4:]],
        [0, -1, [], [], [[9, "f"]], [], [], []],
    ],
)
def test_what_is_damaged_is_not_read(damaged: object) -> None:
    reader = ClosureReader(NAMES[:2], [meaning(0)])
    with pytest.raises(UnreadableError):
        reader.read(damaged)
    assert ClosureReader(NAMES[:2], [meaning(0)]).read(WHOLE).files == (NAMES[1],)
