"""A read-only registry that counts what is asked of it, and kills who asks, half-way."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from support.registry_server import serving
from support.swarm import kill_member

_PLACE = re.compile(r"/v2/team/flu/(manifests|blobs)/(sha256:[0-9a-f]{64})")


@dataclass
class KillingServer:
    """What it serves, and what it has seen.

    Attributes:
        contents: Manifests and blobs by digest.
        victim: The blob whose readers are killed after half of it.
        kills: How many are still to be killed.
        holder: The file that tells the process number of who is fetching.
    """

    contents: Mapping[str, bytes]
    victim: str = ""
    kills: int = 0
    holder: Path = Path("none")
    url: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, digest: str) -> bool:
        """Count a request; True where its sender is to be killed."""
        with self.lock:
            self.seen[digest] += 1
            if digest != self.victim or not self.kills:
                return False
            self.kills -= 1
            return True


@contextmanager
def killing_server(server: KillingServer) -> Iterator[KillingServer]:
    """Serve until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = _PLACE.fullmatch(self.path)
            content = server.contents.get(found[2]) if found else None
            if found is None or content is None:
                self.send_response(200 if self.path == "/v2/" else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            dies = self.command == "GET" and server.note(found[2])
            self.send_response(200)
            kind = "application/vnd.oci.image.manifest.v1+json"
            self.send_header("Content-Type", kind if found[1] == "manifests" else "x/y")
            self.send_header("Docker-Content-Digest", found[2])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "HEAD":
                return
            if dies:
                self.wfile.write(content[: len(content) // 2])
                self.wfile.flush()
                assert kill_member(server.holder.read_text())
                self.close_connection = True
            else:
                self.wfile.write(content)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with serving(Handler) as host:
        server.url = f"oci://{host}/team/flu"
        yield server
