"""Repositories of registries: what a URL may say, and what is made of a project's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.registry_address import (
    is_loopback,
    parse_address,
    repository_name,
    same_registry,
    without_login,
)


@pytest.mark.parametrize(
    "url",
    [
        "oci://",
        "oci://host",
        "oci://host/",
        "oci:///repository",
        "oci://host/Upper",
        "oci://host/a//b",
        "oci://host/a/",
        "oci://host/../b",
        "oci://host/a?b",
        "oci://host:0/a",
        "oci://host:70000/a",
        "oci://ho st/a",
        "oci://-host/a",
        "oci://host/a\n",
        "oci://host/ü",
        "oci://host/" + "a" * 300,
    ],
)
def test_urls_that_name_no_repository(url: str) -> None:
    with pytest.raises(ConfigError):
        parse_address(url)


@pytest.mark.parametrize("url", ["oci://host/a:v1", "oci://host/a@sha256:abcd"])
def test_a_tag_in_a_url_is_refused_with_where_it_belongs(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address(url)
    assert "--tag" in caught.value.hint


def test_a_password_in_a_url_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address("oci://ada:hunter2@host/a")
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_docker_hub_has_three_names() -> None:
    address = parse_address("oci://docker.io/ada/model")
    assert address.api_host == "registry-1.docker.io"
    assert address.login_keys[0] == "https://index.docker.io/v1/"
    assert address.url == "oci://docker.io/ada/model"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:5000", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("[::1]:5000", True),
        ("128.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("0.0.0.0", False),
    ],
)
def test_what_is_this_machine(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("starsim-sir", "starsim-sir"),
        ("Flu Model", "flu-model"),
        ("a__b", "a-b"),
        ("-x-", "x"),
        ("modèle", "mod-le"),
        ("a.b_c", "a.b_c"),
    ],
)
def test_a_project_s_name_as_a_repository(name: str, repository: str) -> None:
    assert repository_name(name) == repository


@given(st.text(max_size=100))
def test_any_name_makes_a_repository_or_is_refused(name: str) -> None:
    try:
        made = repository_name(name)
    except ConfigError:
        return
    assert parse_address(f"oci://host/{made}").repository == made


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("oci://host.example/a", "host.example/b/c", True),
        ("oci://host.example/a", "oci://host.example:5000/a", False),
        ("oci://host.example/a", "oci://host.example.evil/a", False),
        ("layout:/x", "layout:/x", False),
    ],
)
def test_whether_two_urls_are_of_one_registry(one: str, other: str, expected: bool) -> None:
    assert same_registry(one, other) is expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("oci://ada:pw@host/x", "oci://***@host/x"),
        ("ada:p/w@host/x:t", "***@host/x:t"),
        ("oci://ada:p@w@host/x@sha256:0f", "oci://***@host/x@sha256:0f"),
        ("oci://token@host/x", "oci://***@host/x"),
        ("host:5000/x:t@sha256:0f", "host:5000/x:t@sha256:0f"),
        ("layout:/srv/a@b", "layout:/srv/a@b"),
        ("a@b", "a@b"),
    ],
)
def test_a_login_in_a_url_is_not_shown(text: str, shown: str) -> None:
    assert without_login(text) == shown
