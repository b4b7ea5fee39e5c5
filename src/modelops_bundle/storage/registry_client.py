"""Requests to one repository of a registry: with login, retries and what its errors mean."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import urllib3

from modelops_bundle.codec.distribution_json import Credentials, decode_problem
from modelops_bundle.codec.oci_json import MAX_DOCUMENT_BYTES
from modelops_bundle.errors import NotFoundInRemoteError, RemoteError
from modelops_bundle.storage.auth import Access, Authenticator
from modelops_bundle.storage.http_client import Answer, Exchange, HttpClient, joined, same_origin
from modelops_bundle.storage.http_errors import PlainAnswerError
from modelops_bundle.storage.http_pools import Pools, speaks_tls
from modelops_bundle.storage.http_retry import (
    Attempts,
    Patience,
    TransientFailure,
    is_transient,
    retry_after_s,
)
from modelops_bundle.storage.registry_address import RegistryAddress

_MAX_PROBLEM_BYTES = 64 * 1024
#: How long the first TLS handshake may take where a server may also speak without TLS.
_PROBE_S = 5.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        place: Below the repository (`blobs/sha256:…`), or an absolute URL that the registry gave.
        expect: The statuses that are an answer; all others are errors.
        write, delete: Whether it takes the right to push, or to delete.
        source: Another repository of the registry that it takes the right to pull from, or "".
        body: Bytes, or what yields them. What yields them is not sent again without asking.
    """

    method: str
    place: str
    expect: Collection[int]
    headers: Mapping[str, str] = field(default_factory=dict)
    write: bool = False
    delete: bool = False
    source: str = ""
    body: bytes | Iterable[bytes] | None = None

    @property
    def access(self) -> Access:
        """What it takes the right to."""
        return Access(write=self.write, delete=self.delete, source=self.source)


