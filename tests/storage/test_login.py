"""Logins: shown to the registry first, kept where Docker keeps them, and never told."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from modelops_bundle.codec.distribution_json import Credentials
from modelops_bundle.errors import BundleError, ConfigError, RemoteError, UnauthorizedError
from modelops_bundle.operations.setup_documents import login_document
from modelops_bundle.storage.credentials import find_credentials
from modelops_bundle.storage.login import log_in, log_out
from modelops_bundle.storage.registry_address import RegistryAddress, parse_host
from support.registry_server import PASSWORD, USER, Registries
from support.schemas import assert_documented

AUTH = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def configured(folder: Path) -> object:
    return json.loads((folder / "docker/config.json").read_text())


def configure(folder: Path, document: object) -> None:
    (folder / "docker").mkdir(exist_ok=True)
    (folder / "docker/config.json").write_text(json.dumps(document))


def install_helper(folder: Path) -> None:
    """A credential helper that keeps one login in a file."""
    program = folder / "docker-credential-box"
    program.write_text(
        f"#!/bin/sh\nbox={folder}/box\n"
        'case $1 in\nstore) cat > "$box";;\nerase) rm -f "$box";;\n'
        'get) cat "$box" 2>/dev/null || { echo "credentials not found in it"; exit 1; };;\n'
        "esac\n"
    )
    program.chmod(0o755)


@pytest.mark.parametrize("kind", ["htpasswd", "bearer"])
def test_a_login_that_is_taken_is_remembered(
    folder: Path, registries: Registries, kind: str
) -> None:
    address = parse_host(registries[kind].host)
    other = {"auths": {"other.example": {"auth": AUTH}}, "HttpHeaders": {"X": "1"}}
    configure(folder, other)
    login = log_in(address, USER, PASSWORD)
    assert login.asked
    assert_documented(login_document(login))
    assert configured(folder) == {
        **other,
        "auths": {"other.example": {"auth": AUTH}, address.host: {"auth": AUTH}},
    }
    assert stat.S_IMODE((folder / "docker/config.json").stat().st_mode) == 0o600
    found = find_credentials(RegistryAddress(address.host, "team/flu"))
    assert found == Credentials(username=USER, password=PASSWORD)
    assert log_out(address)
    assert configured(folder) == other
    assert not log_out(address)


@pytest.mark.parametrize("kind", ["htpasswd", "bearer"])
def test_a_login_that_is_not_taken_is_not_remembered(
    folder: Path, registries: Registries, kind: str
) -> None:
    with pytest.raises(UnauthorizedError) as caught:
        log_in(parse_host(registries[kind].host), USER, "wrong-secret")
    assert "wrong-secret" not in f"{caught.value}{caught.value.hint}"
    assert "nothing was remembered" in str(caught.value)
    assert not (folder / "docker").exists()


def test_a_registry_that_lets_everybody_in_checks_nothing(
    folder: Path, registries: Registries
) -> None:
    assert log_in(parse_host(registries["plain"].host), USER, PASSWORD).asked is False


@pytest.mark.parametrize("setting", ["credsStore", "credHelpers"])
def test_a_credential_helper_keeps_the_secret(
    folder: Path, registries: Registries, setting: str
) -> None:
    install_helper(folder)
    address = parse_host(registries["htpasswd"].host)
    configure(folder, {setting: "box" if setting == "credsStore" else {address.host: "box"}})
    assert log_in(address, USER, PASSWORD).kept_in == "docker-credential-box"
    assert json.loads((folder / "box").read_text()) == {
        "ServerURL": address.host, "Username": USER, "Secret": PASSWORD,
    }  # fmt: skip
    text = (folder / "docker/config.json").read_text()
    assert PASSWORD not in text
    assert AUTH not in text
    assert find_credentials(address) == Credentials(username=USER, password=PASSWORD)
    assert log_out(address)
    assert find_credentials(address) is None


def test_what_cannot_be_written_is_told_without_the_secret(
    folder: Path, registries: Registries
) -> None:
    address = parse_host(registries["htpasswd"].host)
    for text in ("not JSON", "[]", '{"auths": []}'):
        (folder / "docker").mkdir(exist_ok=True)
        (folder / "docker/config.json").write_text(text)
        with pytest.raises(ConfigError) as caught:
            log_in(address, USER, PASSWORD)
        assert PASSWORD not in f"{caught.value}"
        assert (folder / "docker/config.json").read_text() == text
    configure(folder, {"credsStore": "nowhere"})
    with pytest.raises(ConfigError, match="docker-credential-nowhere"):
        log_in(address, USER, PASSWORD)


def test_a_registry_that_cannot_be_reached_remembers_nothing(folder: Path) -> None:
    with pytest.raises(RemoteError):
        log_in(parse_host("127.0.0.1:9"), USER, PASSWORD)
    assert not (folder / "docker").exists()


@pytest.mark.parametrize(
    ("text", "host"),
    [("Registry.example", "registry.example"), ("oci://a.example:5000/", "a.example:5000")],
)
def test_a_host(text: str, host: str) -> None:
    assert parse_host(text).host == host


@pytest.mark.parametrize("text", ["", "a.example/b", "a b", "u:secret@a.example", "a:99999"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(BundleError) as caught:
        parse_host(text)
    assert "secret" not in str(caught.value)
