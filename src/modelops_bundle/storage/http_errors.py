"""From what goes wrong on the way to a server to errors that say what to do."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError, NameResolutionError, ProxyError, TimeoutError

from modelops_bundle.errors import RemoteError
from modelops_bundle.storage.http_retry import TransientFailure

#: Nothing listens there, or no way leads there: it would be the same in a second.
_FINAL = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH})


class PlainAnswerError(RemoteError):
    """What was asked over TLS does not seem to speak it."""


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Translate the exceptions of a connection to this URL.

    Raises:
        RemoteError: another attempt would end as this one did.
        TransientFailure: another attempt may succeed.
    """
    try:
        yield
    except (HTTPError, OSError, ValueError) as error:
        host = urlsplit(url).netloc
        raise _translation(error, host) from error


def _translation(error: Exception, host: str) -> Exception:
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return RemoteError(f"{host} cannot be asked: that is no address", hint="check the remote")
    causes = list(_causes(error))
    if any(isinstance(cause, ProxyError) for cause in causes):
        return RemoteError(
            f"cannot reach {host}: the proxy cannot be used ({_reason(causes)})",
            hint="check HTTPS_PROXY and NO_PROXY",
        )
    certificate = next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return RemoteError(
            f"the certificate of {host} is not trusted: {certificate.verify_message}",
            not_done="nothing was sent",
            hint="name the authority's certificates with SSL_CERT_FILE, or set `insecure: true`",
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return PlainAnswerError(
            f"{host} does not speak TLS as expected ({_reason(causes)})",
            not_done="nothing was sent",
            hint="check the port; a server without TLS needs `insecure: true` in config.yaml",
        )
    if any(isinstance(cause, OSError) and cause.errno in _FINAL for cause in causes):
        return RemoteError(
            f"cannot reach {host}: {_reason(causes)}",
            hint="check that the registry runs, and its address",
        )
    if any(_is_unknown_name(cause) for cause in causes):
        return RemoteError(
            f"cannot reach {host}: there is no host of that name",
            hint="check the remote's address, and the network",
        )
    return TransientFailure(
        RemoteError(
            f"the connection to {host} failed: {_reason(causes)}",
            hint="check the network, then try again",
        )
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it came from; urllib3 keeps some of these as arguments."""
    seen: set[int] = set()
    left: list[BaseException] = [error]
    while left:
        current = left.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        further = [current.__cause__, current.__context__, *current.args]
        left += [cause for cause in further if isinstance(cause, BaseException)]


def _is_unknown_name(cause: BaseException) -> bool:
    if isinstance(cause, socket.gaierror):
        return cause.errno != socket.EAI_AGAIN
    return isinstance(cause, NameResolutionError) and cause.__cause__ is None


def _reason(causes: list[BaseException]) -> str:
    """The innermost reason that the system gives, in its words."""
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return cause.reason.replace("_", " ").lower()
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    if any(isinstance(cause, TimeoutError | socket.timeout) for cause in causes):
        return "it took too long"
    return "it was cut off"
