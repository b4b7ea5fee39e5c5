"""Object storage beyond what every store of contents promises: large, damaged, refused, cut off."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from modelops_bundle.core.settings import StorageAccess
from modelops_bundle.errors import (
    BundleError,
    ConfigError,
    IntegrityError,
    NotFoundInRemoteError,
    RemoteError,
    UnauthorizedError,
)
from modelops_bundle.storage.http_retry import Patience
from modelops_bundle.storage.object_access import connection_fields, open_object_store
from modelops_bundle.storage.objectstore import PART_BYTES, ObjectStore
from support.bundles import descriptor_of
from support.object_servers import ACCOUNT, ACCOUNT_KEY, SECRET, ObjectServers
from support.registry_server import serving

LARGE = bytes(range(256)) * (PART_BYTES // 256 * 2 + 5)
IMPATIENT = Patience(metadata_s=2, stall_s=2, connect_s=2, first_delay_s=0.01, longest_delay_s=0.02)


@pytest.fixture(params=["s3", "azure"])
def access(request: pytest.FixtureRequest, object_servers: ObjectServers) -> StorageAccess:
    return object_servers[request.param].new_container()


def opened(access: StorageAccess, patience: Patience | None = None) -> ObjectStore:
    scheme = "azure" if access.provider == "azurite" else "s3"
    return open_object_store(scheme, access.container, access=access, patience=patience)


def pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 1_000_003):
        yield content[start : start + 1_000_003]


def test_a_large_content_goes_in_parts_and_comes_back(access: StorageAccess) -> None:
    store, descriptor = opened(access), descriptor_of(LARGE)
    store.upload_blob(descriptor, pieces(LARGE))
    assert store.present([descriptor]) == {descriptor.digest}
    assert b"".join(store.open_blob(descriptor)) == LARGE
    store.upload_blob(descriptor, pieces(LARGE))


def test_a_large_content_that_is_not_what_was_announced_is_not_stored(
    access: StorageAccess,
) -> None:
    store, descriptor = opened(access), descriptor_of(LARGE)
    wrong = LARGE[:-1] + b"?"
    with pytest.raises(IntegrityError):
        store.upload_blob(descriptor, pieces(wrong))
    assert store.present([descriptor]) == frozenset()
    store.upload_blob(descriptor, pieces(LARGE))
    with pytest.raises(IntegrityError):
        store.upload_blob(descriptor, pieces(wrong))
    assert b"".join(store.open_blob(descriptor)) == LARGE


@pytest.mark.parametrize("failure", [FileNotFoundError("x"), PermissionError("x"), OSError("x")])
def test_the_failure_of_a_large_source_comes_through(
    access: StorageAccess, failure: OSError
) -> None:
    def source() -> Iterator[bytes]:
        yield LARGE[: PART_BYTES + 1]
        raise failure

    store, descriptor = opened(access), descriptor_of(LARGE)
    with pytest.raises(type(failure)) as raised:
        store.upload_blob(descriptor, source())
    assert raised.value is failure
    assert store.present([descriptor]) == frozenset()


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
def test_an_object_of_another_length_is_replaced(access: StorageAccess, content: bytes) -> None:
    store, descriptor = opened(access), descriptor_of(content)
    obstore.put(store._store, store.key_of(descriptor.digest), b"torn")
    assert store.present([descriptor]) == frozenset()
    with pytest.raises(IntegrityError):
        list(store.open_blob(descriptor))
    store.upload_blob(descriptor, pieces(content))
    assert b"".join(store.open_blob(descriptor)) == content


def test_a_container_that_is_not_there_is_told(access: StorageAccess) -> None:
    scheme = "azure" if access.provider == "azurite" else "s3"
    store = open_object_store(scheme, "no-such-container", access=access)
    for content in (b"small", LARGE):
        with pytest.raises(NotFoundInRemoteError, match="no-such-container"):
            store.upload_blob(descriptor_of(content), pieces(content))


def test_a_wrong_key_is_refused_and_not_shown(object_servers: ObjectServers) -> None:
    good = object_servers["azure"].new_container()
    other = ACCOUNT_KEY.replace("Eby8", "AAAA")
    text = (good.connection_string or "").replace(ACCOUNT_KEY, other)
    bad = StorageAccess(provider="azurite", container=good.container, connection_string=text)
    store = opened(bad)
    with pytest.raises(UnauthorizedError) as raised:
        store.upload_blob(descriptor_of(b"x"), [b"x"])
    assert other not in f"{raised.value!r} {raised.value.hint} {raised.value.__cause__!r}"
    assert raised.value.__suppress_context__


class Refusing(BaseHTTPRequestHandler):
    """Knows nobody."""

    def do_PUT(self) -> None:
        self.send_error(403)

    do_GET = do_PUT

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_keys_that_nobody_gives_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with serving(Refusing) as host:
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://{host}")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}")
        store = open_object_store("s3", "c-1", patience=IMPATIENT)
        with pytest.raises(UnauthorizedError) as raised:
            store.present([descriptor_of(b"x")])
    assert "keys" in raised.value.hint


def test_nobody_at_the_endpoint_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
    access = StorageAccess(
        provider="minio", container="c-1", endpoint=endpoint, access_key="k", secret_key=SECRET
    )
    with pytest.raises(RemoteError, match="does not answer"):
        open_object_store("s3", "c-1", access=access)


class Flaky(BaseHTTPRequestHandler):
    """Serves one object and hangs up after some bytes, as often as it is told to."""

    protocol_version = "HTTP/1.1"
    content = LARGE
    cuts: list[int]
    asked: list[str]
    lock = threading.Lock()

    def do_GET(self) -> None:
        requested = self.headers.get("Range", "")
        start = int(requested.removeprefix("bytes=").partition("-")[0]) if requested else 0
        with self.lock:
            self.asked.append(requested)
            cut = self.cuts.pop(0) if self.cuts else len(self.content)
        body = self.content[start:]
        self.send_response(206 if requested else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Mon, 30 Nov 2026 12:00:00 GMT")
        self.send_header("ETag", '"1"')
        if requested:
            last = len(self.content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(self.content)}")
        self.end_headers()
        self.wfile.write(body[: max(0, cut - start)])
        if cut < len(self.content):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def flaky(host: str) -> ObjectStore:
    store = S3Store(
        "c-1",
        config={"endpoint": f"http://{host}", "region": "us-east-1", "skip_signature": True},
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    return ObjectStore(store, url="s3://c-1")


@pytest.mark.parametrize("cuts", [[PART_BYTES], [3 << 20, 5 << 20, 9 << 20]])
def test_a_download_that_is_cut_off_goes_on(cuts: list[int]) -> None:
    handler = type("Handler", (Flaky,), {"cuts": list(cuts), "asked": []})
    with serving(handler) as host:
        assert b"".join(flaky(host).open_blob(descriptor_of(LARGE))) == LARGE
    assert len(handler.asked) >= 1 + len(cuts)
    assert all(one.startswith("bytes=") for one in handler.asked[1:])


def test_a_download_that_brings_nothing_more_ends_in_an_error() -> None:
    handler = type("Handler", (Flaky,), {"cuts": [2 << 20] * 100, "asked": []})
    with serving(handler) as host, pytest.raises(RemoteError):
        list(flaky(host).open_blob(descriptor_of(LARGE)))
    assert len(handler.asked) < 30


def test_a_connection_string_is_read() -> None:
    text = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b==;EndpointSuffix=x.y;"
    assert connection_fields(text) == {
        "DefaultEndpointsProtocol": "https",
        "AccountName": "a",
        "AccountKey": "b==",
        "EndpointSuffix": "x.y",
    }
    assert connection_fields("UseDevelopmentStorage=true")["AccountName"] == ACCOUNT


def test_a_connection_string_that_is_none_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigError) as raised:
        connection_fields("AccountName=a;hunter2")
    assert "hunter2" not in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize(
    ("endpoint", "insecure", "says"),
    [
        ("http://minio.example:9000", False, "without TLS"),
        ("ftp://minio.example", False, "no http or https URL"),
        ("minio.example:9000", False, "no http or https URL"),
    ],
)
def test_an_endpoint_that_must_not_be_used_is_refused(
    endpoint: str, insecure: bool, says: str
) -> None:
    access = StorageAccess(
        provider="minio", container="c-1", endpoint=endpoint, access_key="k", secret_key=SECRET,
        insecure=insecure,
    )  # fmt: skip
    with pytest.raises(ConfigError, match=says):
        open_object_store("s3", "c-1", access=access)


def test_an_insecure_endpoint_is_used_where_the_environment_says_so() -> None:
    access = StorageAccess(
        provider="minio", container="c-1", endpoint="http://minio.example:9000", access_key="k",
        secret_key=SECRET, insecure=True,
    )  # fmt: skip
    assert open_object_store("s3", "c-1", access=access).url == "s3://c-1"


def test_an_azure_container_needs_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT_NAME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match="which account"):
        open_object_store("azure", "c-1")
    monkeypatch.setenv(
        "AZURE_STORAGE_CONNECTION_STRING", f"AccountName=acc;AccountKey={ACCOUNT_KEY}"
    )
    assert open_object_store("azure", "c-1").url == "azure://c-1"


def test_keys_of_the_shared_credentials_file_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, object_servers: ObjectServers
) -> None:
    access = object_servers["s3"].new_container()
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = k\naws_secret_access_key = s\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", access.endpoint or "")
    store = open_object_store("s3", access.container)
    store.upload_blob(descriptor_of(b"x"), [b"x"])
    assert store.present([descriptor_of(b"x")])
    file.write_text("aws_secret_access_key = hunter2\n")
    with pytest.raises(BundleError) as raised:
        open_object_store("s3", access.container)
    assert "hunter2" not in str(raised.value)