class RegistryClient:
    """One repository; safe to use from several threads."""

    def __init__(
        self,
        address: RegistryAddress,
        find_credentials: Callable[[], Credentials | None],
        *,
        insecure: bool = False,
        patience: Patience | None = None,
    ) -> None:
        """No connection is made yet.

        Args:
            find_credentials: Called when the registry asks who this is.
            insecure: The registry may do without TLS, and its certificate is not checked.
        """
        self._address = address
        self._patience = patience or Patience()
        host = address.api_host
        self._may_be_plain = insecure or address.is_loopback
        self._http = HttpClient(
            Pools(unchecked_host=host if insecure else ""), plain_host=host if insecure else ""
        )
        self._auth = Authenticator(self._http, address.host, address.repository, find_credentials)
        self._lock = threading.Lock()
        self._base = "" if self._may_be_plain else self._based("https")

    def metadata(self, request: Request) -> Answer:
        """Send a request, again where that may help, and read the answer; all within a deadline.

        Raises:
            RemoteError: see `open`.
        """
        attempts = Attempts(self._patience, self._patience.metadata_s)
        return self.retried(attempts, lambda: self.ask(request, attempts))

    def check_login(self) -> bool:
        """Ask the registry whether it takes these credentials.

        Returns:
            Whether it wanted to know: False where it lets everybody in.

        Raises:
            UnauthorizedError: it does not take them.
            RemoteError: it cannot be asked.
        """
        attempts = Attempts(self._patience, self._patience.metadata_s)
        place = self.retried(attempts, lambda: self._origin(attempts))
        self.metadata(Request(method="GET", place=place, expect=(200,)))
        return self._auth.was_asked

    def data_attempts(self) -> Attempts:
        """Attempts at moving data: the deadline begins anew with each progress."""
        return Attempts(self._patience, self._patience.stall_s)

    def retried(self, attempts: Attempts, action: Callable[[], _T]) -> _T:
        """Do something until it works, or fails for good.

        Raises:
            RemoteError: it failed for good.
        """
        while True:
            try:
                return action()
            except TransientFailure as failure:
                attempts.wait(failure)

    def ask(self, request: Request, attempts: Attempts) -> Answer:
        """Send a request once and read the answer.

        Raises:
            RemoteError, TransientFailure: see `open`.
        """
        return self.open(request, attempts).read(MAX_DOCUMENT_BYTES, attempts)

    def open(self, request: Request, attempts: Attempts) -> Exchange:
        """Send a request once (twice where the registry asks for a login); the body is not read.

        Raises:
            UnauthorizedError: the registry does not let this user do that.
            NotFoundInRemoteError: 404, where that is no answer.
            RemoteError: another status that is no answer, or a failure that would only repeat.
            TransientFailure: another attempt may succeed.
        """
        url = self._url(request.place, attempts)
        login = same_origin(url, self._origin(attempts))
        header = self._header(request, attempts) if login else None
        exchange = self._send(request, url, header, attempts)
        if exchange.status == 401 and login:
            challenges = _challenges(exchange)
            exchange.read(_MAX_PROBLEM_BYTES, attempts)
            self._auth.challenged(challenges, header, request.access, attempts)
            if not isinstance(request.body, bytes | None):
                expired = self._auth.denied("the login expired on the way")
                raise TransientFailure(expired, retry_after_s=0)
            header = self._header(request, attempts)
            exchange = self._send(request, url, header, attempts)
        if exchange.status in request.expect:
            self._auth.accepted(header)
            return exchange
        raise self._failure(exchange, request, attempts)

    def absolute(self, answer: Answer) -> str:
        """The `Location` of an answer.

        Raises:
            RemoteError: there is none, or it must not be followed.
        """
        place = answer.headers.get("Location")
        if not place:
            raise RemoteError(f"{self._address.host} does not say where to go on (no Location)")
        url = joined(answer.url, place)
        self._http.check(url)
        return url

    def _header(self, request: Request, attempts: Attempts) -> str | None:
        return self._auth.header(request.access, attempts)

    def _send(self, request: Request, url: str, header: str | None, attempts: Attempts) -> Exchange:
        headers = dict(request.headers)
        if header is not None:
            headers["Authorization"] = header
        read_s = attempts.remaining_s
        connect_s = min(self._patience.connect_s, read_s)
        if not isinstance(request.body, bytes | None):
            connect_s = read_s  # urllib3 lets it stand for sending as well
        timeout = urllib3.Timeout(connect=connect_s, read=read_s)
        return self._http.send(
            request.method, url, headers=headers, timeout=timeout, body=request.body
        )

    def _failure(self, exchange: Exchange, request: Request, attempts: Attempts) -> Exception:
        """What a status means that is no answer."""
        answer = exchange.read(_MAX_PROBLEM_BYTES, attempts)
        code, message = map(self._auth.scrubbed, decode_problem(answer.body))
        told = f": {code} {message}".rstrip() if code or message else ""
        where = f"{self._address.url}{told}"
        if answer.status in (401, 403):
            return self._auth.denied(f"{code} {message}".strip())
        if code == "MANIFEST_BLOB_UNKNOWN":
            return NotFoundInRemoteError(f"{where} (a blob that a manifest names)")
        if answer.status == 404:
            what = request.place if "://" not in request.place else "what it began itself"
            return NotFoundInRemoteError(f"{self._address.url} has no {what}{told}")
        error = RemoteError(
            f"{where} (status {answer.status} to {request.method})"
            if told
            else f"{where} answered {answer.status} to {request.method}",
            hint="try again later" if is_transient(answer.status) else "",
        )
        # The bytes are right, so they were damaged on the way; or another client has uploaded the
        # same blob at the same moment (docker-registry reads what is being written then).
        if is_transient(answer.status) or code == "DIGEST_INVALID":
            return TransientFailure(error, retry_after_s(answer.headers))
        return error

    def _url(self, place: str, attempts: Attempts) -> str:
        if "://" in place:
            return place
        return f"{self._origin(attempts)}{self._address.repository}/{place}"

    def _origin(self, attempts: Attempts) -> str:
        with self._lock:
            if not self._base:
                self._base = self._probed(attempts)
            return self._base

    def _probed(self, attempts: Attempts) -> str:
        """TLS if the server speaks it; without where that is allowed and it does not.

        A certificate that is not trusted is an error, not a reason to do without.
        """
        url = self._based("https")
        limit_s = min(_PROBE_S, attempts.remaining_s)
        if self._address.is_loopback:
            return self._based("https" if speaks_tls(self._address.api_host, limit_s) else "http")
        try:
            timeout = urllib3.Timeout(total=limit_s)
            exchange = self._http.send("GET", url, headers={}, timeout=timeout)
            exchange.read(_MAX_PROBLEM_BYTES, attempts)
        except (PlainAnswerError, TransientFailure):
            return self._based("http")
        return url

    def _based(self, scheme: str) -> str:
        return f"{scheme}://{self._address.api_host}/v2/"


def _challenges(exchange: Exchange) -> list[str]:
    headers = exchange.headers
    if isinstance(headers, urllib3.HTTPHeaderDict):
        return headers.getlist("WWW-Authenticate")
    return [headers.get("WWW-Authenticate", "")]
