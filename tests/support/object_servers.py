"""Real object storages on loopback ports: moto's S3, and the Azure emulator azurite."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

import pytest

from modelops_bundle.core.settings import StorageAccess
from support.registry_server import program

AZURITE = Path(__file__).parents[2] / ".azurite/node_modules/azurite/dist/src/blob/main.js"
SECRET = "moto-takes-any-secret"
#: Published by Microsoft for every emulator ("Connect to Azurite").
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_VERSION = "2021-08-06"
_numbers = itertools.count()


@dataclass(frozen=True)
class ObjectServer:
    """A storage that runs.

    Attributes:
        scheme: What the URIs of its objects begin with.
        endpoint: Where it listens.
    """

    scheme: str
    endpoint: str

    def new_container(self) -> StorageAccess:
        """A container that nothing was stored in, and how to get at it."""
        name = f"bundles-{os.getpid()}-{next(_numbers)}"
        return {"s3": _bucket, "azure": _container}[self.scheme](self.endpoint, name)


def _bucket(endpoint: str, name: str) -> StorageAccess:
    # moto wants a credential of this form, and does not check it.
    login = "AWS4-HMAC-SHA256 Credential=k/20200101/us-east-1/s3/aws4_request, Signature=x"
    _put(f"{endpoint}/{name}", {"Authorization": login})
    return StorageAccess(
        provider="minio", container=name, endpoint=endpoint, access_key="k", secret_key=SECRET
    )


def _container(endpoint: str, name: str) -> StorageAccess:
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    # "Authorize with Shared Key", 2009-09-19 and later; the emulator's path names the account.
    blank = "\n" * 12
    signed = (
        f"PUT{blank}x-ms-date:{now}\nx-ms-version:{_VERSION}\n"
        f"/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    )
    digest = hmac.new(base64.b64decode(ACCOUNT_KEY), signed.encode(), hashlib.sha256).digest()
    login = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    headers = {"x-ms-date": now, "x-ms-version": _VERSION, "Authorization": login}
    _put(f"{endpoint}/{name}?restype=container", headers)
    text = f"AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};BlobEndpoint={endpoint}"
    return StorageAccess(provider="azurite", container=name, connection_string=text)


def _put(url: str, headers: Mapping[str, str]) -> None:
    request = urllib.request.Request(url, method="PUT", headers=dict(headers))
    urllib.request.urlopen(request, timeout=60).close()


@contextmanager
def running_s3() -> Iterator[ObjectServer]:
    """Run moto's server until the block is left."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with _running(command, "stderr", "Running on ") as line:
        yield ObjectServer("s3", line.partition("Running on ")[2].split()[0])


@contextmanager
def running_azurite(folder: Path) -> Iterator[ObjectServer]:
    """Run azurite's blob service until the block is left."""
    if not AZURITE.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("azurite must be installed in CI")
        pytest.skip("azurite is not installed: make system")
    options = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--location", str(folder)]
    command = [program("node"), str(AZURITE), *options, "--skipApiVersionCheck", "--silent"]
    with _running(command, "stdout", "successfully listens on ") as line:
        yield ObjectServer("azure", f"{line.rpartition(' ')[2].strip()}/{ACCOUNT}")


@contextmanager
def _running(command: Sequence[str], stream: str, sign: str) -> Iterator[str]:
    """Run a program; the block gets the line in which it says that it is ready."""
    streams: dict[str, int] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(command, text=True, **{**streams, stream: subprocess.PIPE})
        )
        stack.callback(process.kill)
        log: IO[str] = getattr(process, stream)
        seen: list[str] = []
        for line in log:
            seen.append(line)
            if sign in line:
                break
        else:
            raise AssertionError(f"{command[0]} ended: {''.join(seen)[-2000:]}")
        drain = threading.Thread(target=partial(_drain, log), daemon=True)
        drain.start()
        stack.callback(drain.join)
        stack.callback(process.kill)
        yield line


def _drain(log: IO[str]) -> None:
    for _ in log:
        pass


class ObjectServers:
    """The object storages of a test session, each started when it is first asked for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[str, ObjectServer] = {}
        self._start: dict[str, Callable[[], ObjectServer]] = {
            "s3": lambda: stack.enter_context(running_s3()),
            "azure": lambda: stack.enter_context(running_azurite(folder / "azurite")),
        }

    def __getitem__(self, kind: str) -> ObjectServer:
        if kind not in self._running:
            self._running[kind] = self._start[kind]()
        return self._running[kind]
