"""Import names and distributions, as far as names can tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.preflight.distributions import distribution_for, is_provided, normalised


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Foo", "foo"), ("a.b_c-d", "a-b-c-d"), ("a._-b", "a-b"), ("NumPy", "numpy")],
)
def test_names_are_normalised_as_pep_503_says(name: str, expected: str) -> None:
    assert normalised(name) == expected


@given(st.text("abcXYZ019._-", min_size=1))
def test_normalising_twice_is_normalising_once(name: str) -> None:
    assert normalised(normalised(name)) == normalised(name)


@pytest.mark.parametrize("name", ["sklearn", "PIL", "numpy", "my_package", "cv2", "Bio"])
def test_the_suggested_distribution_provides_the_import(name: str) -> None:
    assert is_provided(name, {distribution_for(name)})


def test_no_distribution_provides_nothing() -> None:
    assert not is_provided("numpy", frozenset())
