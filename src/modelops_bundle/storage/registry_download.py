"""Reading a blob from a registry: taken up again where it was cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from modelops_bundle.core.oci import Descriptor
from modelops_bundle.errors import IntegrityError, RemoteError
from modelops_bundle.storage.http_client import Exchange
from modelops_bundle.storage.http_retry import Attempts, TransientFailure
from modelops_bundle.storage.registry_client import RegistryClient, Request

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)", re.ASCII)


def read_blob(client: RegistryClient, descriptor: Descriptor, url: str) -> Iterator[bytes]:
    """A blob as it arrives; nothing of it has been verified.

    Raises:
        NotFoundInRemoteError: not there.
        IntegrityError: it has another size.
        RemoteError: it cannot be read to its end.
    """
    attempts = client.data_attempts()
    received_bytes = 0
    while True:
        try:
            for piece in _from(client, descriptor, received_bytes, url, attempts):
                received_bytes += len(piece)
                yield piece
                # The time that the consumer took does not count either.
                attempts.progressed()
            if received_bytes >= descriptor.size_bytes:
                return
            raise TransientFailure(_cut_off(descriptor, received_bytes, url))
        except TransientFailure as failure:
            attempts.wait(failure)


def _from(
    client: RegistryClient, descriptor: Descriptor, offset: int, url: str, attempts: Attempts
) -> Iterator[bytes]:
    """What follows the first `offset` bytes, however the server sends it."""
    request = Request(
        method="GET",
        place=f"blobs/{descriptor.digest}",
        headers={"Range": f"bytes={offset}-"} if offset else {},
        expect=(200, 206) if offset else (200,),
    )
    exchange = client.open(request, attempts)
    try:
        skip_bytes = offset
        if exchange.status == 206:
            skip_bytes = 0
            _check_range(exchange, offset, descriptor, url)
        else:
            _check_length(exchange, descriptor, url)
        for piece in exchange.pieces():
            if skip_bytes < len(piece):
                yield piece[skip_bytes:] if skip_bytes else piece
            skip_bytes = max(0, skip_bytes - len(piece))
    finally:
        exchange.close()


def _check_length(exchange: Exchange, descriptor: Descriptor, url: str) -> None:
    length = exchange.headers.get("Content-Length")
    if length is not None and length != str(descriptor.size_bytes):
        raise IntegrityError(
            f"blob {descriptor.digest} of {url} has {length:.20} bytes, not {descriptor.size_bytes}"
        )


def _check_range(exchange: Exchange, offset: int, descriptor: Descriptor, url: str) -> None:
    found = _CONTENT_RANGE.fullmatch(exchange.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != offset:
        raise RemoteError(
            f"{url} sends another part of blob {descriptor.digest} than was asked for"
        )


def _cut_off(descriptor: Descriptor, received_bytes: int, url: str) -> RemoteError:
    return RemoteError(
        f"blob {descriptor.digest} of {url} ended after {received_bytes} of "
        f"{descriptor.size_bytes} bytes",
        hint="try again",
    )
