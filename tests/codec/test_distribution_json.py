"""Answers of registries, token services and credential helpers, good and hostile."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.distribution_json import (
    DEFAULT_TOKEN_LIFE_S,
    decode_docker_config,
    decode_helper_answer,
    decode_problem,
    decode_tag_list,
    decode_token,
)
from modelops_bundle.errors import ConfigError, HostileBundleError, RemoteError


def test_tags() -> None:
    assert decode_tag_list(b'{"name":"a","tags":["v1","latest"]}') == ("v1", "latest")
    assert decode_tag_list(b'{"name":"a","tags":null}') == ()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"tags":{}}', b'{"tags":[1]}', b"\xff"])
def test_what_is_no_list_of_tags(content: bytes) -> None:
    with pytest.raises(HostileBundleError):
        decode_tag_list(content)


@pytest.mark.parametrize(
    ("document", "text", "life_s"),
    [
        ({"token": "t", "expires_in": 300}, "t", 300),
        ({"access_token": "t"}, "t", DEFAULT_TOKEN_LIFE_S),
        ({"token": "t", "expires_in": "x"}, "t", DEFAULT_TOKEN_LIFE_S),
        ({"token": "t", "expires_in": -5}, "t", DEFAULT_TOKEN_LIFE_S),
        ({"token": "t", "expires_in": 10**30}, "t", 86_400),
    ],
)
def test_tokens(document: dict[str, object], text: str, life_s: int) -> None:
    token = decode_token(json.dumps(document).encode())
    assert (token.text, token.life_s) == (text, life_s)
    assert "text" not in repr(token)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"token":1}', b'{"token":"a\\r\\nX: y"}', b'{"token":""}']
)
def test_what_is_no_token_shows_nothing_of_it(content: bytes) -> None:
    with pytest.raises(RemoteError, match="token service"):
        decode_token(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"errors":[{"code":"DENIED","message":"no\\nway"}]}', ("DENIED", "no way")),
        (b'{"errors":[{"code":1}]}', ("", "")),
        (b'{"errors":[]}', ("", "")),
        (b"<html>", ("", "")),
    ],
)
def test_what_a_registry_says_went_wrong(content: bytes, expected: tuple[str, str]) -> None:
    assert decode_problem(content) == expected


def test_a_long_message_is_cut() -> None:
    content = json.dumps({"errors": [{"code": "X", "message": "m" * 10_000}]}).encode()
    assert len(decode_problem(content)[1]) == 200


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["auths", "credHelpers", "credsStore", "auth", "h", "Username", "Secret"]),
        inner,
        max_size=4,
    ),
))  # fmt: skip
def test_any_json_is_read_or_refused(document: object) -> None:
    content = json.dumps(document).encode()
    for read in (decode_helper_answer, lambda c: decode_docker_config(c, name="config.json")):
        with suppress(ConfigError):
            read(content)
