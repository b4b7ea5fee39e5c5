"""The analysis is the same however it is come by: one file at a time, or many at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

import pytest
from tests.support.trees import MemoryTree, memory_tree

from modelops_bundle.analysis.facts_memo import encoded_facts
from modelops_bundle.analysis.project import AnalysisRequest, analyse
from modelops_bundle.conventions.catalog import BUILT_IN
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Kind
from modelops_bundle.operations import analysis as operation

MODEL = """
    import modelops_calabaria as cb
    from pkg import *
    from pkg.broken import missing
    class Sir(cb.BaseModel, Base):
        PARAMS = cb.ParameterSpace((cb.ParameterSpec("beta", 0.0, 1.0),))
        @cb.model_output("incidence")
        def incidence(self, raw, seed): return raw
"""
REQUEST = AnalysisRequest(
    entries=((Kind.MODEL, BundlePath("models/sir.py"), "Sir"),), conventions=BUILT_IN
)


class Memo(dict[str, bytes]):
    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def project(width: int = 12) -> MemoryTree:
    files: dict[str, str | bytes] = {"models/sir.py": MODEL, "pkg/broken.py": "def ("}
    files["pkg/__init__.py"] = "".join(f"from pkg.m{n} import *\n" for n in range(width))
    for number in range(width):
        files[f"pkg/m{number}.py"] = f"import pkg.sub.m{number}\nclass Base: x = {number}\n"
        files[f"pkg/sub/m{number}.py"] = "def same(): pass\n"
    return memory_tree(files)


def test_reading_ahead_changes_nothing() -> None:
    batches: list[list[BundlePath]] = []
    likely: list[list[BundlePath]] = []

    def extract(
        sources: Sequence[tuple[BundlePath, bytes]],
        here: Callable[[tuple[BundlePath, bytes]], bytes | None],
        kept: Sequence[int],
    ) -> list[bytes | None]:
        batches.append([path for path, _ in sources])
        likely.append([sources[place][0] for place in kept])
        return [
            here(source) if place in kept else encoded_facts(*source)
            for place, source in enumerate(sources)
        ]

    one_by_one, at_once = Memo(), Memo()
    expected = analyse(project(), REQUEST, one_by_one)
    assert analyse(project(), REQUEST, at_once, extract) == expected
    assert at_once == one_by_one
    # Equal content is read once, and a level of imports at a time.
    assert [len(batch) for batch in batches] == [2, 12]
    # All that `Base` may be is kept.
    assert likely == [[], batches[1]]
    assert analyse(project(), REQUEST, at_once, extract) == expected
    assert len(batches) == 2


def test_what_cannot_be_read_ahead_is_read_one_by_one() -> None:
    expected = analyse(project(), REQUEST)
    assert analyse(project(), REQUEST, None, lambda sources, *_: [None] * len(sources)) == expected


@pytest.mark.parametrize("thresholds", [(700, 10, 10), (0, 10, 10), (10**6, 5, 5)])
def test_the_garbage_collector_is_left_as_it_was(thresholds: tuple[int, int, int]) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(*thresholds)
        with operation._COLLECTOR.seldom():
            seldom = operation._COLLECTED_OBJECTS
            assert gc.get_threshold()[0] == (max(thresholds[0], seldom) if thresholds[0] else 0)
        assert gc.get_threshold() == thresholds
        assert not gc.get_freeze_count()
    finally:
        gc.set_threshold(*before)


def test_two_threads_that_analyse_at_once_leave_the_garbage_collector_as_it_was() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        first, second = operation._COLLECTOR.seldom(), operation._COLLECTOR.seldom()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert gc.get_threshold()[0] == operation._COLLECTED_OBJECTS
        second.__exit__(None, None, None)
        assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.set_threshold(*before)
