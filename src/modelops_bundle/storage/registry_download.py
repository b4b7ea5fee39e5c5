"""Reading a blob from a registry, or a part of it: taken up again where it was cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from modelops_bundle.core.oci import Descriptor
from modelops_bundle.errors import IntegrityError, RemoteError
from modelops_bundle.storage.http_client import Exchange
from modelops_bundle.storage.http_retry import Attempts, TransientFailure
from modelops_bundle.storage.registry_client import RegistryClient, Request

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A part of a blob of a registry: from its first byte to before its last.

    Attributes:
        bounded: More bytes than that are left out, rather than passed on to be noticed.
    """

    blob: Descriptor
    start_bytes: int
    end_bytes: int
    url: str
    bounded: bool

    @property
    def reaches_end(self) -> bool:
        return self.end_bytes == self.blob.size_bytes


def read_blob(client: RegistryClient, descriptor: Descriptor, url: str) -> Iterator[bytes]:
    """A blob as it arrives; nothing of it has been verified.

    Raises:
        NotFoundInRemoteError: not there.
        IntegrityError: it has another size.
        RemoteError: it cannot be read to its end.
    """
    return _read(client, _Wanted(descriptor, 0, descriptor.size_bytes, url, bounded=False))


def read_range(
    client: RegistryClient, descriptor: Descriptor, start_bytes: int, end_bytes: int, url: str
) -> Iterator[bytes]:
    """A part of a blob as it arrives: exactly so many bytes.

    Raises:
        NotFoundInRemoteError, RemoteError: see `read_blob`.
        IntegrityError: the blob has another size.
    """
    return _read(client, _Wanted(descriptor, start_bytes, end_bytes, url, bounded=True))


def _read(client: RegistryClient, wanted: _Wanted) -> Iterator[bytes]:
    attempts = client.data_attempts()
    offset_bytes = wanted.start_bytes
    while True:
        try:
            for piece in _from(client, wanted, offset_bytes, attempts):
                offset_bytes += len(piece)
                yield piece
                # The time that the consumer took does not count either.
                attempts.progressed()
            if offset_bytes >= wanted.end_bytes:
                return
            raise TransientFailure(_cut_off(wanted, offset_bytes))
        except TransientFailure as failure:
            attempts.wait(failure)


def _from(
    client: RegistryClient, wanted: _Wanted, offset: int, attempts: Attempts
) -> Iterator[bytes]:
    """What follows the first `offset` bytes of the blob, however the server sends it."""
    partial = offset > 0 or not wanted.reaches_end
    last = "" if wanted.reaches_end else str(wanted.end_bytes - 1)
    request = Request(
        method="GET",
        place=f"blobs/{wanted.blob.digest}",
        headers={"Range": f"bytes={offset}-{last}"} if partial else {},
        expect=(200, 206) if partial else (200,),
    )
    exchange = client.open(request, attempts)
    try:
        skip_bytes = offset
        if exchange.status == 206:
            skip_bytes = 0
            _check_range(exchange, offset, wanted)
        else:
            _check_length(exchange, wanted)
        left_bytes = wanted.end_bytes - offset if wanted.bounded else None
        # An answer that ends where it should is read to its end: the connection serves again.
        for piece in exchange.pieces():
            if left_bytes == 0:
                return
            found = piece[skip_bytes:] if skip_bytes else piece
            skip_bytes = max(0, skip_bytes - len(piece))
            if left_bytes is not None:
                found = found[:left_bytes]
                left_bytes -= len(found)
            if found:
                yield found
    finally:
        exchange.close()


def _check_length(exchange: Exchange, wanted: _Wanted) -> None:
    length, size_bytes = exchange.headers.get("Content-Length"), wanted.blob.size_bytes
    if length is not None and length != str(size_bytes):
        raise IntegrityError(
            f"blob {wanted.blob.digest} of {wanted.url} has {length:.20} bytes, not {size_bytes}"
        )


def _check_range(exchange: Exchange, offset: int, wanted: _Wanted) -> None:
    found = _CONTENT_RANGE.fullmatch(exchange.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != offset:
        raise RemoteError(
            f"{wanted.url} sends another part of blob {wanted.blob.digest} than was asked for"
        )


def _cut_off(wanted: _Wanted, offset_bytes: int) -> RemoteError:
    return RemoteError(
        f"blob {wanted.blob.digest} of {wanted.url} ended after {offset_bytes} of "
        f"{wanted.end_bytes} bytes",
        hint="try again",
    )
