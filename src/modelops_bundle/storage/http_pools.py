"""Connections: which certificates are trusted, and which proxy is between, as the system says."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from functools import cached_property
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import urllib3

from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.registry_address import is_loopback

#: The first that is set names the certificates that are trusted instead of the system's. OpenSSL
#: itself reads SSL_CERT_FILE and SSL_CERT_DIR, but takes a file that is not there for no file.
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
#: Transfers at once, and so connections to a host that are worth keeping.
CONNECTIONS = 8


class Pools:
    """Connections to hosts, kept open; safe to use from several threads."""

    def __init__(self, *, unchecked_host: str = "") -> None:
        """No connection is made yet.

        Args:
            unchecked_host: The one host (with its port) whose certificate is not checked.
        """
        self._unchecked_host = unchecked_host
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, bool, str], urllib3.PoolManager] = {}
        #: By scheme and host: going through the environment for each request takes its time.
        self._chosen: dict[tuple[str, str], urllib3.PoolManager] = {}

    def for_url(self, url: str) -> urllib3.PoolManager:
        """The connections that a URL is asked over.

        Raises:
            ConfigError: a certificate file or a proxy that cannot be used.
        """
        parts = urlsplit(url)
        with self._lock:
            found = self._chosen.get((parts.scheme, parts.netloc))
            if found is None:
                found = self._chosen[parts.scheme, parts.netloc] = self._pool_for(url)
            return found

    def _pool_for(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        unchecked = bool(self._unchecked_host) and parts.netloc == self._unchecked_host
        proxy = proxy_of(url)
        key = (parts.scheme, unchecked, proxy)
        if key not in self._pools:
            # Loading the system's certificates takes some 20 ms.
            if parts.scheme == "http" and not proxy:
                context = None
            else:
                context = self._unchecked if unchecked else self._checked
            self._pools[key] = _pool(context, proxy)
        return self._pools[key]

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.clear()

    @cached_property
    def _checked(self) -> ssl.SSLContext:
        return _checking_context()

    @cached_property
    def _unchecked(self) -> ssl.SSLContext:
        # The configuration says so in as many words; a warning each time would say nothing new.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return _unchecking_context()


def proxy_of(url: str) -> str:
    """The proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name, or ""."""
    parts = urlsplit(url)
    proxies = getproxies_environment()
    if not proxies or is_loopback(parts.netloc) or proxy_bypass(parts.netloc):
        return ""
    return proxies.get(parts.scheme) or proxies.get("all") or ""


def _pool(context: ssl.SSLContext | None, proxy: str) -> urllib3.PoolManager:
    if not proxy:
        return urllib3.PoolManager(num_pools=CONNECTIONS, maxsize=CONNECTIONS, ssl_context=context)
    parts = urlsplit(proxy if "//" in proxy else f"http://{proxy}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"a proxy of the kind {parts.scheme!r:.20} cannot be used",
            not_done="the remote was not asked",
            hint="set HTTPS_PROXY to http://host:port, or NO_PROXY to the registry's host",
        )
    headers = None
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers = urllib3.make_headers(proxy_basic_auth=login)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return urllib3.ProxyManager(
        address,
        num_pools=CONNECTIONS,
        maxsize=CONNECTIONS,
        proxy_headers=headers,
        ssl_context=context,
        proxy_ssl_context=context,
    )


def speaks_tls(host: str, limit_s: float) -> bool:
    """Whether a server of this machine speaks TLS.

    Nothing is sent, and its certificate is not looked at: that is for the requests that follow.

    Args:
        host: With its port, if that is not 443.
        limit_s: How long it may take.
    """
    parts = urlsplit(f"//{host}")
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), limit_s) as plain,
            _unchecking_context().wrap_socket(plain, server_hostname=parts.hostname),
        ):
            return True
    except OSError:
        return False


def certificates() -> tuple[str, str]:
    """The variable that names certificates to trust instead of the system's, and what it names."""
    variable = next((name for name in _BUNDLES if os.environ.get(name)), "")
    return variable, os.environ.get(variable, "")


def _checking_context() -> ssl.SSLContext:
    variable, named = certificates()
    bundle = named or None
    is_folder = bundle is not None and os.path.isdir(bundle)
    try:
        return ssl.create_default_context(
            cafile=None if is_folder else bundle, capath=bundle if is_folder else None
        )
    except OSError as error:
        raise ConfigError(
            f"cannot read the certificates that {variable} names: {bundle}",
            not_done="the remote was not asked",
            hint="name a file of PEM certificates, or unset the variable",
        ) from error


def _unchecking_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
