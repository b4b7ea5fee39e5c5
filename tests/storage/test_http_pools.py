"""Which way requests go: proxies and certificates as the usual variables say."""

from __future__ import annotations

import base64

import pytest
import urllib3

from modelops_bundle.errors import ConfigError, RemoteError
from modelops_bundle.storage.http_client import HttpClient
from modelops_bundle.storage.http_pools import Pools, proxy_of
from modelops_bundle.storage.http_retry import Attempts, Patience
from support.registry_faults import Handler, front_of
from support.registry_server import Registries

URL = "http://registry.test/v2/"


@pytest.mark.parametrize(
    ("variables", "url", "expected"),
    [
        ({}, "https://registry.example/", ""),
        ({"HTTPS_PROXY": "http://p:1"}, "https://registry.example/", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "https://registry.example/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "https://registry.example/", ""),
        ({"ALL_PROXY": "http://p:1"}, "https://registry.example/", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, "https://a.example:5000/", ""),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://a.example/", ""),
        ({"ALL_PROXY": "http://p:1"}, "https://127.0.0.1:5000/", ""),
        ({"ALL_PROXY": "http://p:1"}, "http://localhost:5000/", ""),
    ],
)
def test_which_proxy_is_asked(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, expected: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_of(url) == expected


def test_a_proxy_is_shown_its_own_password_and_nobody_else(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    with front_of(registries["plain"].host) as proxy:
        shown: list[str | None] = []

        def note(handler: Handler) -> None:
            shown.append(handler.headers.get("Proxy-Authorization"))
            handler.answer(200, {}, b"{}")

        proxy.fail("GET", URL, note)
        monkeypatch.setenv("HTTP_PROXY", f"http://ada:hunt%40r2@{proxy.host}")
        client = HttpClient(Pools(), plain_host="registry.test")
        attempts = Attempts(Patience(), 5)
        timeout = urllib3.Timeout(total=5)
        exchange = client.send("GET", URL, headers={}, timeout=timeout)
        assert exchange.read(100, attempts).body == b"{}"
        assert shown == [f"Basic {base64.b64encode(b'ada:hunt@r2').decode()}"]


def test_a_proxy_that_is_gone_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://ada:hunter2@127.0.0.1:1")
    client = HttpClient(Pools(), plain_host="registry.test")
    with pytest.raises(RemoteError, match="proxy") as caught:
        client.send("GET", URL, headers={}, timeout=urllib3.Timeout(total=5))
    assert "hunter2" not in f"{caught.value} {caught.value.__cause__!r}"


def test_a_proxy_of_an_unknown_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    with pytest.raises(ConfigError, match="socks5"):
        Pools().for_url("https://registry.example/")
