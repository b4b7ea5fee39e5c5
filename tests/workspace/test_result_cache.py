"""Kept results: got back as they were put, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_bundle.workspace.result_cache import ResultCache
from support.disk import make_project


@pytest.fixture
def cache(tmp_path: Path) -> ResultCache:
    return ResultCache(make_project(tmp_path))


def test_a_result_is_got_back_by_name_and_key(cache: ResultCache) -> None:
    cache.put("analysis", "k", b"payload")

    assert cache.get("analysis", "k") == b"payload"
    assert cache.get("analysis", "other") is None
    assert cache.get("discovery", "k") is None


def test_a_later_result_replaces_an_earlier_one(cache: ResultCache) -> None:
    cache.put("analysis", "k", b"one")
    cache.put("analysis", "k", b"")

    assert cache.get("analysis", "k") == b""


def test_only_a_few_results_of_a_name_are_kept(cache: ResultCache, tmp_path: Path) -> None:
    cache.put("other", "k", b"kept")
    for number in range(30):
        cache.put("analysis", str(number), b"x")

    assert len(list((tmp_path / ".modelops-bundle/cache").glob("result-analysis.*"))) <= 8
    assert cache.get("analysis", "29") == b"x"
    assert cache.get("other", "k") == b"kept"


def test_what_is_too_large_is_not_kept(cache: ResultCache) -> None:
    cache.put("analysis", "k", bytes(33 << 20))

    assert cache.get("analysis", "k") is None


@settings(max_examples=60)
@given(place=st.integers(0, 1 << 10), flip=st.integers(0, 255))
def test_a_damaged_result_is_none(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    project = make_project(tmp_path_factory.mktemp("p"))
    cache = ResultCache(project)
    cache.put("analysis", "k", b"some payload")
    (kept,) = project.cache.glob("result-*")
    content = bytearray(kept.read_bytes())
    at = place % len(content)
    if flip:
        content[at] ^= flip
    else:
        del content[at:]
    kept.write_bytes(content)

    assert cache.get("analysis", "k") is None


def test_results_that_came_with_a_copy_are_not_believed(tmp_path: Path) -> None:
    theirs = make_project(tmp_path / "theirs")
    ResultCache(theirs).put("analysis", "k", b"forged")
    ours = make_project(tmp_path / "ours")
    shutil.copytree(theirs.cache, ours.cache)

    assert ResultCache(ours).get("analysis", "k") is None
    assert ResultCache(theirs).get("analysis", "k") == b"forged"


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    project.cache.write_text("a file in the folder's place")
    cache = ResultCache(project)

    cache.put("analysis", "k", b"payload")

    assert cache.get("analysis", "k") is None
