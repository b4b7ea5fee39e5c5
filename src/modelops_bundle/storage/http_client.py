"""One HTTP exchange: sent to one place, followed through redirects, read to its end or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.response import BaseHTTPResponse

from modelops_bundle.errors import RemoteError
from modelops_bundle.log import Log
from modelops_bundle.log import place as logged_place
from modelops_bundle.storage.base import CHUNK_BYTES
from modelops_bundle.storage.http_errors import translated
from modelops_bundle.storage.http_pools import Pools
from modelops_bundle.storage.http_retry import Attempts, TransientFailure
from modelops_bundle.storage.registry_address import is_loopback

_LOG = Log(__name__)
_USER_AGENT = "mops-bundle"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_PORTS = {"https": 443, "http": 80}
#: Sent to the host that a request was meant for, and to nobody else.
_PRIVATE = frozenset({"authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that has been read to its end.

    Attributes:
        url: Where it came from in the end.
        headers: By name, whatever its case.
        body: All of it; b"" for HEAD.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """A response whose body has not been read yet; close it in any case."""

    def __init__(self, url: str, response: BaseHTTPResponse) -> None:
        self.url = url
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers

    def pieces(self) -> Iterator[bytes]:
        """The body as it arrives, in pieces of at most `CHUNK_BYTES`.

        Raises:
            TransientFailure: it was cut off.
        """
        while True:
            with translated(self.url):
                piece = self._response.read1(CHUNK_BYTES, decode_content=False)
            if not piece:
                return
            yield piece

    def read(self, limit_bytes: int, attempts: Attempts) -> Answer:
        """Read all of it, and close it.

        Raises:
            RemoteError: longer than it may be.
            TransientFailure: it was cut off, or the deadline passed.
        """
        pieces: list[bytes] = []
        size_bytes = 0
        try:
            for piece in self.pieces():
                size_bytes += len(piece)
                if size_bytes > limit_bytes:
                    raise RemoteError(
                        f"{_host(self.url)} sent an answer of more than {limit_bytes} bytes"
                    )
                if attempts.expired:
                    raise TransientFailure(RemoteError(f"{_host(self.url)} takes too long"))
                pieces.append(piece)
        finally:
            self.close()
        return Answer(self.url, self.status, self.headers, b"".join(pieces))

    def close(self) -> None:
        """Give the connection back; one with something left in it is dropped."""
        if self._response.closed:
            self._response.release_conn()
        else:
            self._response.close()


class HttpClient:
    """Sends requests; safe to use from several threads."""

    def __init__(self, pools: Pools, *, plain_host: str = "") -> None:
        """No connection is made yet.

        Args:
            plain_host: The one host (with its port) beside this machine that may be talked to
                without TLS.
        """
        self._pools = pools
        self._plain_host = plain_host

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: urllib3.Timeout,
        body: bytes | Iterable[bytes] | None = None,
    ) -> Exchange:
        """Send a request; GET and HEAD follow redirects, without credentials to other hosts.

        Raises:
            RemoteError: it cannot be sent, or leads to where it must not.
            TransientFailure: another attempt may succeed.
        """
        sent = {"User-Agent": _USER_AGENT, "Accept-Encoding": "identity", **headers}
        for _ in range(_MOST_REDIRECTS + 1):
            self.check(url)
            with translated(url):
                response = self._pools.for_url(url).request(
                    method,
                    url,
                    body=body,
                    headers=sent,
                    timeout=timeout,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
            exchange = Exchange(url, response)
            _LOG.debug("%s %s -> %d", method, logged_place(url), response.status)
            place = response.headers.get("Location")
            if response.status not in _REDIRECTS or not place or method not in ("GET", "HEAD"):
                return exchange
            exchange.close()
            target = joined(url, place)
            if not same_origin(url, target):
                sent = {k: v for k, v in sent.items() if k.lower() not in _PRIVATE}
            url = target
        raise RemoteError(f"{_host(url)} redirects in a circle")

    def check(self, url: str) -> None:
        """Check that a URL may be asked.

        Raises:
            RemoteError: it is not HTTP, or without TLS where that is needed.
        """
        parts = _split(url)
        if parts.scheme == "https":
            return
        if parts.scheme != "http":
            raise RemoteError(f"the registry points to what is not HTTP: {parts.scheme!r:.20}")
        if not is_loopback(parts.netloc) and parts.netloc != self._plain_host:
            raise RemoteError(
                f"the registry points to {parts.netloc} without TLS",
                not_done="nothing was sent there",
                hint="let the registry answer with https addresses",
            )


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs lead to one server (RFC 6454)."""
    return _origin(one) == _origin(other)


def joined(base: str, place: str) -> str:
    """Where a server's `Location` or link leads.

    Raises:
        RemoteError: it is no URL.
    """
    try:
        return urljoin(base, place)
    except ValueError:
        raise _no_url(place) from None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = _split(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # Only now is it seen whether the port is a number.
        _ = parts.port
    except ValueError:
        raise _no_url(url) from None
    return parts


def _no_url(text: str) -> RemoteError:
    return RemoteError(f"the registry points to what is no URL: {text.partition('?')[0]!r:.100}")


def _host(url: str) -> str:
    return urlsplit(url).netloc
