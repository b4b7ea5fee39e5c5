"""Real registries on loopback ports: plain, with passwords, with tokens, with TLS."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

USER, PASSWORD = "ada", "a secret of 9 bytes"
#: Of `PASSWORD`, at the lowest cost: `htpasswd -nbB -C 4`.
HTPASSWD = "ada:$2y$04$a.fIShGYKBAkVlpyMzPhUufMVjQCi2hJ99KwmfGDJdR1p01hV2Bx6\n"
IDENTITY_TOKEN = "identity-of-ada"
SERVICE = "test-registry"
ISSUER = "test-tokens"

_numbers = itertools.count()


@dataclass(frozen=True)
class Certificate:
    """A key and a certificate of its own for loopback."""

    key: Path
    certificate: Path


@dataclass(frozen=True)
class RegistryServer:
    """A registry that runs.

    Attributes:
        host: `127.0.0.1:port`.
        data: Where it keeps its blobs.
        pid: Its process.
    """

    host: str
    data: Path
    pid: int

    def url(self) -> str:
        """The URL of a repository that nothing was published to."""
        return f"oci://{self.host}/test/{os.getpid()}-{next(_numbers)}"


def program(name: str) -> str:
    """A program that a test drives; in CI its absence is a failure."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} must be installed in CI")
        pytest.skip(f"{name} is not installed")
    return found


def make_certificate(folder: Path, *, rsa: bool = False) -> Certificate:
    """Make a certificate with openssl."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "key.pem", folder / "certificate.pem")
    kind = ["rsa:2048"] if rsa else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", *kind, "-nodes", "-days", "2",
         "-keyout", made.key, "-out", made.certificate, "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


@contextmanager
def running_registry(
    folder: Path, *, auth: object = None, tls: Certificate | None = None, deletes: bool = True
) -> Iterator[RegistryServer]:
    """Run Debian's `docker-registry` until the block is left."""
    folder.mkdir(parents=True, exist_ok=True)
    http: dict[str, object] = {"addr": "127.0.0.1:0"}
    if tls is not None:
        http["tls"] = {"certificate": str(tls.certificate), "key": str(tls.key)}
    config: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(folder / "data")},
            "delete": {"enabled": deletes},
        },
        "http": http,
    }
    if auth is not None:
        config["auth"] = auth
    # JSON is YAML.
    (folder / "config.yml").write_text(json.dumps(config))
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                [program("docker-registry"), "serve", str(folder / "config.yml")],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(process.kill)
        log = process.stderr
        assert log is not None
        seen: list[str] = []
        for line in log:
            seen.append(line)
            if "listening on " in line:
                break
        else:
            raise AssertionError(f"docker-registry ended: {''.join(seen)[-2000:]}")
        drain = threading.Thread(target=partial(_drain, log), daemon=True)
        drain.start()
        stack.callback(drain.join)
        stack.callback(process.kill)
        host = line.partition("listening on ")[2].split('"')[0].split(",")[0].strip()
        yield RegistryServer(host, folder / "data", process.pid)


def _drain(log: Iterator[str]) -> None:
    for _ in log:
        pass


def htpasswd_auth(folder: Path) -> object:
    """The configuration for a user name and a password."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "htpasswd").write_text(HTPASSWD)
    return {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}


@dataclass
class TokenService:
    """A token service as registries use them: what it was asked for, and how to be.

    Attributes:
        anonymous: Gives tokens to pull to everybody.
        life_s: Of the tokens, as it tells.
        asked: The scopes, in order.
    """

    key: Certificate
    realm: str = ""
    anonymous: bool = True
    life_s: int = 300
    asked: list[str] = field(default_factory=list)

    def auth(self) -> object:
        """The configuration of a registry that takes its tokens."""
        return {
            "token": {
                "realm": self.realm,
                "service": SERVICE,
                "issuer": ISSUER,
                "rootcertbundle": str(self.key.certificate),
            }
        }

    def answer(self, handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, object]]:
        """Give out a token."""
        query = urlsplit(handler.path).query
        if handler.command == "POST":
            query = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(query).items()}
        # In a query each scope is a field of its own; in a form they are words of one.
        scopes = " ".join(parse_qs(query).get("scope", [])).split()
        self.asked.append(" ".join(scopes))
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        given = handler.headers.get("Authorization")
        if given == f"Basic {login}" or fields.get("refresh_token") == IDENTITY_TOKEN:
            allowed = {"pull", "push", "delete"}
        elif given is None and "refresh_token" not in fields and self.anonymous:
            allowed = {"pull"}
        else:
            return 401, {"errors": [{"code": "UNAUTHORIZED", "message": "who is this?"}]}
        name = "access_token" if handler.command == "POST" else "token"
        return 200, {name: self._token(scopes, allowed), "expires_in": self.life_s}

    def _token(self, scopes: list[str], allowed: set[str]) -> str:
        """A JSON Web Token, signed by openssl (RFC 7515, RS256)."""
        lines = self.key.certificate.read_text().splitlines()
        header = {"alg": "RS256", "typ": "JWT", "x5c": ["".join(lines[1:-1])]}
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": ISSUER, "sub": USER, "aud": SERVICE, "jti": str(next(_numbers)),
            "iat": now - 10, "nbf": now - 10, "exp": now + self.life_s + 60,
            "access": [
                {"type": kind, "name": name, "actions": sorted(allowed & {*actions.split(",")})}
                for kind, name, actions in (scope.split(":") for scope in scopes)
            ],
        }  # fmt: skip
        text = f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"
        signature = subprocess.run(
            [program("openssl"), "dgst", "-sha256", "-sign", self.key.key],
            input=text.encode(),
            check=True,
            capture_output=True,
        ).stdout
        return f"{text}.{_base64(signature)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def running_tokens(folder: Path) -> Iterator[TokenService]:
    """Run a token service until the block is left."""
    service = TokenService(make_certificate(folder, rsa=True))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, document = service.answer(self)
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with serving(Handler) as host:
        service.realm = f"http://{host}/token"
        yield service


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up on purpose; everything else is a fault of the test."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Run an HTTP server; the block gets its `127.0.0.1:port`."""
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Registries:
    """The registries of a test session, each started when it is first asked for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._running: dict[str, RegistryServer] = {}
        self.tokens: TokenService | None = None
        self._start: dict[str, Callable[[Path], RegistryServer]] = {
            "plain": self._plain,
            "htpasswd": self._htpasswd,
            "bearer": self._bearer,
            "tls": self._tls,
        }

    @cached_property
    def certificate(self) -> Certificate:
        """That of the registry with TLS."""
        return make_certificate(self._folder / "certificate")

    def __getitem__(self, kind: str) -> RegistryServer:
        if kind not in self._running:
            self._running[kind] = self._start[kind](self._folder / kind)
        return self._running[kind]

    def _plain(self, folder: Path) -> RegistryServer:
        return self._stack.enter_context(running_registry(folder))

    def _htpasswd(self, folder: Path) -> RegistryServer:
        return self._stack.enter_context(running_registry(folder, auth=htpasswd_auth(folder)))

    def _bearer(self, folder: Path) -> RegistryServer:
        self.tokens = self._stack.enter_context(running_tokens(folder / "tokens"))
        return self._stack.enter_context(running_registry(folder, auth=self.tokens.auth()))

    def _tls(self, folder: Path) -> RegistryServer:
        return self._stack.enter_context(running_registry(folder, tls=self.certificate))
