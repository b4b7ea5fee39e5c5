"""Whatever goes wrong, no password and no token is in any output or in any file of a project."""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.project import Shell, make_project, register_all
from support.registry_faults import Front, Handler, Reaction, front_of, status
from support.registry_server import PASSWORD, USER, Registries

AUTH = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
SECRETS = (PASSWORD, AUTH, PASSWORD.replace(" ", "%20"), PASSWORD.replace(" ", "+"))


def echoing(code: int, headers: dict[str, str] | None = None) -> Reaction:
    """Ask for a login, then refuse it and say all that was sent, as a careless server would."""

    def react(handler: Handler) -> None:
        sent = handler.headers.get("Authorization")
        if sent is None:
            handler.answer(*handler.forwarded())
            return
        told = base64.b64decode(sent.removeprefix("Basic ")).decode()
        error = {"code": sent, "message": f"{sent} is {told}, {PASSWORD}"}
        status(code, headers, json.dumps({"errors": [error]}).encode())(handler)

    return react


@pytest.fixture
def front(registries: Registries) -> Iterator[Front]:
    with front_of(registries["htpasswd"].host) as running:
        yield running


@pytest.fixture
def shell(
    front: Front,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """A project whose registry asks for a login, which Docker's configuration has."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    (tmp_path / "docker").mkdir()
    logins = {"auths": {front.host: {"auth": AUTH}}}
    (tmp_path / "docker/config.json").write_text(json.dumps(logins))
    root = tmp_path / "project"
    root.mkdir()
    made = Shell(root, capsys)
    make_project(made)
    register_all(made)
    made.ok("remote", "set", f"oci://{front.host}/{tmp_path.name}/flu")
    made.ok("push", "--tag", "v1")
    return made


FAULTS: dict[str, Reaction] = {
    "unauthorized": echoing(401, {"WWW-Authenticate": 'Basic realm="x"'}),
    "unknown login": echoing(401, {"WWW-Authenticate": f'Weird x="{AUTH}"'}),
    "forbidden": echoing(403),
    "refused": echoing(400),
    "not there": echoing(404),
    "no such method": echoing(405),
    "sent away": echoing(307, {"Location": "http://elsewhere.example/"}),
}
CALLS = (
    ["push", "--tag", "v2"],
    ["pull", "v1", "--overwrite"],
    ["ensure", "v1", "--dest", "../run"],
    ["inspect", "v1"],
    ["versions"],
    ["tag", "prod", "v1"],
    ["copy", "v1", "layout:../copy"],
    ["delete", "v1", "--force"],
    ["status", "--remote"],
)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_secret_is_shown(
    shell: Shell, front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    shell.write("wire.py", f"# {fault}\n")
    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        front.fail(method, "/v2/", FAULTS[fault], times=10_000)
    seen = []
    for call in CALLS:
        for options in (["--debug"], ["--debug", "--json"]):
            shown = shell(*call, *options)
            assert "unexpected" not in shown.err, (call, shown)
            seen.append(shown.out + shown.err)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    shown = shell("login", front.host, "-u", USER, "--password-stdin", "--debug")
    seen.append(shown.out + shown.err)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.parent.name != "docker":
            seen.append(path.read_bytes().decode("utf-8", "replace"))
    leaks = [(secret, text) for secret in SECRETS for text in seen if secret in text]
    assert leaks == []
