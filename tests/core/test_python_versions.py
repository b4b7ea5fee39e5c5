"""Which Python versions a specifier admits."""

from __future__ import annotations

import pytest

from modelops_bundle.core.python_versions import admits


@pytest.mark.parametrize(
    ("specifier", "version", "expected"),
    [
        (">=3.11", "3.11.0", True),
        (">=3.11", "3.10.13", False),
        (">=3.11,<3.13", "3.12.9", True),
        (">=3.11,<3.13", "3.13.0", False),
        ("~=3.11", "3.14.1", True),
        ("~=3.11.2", "3.12.0", False),
        ("==3.12.*", "3.12.4", True),
        ("!=3.12.*", "3.12.4", False),
        ("!=3.12.0", "3.12.4", True),
        ("==3.12", "3.12.0", True),
        (">3.11", "3.11.7", True),
        ("<=3.12", "3.12.1", False),
        ("", "3.12.1", True),
        ("^3.11", "3.12.1", None),
        (">=3.12,whatever", "3.11.1", False),
    ],
)
def test_versions(specifier: str, version: str, expected: bool | None) -> None:
    assert admits(specifier, version) is expected
