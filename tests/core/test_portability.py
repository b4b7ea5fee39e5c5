"""Names compare as the most forgiving file systems compare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.portability import REGISTRY_PATH, check_path, check_paths
from modelops_bundle.errors import InvalidPathError


def test_checked_paths_come_back_in_order() -> None:
    paths = ("b/c.py", "a.py", REGISTRY_PATH)
    assert check_paths(paths) == paths


@pytest.mark.parametrize("text", ["a.py", "a/b c/d.csv", ".modelops-bundle/registry.yaml"])
def test_a_path_is_checked_by_itself(text: str) -> None:
    assert check_path(text) == text


@pytest.mark.parametrize(
    ("one", "two"),
    [("A/x", "a/y"), ("x", "X"), ("d/É", "d/e\u0301"), ("a", "a/b/c"), ("x ", "x"), ("p", "p")],
)
def test_two_names_for_one_place_are_refused_in_either_order(one: str, two: str) -> None:
    for pair in ((one, two), (two, one)):
        with pytest.raises(InvalidPathError):
            check_paths(pair)


def test_the_message_names_both_spellings() -> None:
    with pytest.raises(InvalidPathError, match=r"'d/X\.csv'.*'d/x\.csv'"):
        check_paths(("d/X.csv", "d/x.csv"))
    with pytest.raises(InvalidPathError, match=r"'Data'.*'data'"):
        check_paths(("Data/x.csv", "data/y.csv"))


def test_many_paths_take_time_in_proportion() -> None:
    deep = "/".join("abcdefghij" * 4)
    paths = [f"{deep}/{n % 100}/{n}.csv" for n in range(20_000)]
    assert len(check_paths(paths)) == 20_000


@given(st.lists(st.text("aAbß./é", min_size=1, max_size=5), max_size=6))
def test_accepted_paths_differ_when_case_is_ignored(texts: list[str]) -> None:
    try:
        paths = check_paths(texts)
    except InvalidPathError:
        return
    assert len({path.casefold() for path in paths}) == len(texts)
    for path in paths:
        above = path.casefold().rpartition("/")[0]
        assert above not in {other.casefold() for other in paths}
