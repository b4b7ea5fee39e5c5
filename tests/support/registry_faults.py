"""What can go wrong between a client and a registry: a relay that cuts, a front that answers."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from support.registry_server import serving


class Relay:
    """Passes bytes between a client and a server, and resets connections when told to."""

    def __init__(self, target: str) -> None:
        name, _, port = target.partition(":")
        self._target = (name, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._budget: dict[str, int] = {}
        self._relays: list[threading.Thread] = []
        self.resets = 0

    def reset_after(self, count_bytes: int, *, way: str) -> None:
        """Reset one connection after so many bytes `up` to the server or `down` from it."""
        with self._lock:
            self._budget = {way: count_bytes}

    @property
    def armed(self) -> bool:
        """A reset is still to come."""
        return bool(self._budget)

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            relay = threading.Thread(target=self._relay, args=(client,), daemon=True)
            relay.start()
            self._relays.append(relay)

    def close(self) -> None:
        """Stop."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _relay(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            up = threading.Thread(target=self._pass_on, args=(client, server, client, "up"))
            up.start()
            self._pass_on(server, client, client, "down")
            up.join()

    def _pass_on(
        self, source: socket.socket, sink: socket.socket, client: socket.socket, way: str
    ) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                allowed = self._allowed(way, len(chunk))
                sink.sendall(chunk[:allowed])
                if allowed < len(chunk):
                    # A linger time of 0 makes a reset of the close.
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
        for end in (source, sink):
            # The reset must not be preceded by an orderly end.
            with suppress(OSError):
                end.shutdown(socket.SHUT_RD if end is client else socket.SHUT_RDWR)

    def _allowed(self, way: str, count_bytes: int) -> int:
        with self._lock:
            left = self._budget.get(way)
            if left is None:
                return count_bytes
            if left >= count_bytes:
                self._budget[way] = left - count_bytes
                return count_bytes
            self._budget = {}
            self.resets += 1
            return left


@contextmanager
def relay_to(target: str) -> Iterator[Relay]:
    """Run a relay until the block is left."""
    relay = Relay(target)
    thread = threading.Thread(target=relay.serve, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.close()
        thread.join()


@dataclass(frozen=True)
class Seen:
    """A request that the front got."""

    method: str
    path: str
    authorization: str | None


Reaction = Callable[["Handler"], None]


@dataclass
class Fault:
    """What the front does instead of passing a request on.

    Attributes:
        times: How often.
    """

    method: str
    part: str
    reaction: Reaction
    times: int = 1


@dataclass
class Front:
    """An HTTP server that passes requests on to a registry, but for its faults."""

    target: str
    host: str = ""
    faults: list[Fault] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def fail(self, method: str, part: str, reaction: Reaction, times: int = 1) -> Fault:
        """Add a fault for requests whose path holds `part`."""
        fault = Fault(method, part, reaction, times)
        self.faults.append(fault)
        return fault

    def asked(self, method: str, part: str = "") -> int:
        """How many such requests came."""
        return sum(1 for seen in self.seen if seen.method == method and part in seen.path)


class Handler(BaseHTTPRequestHandler):
    """Passes one request on, or reacts as a fault says."""

    protocol_version = "HTTP/1.1"
    front: Front

    def handle_any(self) -> None:
        """Do what the front is set to."""
        authorization = self.headers.get("Authorization")
        self.front.seen.append(Seen(self.command, self.path, authorization))
        for fault in self.front.faults:
            if fault.times and fault.method == self.command and fault.part in self.path:
                fault.times -= 1
                fault.reaction(self)
                return
        status, headers, body = self.forwarded()
        self.answer(status, headers, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any

    def forwarded(self) -> tuple[int, dict[str, str], bytes]:
        """The registry's own answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        connection = http.client.HTTPConnection(self.front.target)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            response = connection.getresponse()
            content = response.read()
            return response.status, dict(response.getheaders()), content
        finally:
            connection.close()

    def answer(
        self, status: int, headers: dict[str, str], body: bytes, sent: bytes | None = None
    ) -> None:
        """Answer; with `sent`, promise the body and send something else, then hang up."""
        self.send_response(status)
        length = headers.get("Content-Length", str(len(body)))
        for name, value in headers.items():
            if name.lower() not in ("content-length", "date", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if sent is None else sent)
        if sent is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def front_of(target: str) -> Iterator[Front]:
    """Run a front until the block is left."""
    front = Front(target)
    handler = type("FrontHandler", (Handler,), {"front": front})
    with serving(handler) as host:
        front.host = host
        yield front


def status(code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Reaction:
    """Answer with a status, having read the whole request."""

    def react(handler: Handler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        handler.answer(code, headers or {}, body)

    return react


def status_half_way(code: int, headers: dict[str, str]) -> Reaction:
    """Answer with a status when half of the request has come, and hang up."""

    def react(handler: Handler) -> None:
        length = int(handler.headers.get("Content-Length", "0"))
        handler.rfile.read(length // 2)
        handler.answer(code, headers, b"")
        handler.close_connection = True

    return react


def half_arrives(handler: Handler) -> None:
    """The registry gets the first half of an upload; then the line is dead."""
    length = int(handler.headers["Content-Length"])
    half = handler.rfile.read(length // 2)
    name, _, port = handler.front.target.partition(":")
    with socket.create_connection((name, int(port))) as registry:
        lines = [f"PUT {handler.path} HTTP/1.1", *(f"{k}: {v}" for k, v in handler.headers.items())]
        registry.sendall("\r\n".join([*lines, "", ""]).encode() + half)
        registry.shutdown(socket.SHUT_WR)
        while registry.recv(65536):
            pass
    handler.close_connection = True


def truncated(count_bytes: int) -> Reaction:
    """Send only the beginning of the body."""

    def react(handler: Handler) -> None:
        code, headers, body = handler.forwarded()
        handler.answer(code, headers, body, sent=body[:count_bytes])

    return react


def corrupted(at: int) -> Reaction:
    """Change one byte of the body."""

    def react(handler: Handler) -> None:
        code, headers, body = handler.forwarded()
        handler.answer(code, headers, body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])

    return react


def resized(change_bytes: int) -> Reaction:
    """Send a shorter or longer body, and say so."""

    def react(handler: Handler) -> None:
        code, headers, body = handler.forwarded()
        changed = body + b"x" * change_bytes if change_bytes > 0 else body[:change_bytes]
        handler.answer(code, headers, changed)

    return react


def without_ranges(handler: Handler) -> None:
    """Send all of a body of which a part was asked for."""
    del handler.headers["Range"]
    code, headers, body = handler.forwarded()
    handler.answer(code, headers, body)


def stalled(until: threading.Event) -> Reaction:
    """Send nothing until the event is set."""

    def react(handler: Handler) -> None:
        until.wait(30)
        handler.close_connection = True

    return react


def dripping(until: threading.Event) -> Reaction:
    """Send one byte of an answer after the other until the event is set."""

    def react(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not until.wait(0.02):
            handler.wfile.write(b" ")
        handler.close_connection = True

    return react


def slow(pieces: int, pause_s: float) -> Reaction:
    """Send the body in so many pieces, with a pause before each."""

    def react(handler: Handler) -> None:
        code, headers, body = handler.forwarded()
        handler.answer(code, headers, body, sent=b"")
        step = -(-len(body) // pieces)
        for start in range(0, len(body), step):
            threading.Event().wait(pause_s)
            handler.wfile.write(body[start : start + step])

    return react
