"""Challenges as servers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.storage.auth_challenge import Challenge, parse_challenges

BEARER = 'Bearer realm="https://a.example/token?x=1,2",service="a b",scope="repository:r:pull,push"'


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], ()),
        (["Basic"], (Challenge("basic", {}),)),
        (['basic REALM="a \\"b\\""'], (Challenge("basic", {"realm": 'a "b"'}),)),
        (
            [BEARER],
            (
                Challenge(
                    "bearer",
                    {
                        "realm": "https://a.example/token?x=1,2",
                        "service": "a b",
                        "scope": "repository:r:pull,push",
                    },
                ),
            ),
        ),
        (
            ['Negotiate, Basic realm=x, Bearer realm="y"'],
            (
                Challenge("negotiate", {}),
                Challenge("basic", {"realm": "x"}),
                Challenge("bearer", {"realm": "y"}),
            ),
        ),
        (["Basic realm=x", "Bearer realm=y"], (
            Challenge("basic", {"realm": "x"}), Challenge("bearer", {"realm": "y"}),
        )),
        (['Basic realm="never closed'], (Challenge("basic", {}),)),
    ],
)  # fmt: skip
def test_challenges(headers: list[str], expected: tuple[Challenge, ...]) -> None:
    assert parse_challenges(headers) == expected


@given(st.lists(st.text(alphabet='Basic realm="\\,=x\x00', max_size=60), max_size=3))
def test_any_header_is_read_to_its_end(headers: list[str]) -> None:
    for challenge in parse_challenges(headers):
        assert challenge.scheme == challenge.scheme.lower() != ""
