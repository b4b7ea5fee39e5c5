"""The first few of many names."""

from __future__ import annotations

import pytest

from modelops_bundle.core.naming_some import some_of


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        (["a", "b", "c", "d"], "a, b and 2 more"),
    ],
)
def test_names_beyond_the_first_are_counted(names: list[str], expected: str) -> None:
    assert some_of(names, 2) == expected
