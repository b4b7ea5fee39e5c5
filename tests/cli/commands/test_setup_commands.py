"""Where bundles go, who one is there, and which environment is pinned."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from support.project import Shell
from support.schemas import assert_documented

CONFIG = ".modelops-bundle/config.yaml"
SECRETS = ("hunter2", "DefaultEndpointsProtocol", "AKIA")


@pytest.fixture
def environments(tmp_path: Path) -> Path:
    """Two environments with secrets, and one that cannot be read."""
    folder = tmp_path / "home/.modelops/bundle-env"
    folder.mkdir(parents=True)
    (folder / "staging.yaml").write_text(
        "registry: {login_server: registry.example/team, username: ada, password: hunter2}\n"
        "storage: {provider: azure, container: models, "
        "connection_string: DefaultEndpointsProtocol=x}\n"
    )
    (folder / "local.yaml").write_text(
        "registry: {login_server: '127.0.0.1:5000', insecure: true}\n"
        "storage: {provider: s3, container: b, access_key: AKIA, secret_key: hunter2}\n"
    )
    (folder / "broken.yaml").write_text("registry: {password: hunter2}\n")
    return folder


def test_environments_are_listed_and_pinned_without_their_secrets(
    shell: Shell, environments: Path
) -> None:
    shown = shell.ok("env", "list").out.splitlines()
    assert [" ".join(line.split()) for line in shown] == [
        "Pinned: none",
        "broken ~/.modelops/bundle-env/broken.yaml:1: 'registry' needs 'login_server'",
        "local 127.0.0.1:5000 s3:b",
        "staging registry.example/team azure:models",
    ]
    document = shell.json("env", "list")
    assert_documented(document)
    assert (document["pinned"], document["available"]) == (None, ["local", "staging"])
    shown = shell.ok("env", "switch", "staging").out
    assert shown == (
        "staging (pinned)\n"
        "  registry  registry.example/team\n"
        "  username  ada\n"
        "  password  set\n"
        "  storage   azure:models\n"
        "  keys      set\n"
    )
    assert shell.ok("env", "show").out == shown
    assert shell.read(".modelops-bundle/env") == "staging\n"
    assert "  insecure  yes" in shell.ok("env", "show", "local").out
    for call in (["list"], ["show"], ["show", "local"], ["show", "broken"]):
        for options in ([], ["--json"], ["--debug"]):
            seen = shell("env", *call, *options)
            assert not any(secret in seen.out + seen.err for secret in SECRETS), call
    (environments / "staging.yaml").unlink()
    listed = shell.json("env", "list")["environments"]
    assert [e["problem"] != "" for e in listed] == [True, False, True]
    assert shell("env", "switch", "nowhere").code == 2
    assert shell("env", "show", "../x").code == 2
    assert shell.read(".modelops-bundle/env") == "staging\n"


def test_environments_can_be_seen_outside_a_project(bare: Shell, environments: Path) -> None:
    assert bare.json("env", "list")["available"] == ["local", "staging"]
    assert "staging" in bare.ok("env", "show", "staging").out
    assert bare("env", "switch", "staging").code == 2
    assert bare("env", "show").code == 2


def test_the_remote_is_set_and_nothing_else(shell: Shell) -> None:
    shell.write(CONFIG, "# ours\n" + shell.read(CONFIG) + "# end\n")
    before = shell.read(CONFIG)
    shown = shell.ok("remote", "set", "oci://registry.example/team/flu").out
    assert shown == "remote: oci://registry.example/team/flu (was local)\n"
    kept = [line for line in before.splitlines() if not line.startswith(("remote:", "store:"))]
    after = shell.read(CONFIG).splitlines()
    assert [line for line in after if not line.startswith("remote:")] == kept
    assert shell.json("remote", "show")["remote"] == "oci://registry.example/team/flu"
    assert shell.ok("remote").out == shell.ok("remote", "show").out
    shell.ok("remote", "set", "local")
    assert shell.json("status")["remote"]["url"].startswith("layout:~/")


@pytest.mark.parametrize(
    "url",
    [
        "oci://ada:hunter2@registry.example/flu",
        "layout:/absolute/store",
        "file:///absolute/store",
        "oci://registry.example/flu:v1",
        "layout:store@sha256:abcd",
        "nonsense",
        "",
    ],
)
def test_a_remote_that_does_not_belong_in_the_configuration_is_refused(
    shell: Shell, url: str
) -> None:
    before = shell.read(CONFIG)
    shown = shell("remote", "set", url)
    assert shown.code == 2
    assert "hunter2" not in shown.out + shown.err
    assert shell.read(CONFIG) == before


def test_what_was_allowed_of_one_registry_is_not_allowed_of_another(shell: Shell) -> None:
    shell.ok("remote", "set", "oci://a.example/flu", "--insecure")
    assert shell.json("remote", "show")["insecure"] is True
    assert shell.json("remote", "set", "oci://a.example/other")["insecure"] is True
    assert shell.json("remote", "set", "oci://b.example/flu")["insecure"] is False


def test_an_environment_that_goes_before_the_remote_is_named(
    shell: Shell, environments: Path
) -> None:
    shell.ok("env", "switch", "staging")
    shown = shell.ok("remote", "set", "layout:../store").out
    assert "The pinned environment staging goes before it." in shown


def test_a_login_needs_somebody_to_ask_or_a_password(
    bare: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for call in (["login", "127.0.0.1:9"], ["login", "127.0.0.1:9", "-u", "ada"]):
        shown = bare(*call)
        assert shown.code == 2
        assert "--password-stdin" in shown.err
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert bare("login", "127.0.0.1:9", "-u", "ada", "--password-stdin").code == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO("hunter2\n"))
    shown = bare("login", "127.0.0.1:9", "-u", "ada", "--password-stdin", "--debug")
    assert shown.code == 4
    assert "hunter2" not in shown.out + shown.err


def test_a_login_that_was_forgotten(
    bare: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"a.example": {"auth": "eDp5"}}}))
    assert bare.ok("logout", "a.example").out == "Logged out of a.example.\n"
    assert bare.ok("logout", "a.example").out == "Nobody was logged in to a.example.\n"
    document = bare.json("logout", "a.example")
    assert_documented(document)
    assert document["known"] is False
