"""Amounts of bytes as people type them."""

from __future__ import annotations

import pytest

from modelops_bundle.cli.sizes import size_bytes
from modelops_bundle.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12", 12), ("1.5k", 1500), ("500MB", 500 * 10**6), ("10GiB", 10 * 2**30), ("1 tb", 10**12)],
)
def test_sizes(text: str, expected: int) -> None:
    assert size_bytes(text) == expected


@pytest.mark.parametrize("text", ["", "12x", "1iB", "-3MB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        size_bytes(text)
