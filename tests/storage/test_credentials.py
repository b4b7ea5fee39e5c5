"""Whom Docker's configuration says somebody is: entries, helpers and stores."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from modelops_bundle.codec.distribution_json import Credentials
from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.credentials import find_credentials
from modelops_bundle.storage.registry_address import RegistryAddress

HUB = RegistryAddress("docker.io", "ada/model")
OURS = RegistryAddress("registry.example:5000", "model")
AUTH = base64.b64encode(b"ada:pass:word").decode()
ADA = Credentials(username="ada", password="pass:word")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that Docker's configuration is in; programs may be put there as well."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def configure(folder: Path, document: object) -> None:
    (folder / "config.json").write_text(json.dumps(document))


def install(folder: Path, name: str, script: str) -> None:
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


ANSWER = (
    'read host; [ "$1" = get ] || exit 9; '
    'printf \'{"ServerURL":"x","Username":"%s","Secret":"of %s"}\' "${NAME:-ada}" "$host"'
)


def test_nobody_is_known_without_a_file(folder: Path) -> None:
    assert find_credentials(OURS) is None


def test_the_file_is_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".docker").mkdir()
    configure(tmp_path / ".docker", {"auths": {"registry.example:5000": {"auth": AUTH}}})
    assert find_credentials(OURS) == ADA


@pytest.mark.parametrize(
    "key",
    ["registry.example:5000", "https://registry.example:5000", "https://registry.example:5000/v2/"],
)
def test_an_entry_is_found_however_it_is_written(folder: Path, key: str) -> None:
    configure(folder, {"auths": {key: {"auth": AUTH}, "other.example": {"auth": "eDp5"}}})
    assert find_credentials(OURS) == ADA


def test_an_entry_of_another_host_or_port_is_no_entry(folder: Path) -> None:
    hosts = ("registry.example", "registry.example:5001", "example:5000")
    configure(folder, {"auths": {host: {"auth": AUTH} for host in hosts}})
    assert find_credentials(OURS) is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"username": "ada", "password": "x"}, Credentials(username="ada", password="x")),
        (
            {"auth": AUTH, "identitytoken": "t"},
            Credentials(username="ada", identity_token="t"),
        ),
        ({"registrytoken": "r"}, Credentials(registry_token="r")),
        ({"username": "<token>", "password": "t"}, Credentials(identity_token="t")),
        ({}, None),
        (None, None),
    ],
)
def test_what_an_entry_may_hold(folder: Path, entry: object, expected: Credentials | None) -> None:
    configure(folder, {"auths": {"registry.example:5000": entry}})
    assert find_credentials(OURS) == expected


def test_docker_hub_is_known_under_its_old_address(folder: Path) -> None:
    configure(folder, {"auths": {"https://index.docker.io/v1/": {"auth": AUTH}}})
    assert find_credentials(HUB) == ADA


def test_the_helper_of_a_host_goes_before_the_store(folder: Path) -> None:
    install(folder, "one", ANSWER)
    install(folder, "two", ANSWER.replace("of %s", "store of %s"))
    helpers = {"registry.example:5000": "one"}
    configure(folder, {"credHelpers": helpers, "credsStore": "two"})
    assert find_credentials(OURS) == Credentials(
        username="ada", password="of registry.example:5000"
    )
    assert find_credentials(HUB) == Credentials(
        username="ada", password="store of https://index.docker.io/v1/"
    )


def test_a_helper_that_keeps_a_refresh_token(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "<token>")
    install(folder, "one", ANSWER)
    configure(folder, {"credsStore": "one"})
    assert find_credentials(OURS) == Credentials(identity_token="of registry.example:5000")


def test_a_store_that_knows_nobody_leaves_it_to_the_entries(folder: Path) -> None:
    install(folder, "one", "echo 'credentials not found in native keychain'; exit 1")
    configure(folder, {"credsStore": "one", "auths": {"registry.example:5000": {"auth": AUTH}}})
    assert find_credentials(OURS) == ADA


@pytest.mark.parametrize(
    "script",
    ["echo hunter2 >&2; echo hunter2; exit 3", 'echo \'{"Username": 1, "Secret": "hunter2"}\''],
)
def test_a_helper_that_fails_is_an_error_that_shows_nothing(folder: Path, script: str) -> None:
    install(folder, "one", script)
    configure(folder, {"credsStore": "one"})
    with pytest.raises(ConfigError) as caught:
        find_credentials(OURS)
    assert "hunter2" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


@pytest.mark.parametrize("name", ["../evil", "a b", "", "-x"])
def test_a_helper_s_name_is_no_path(folder: Path, name: str) -> None:
    configure(folder, {"credHelpers": {"registry.example:5000": name}})
    with pytest.raises(ConfigError, match="not the name"):
        find_credentials(OURS)


def test_a_helper_that_is_not_installed_is_named(folder: Path) -> None:
    configure(folder, {"credsStore": "nowhere"})
    with pytest.raises(ConfigError, match="docker-credential-nowhere"):
        find_credentials(OURS)


@pytest.mark.parametrize(
    "content", ["{", "[]", "[" * 100_000, '{"auths":{"registry.example:5000":{"auth":"!"}}}']
)
def test_a_file_that_cannot_be_read_is_named(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(ConfigError, match=r"config\.json"):
        find_credentials(OURS)
