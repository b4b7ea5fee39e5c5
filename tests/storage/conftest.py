"""The stores that pass one conformance suite; a new one is one more parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from modelops_bundle.codec.distribution_json import Credentials
from modelops_bundle.storage.base import BlobStore, Remote
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.object_access import open_object_store
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import parse_address
from support.object_servers import ObjectServers
from support.registry_server import PASSWORD, USER, Registries

#: Makes a second view of a store that has just been made.
STORES: dict[str, Callable[[Path], Remote]] = {
    "memory": lambda folder: MemoryRemote(folder.name),
    "layout": lambda folder: OciLayoutRemote(folder / "store"),
}
REGISTRIES = ("plain", "htpasswd", "bearer", "tls")
OBJECT_STORES = ("s3", "azure")


@pytest.fixture(scope="session")
def registries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registries]:
    """Real registries, each started when it is first asked for."""
    with ExitStack() as stack:
        yield Registries(tmp_path_factory.mktemp("registries"), stack)


@pytest.fixture(autouse=True)
def no_login_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests is nobody to a registry, and no proxy is on the way."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "no-docker-config"))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=[*sorted(STORES), *REGISTRIES])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Remote:
    """An empty remote of each kind."""
    return _remote(request, tmp_path)


@pytest.fixture(params=[*sorted(STORES), *REGISTRIES, *OBJECT_STORES])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """An empty store of contents of each kind: every remote, and object storage."""
    if request.param not in OBJECT_STORES:
        return _remote(request, tmp_path)
    servers: ObjectServers = request.getfixturevalue("object_servers")
    access = servers[request.param].new_container()
    return open_object_store(request.param, access.container, prefix="a/b/", access=access)


def _remote(request: pytest.FixtureRequest, tmp_path: Path) -> Remote:
    if request.param in STORES:
        return STORES[request.param](tmp_path)
    registries: Registries = request.getfixturevalue("registries")
    server = registries[request.param]
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setenv("SSL_CERT_FILE", str(registries.certificate.certificate))
    login = Credentials(username=USER, password=PASSWORD)
    return OciRegistryRemote(parse_address(server.url()), find_credentials=lambda: login)
