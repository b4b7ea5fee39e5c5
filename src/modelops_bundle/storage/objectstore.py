"""Object storage (S3, Google Cloud Storage, Azure) as a place for contents under their digests."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import obstore
from obstore import exceptions
from obstore.store import AzureStore, GCSStore, S3Store

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.placement import object_key
from modelops_bundle.errors import NotFoundInRemoteError, RemoteError, UnauthorizedError
from modelops_bundle.log import Log
from modelops_bundle.storage.base import CHUNK_BYTES, verified

if TYPE_CHECKING:  # there at no other time
    from obstore import GetOptions

Store = AzureStore | GCSStore | S3Store
#: transport.md, "Choices": parts of 8 MiB, two at a time, keep an upload at some 50 MB of memory.
PART_BYTES = 8 * 1024 * 1024
_PARTS_AT_ONCE = 2
_ASKED_AT_ONCE = 8
_LOG = Log(__name__)
#: Attempts in a row to go on with a download that bring nothing.
_ATTEMPTS = 5
_STATUS = re.compile(r"status code: (\d{3})\b")
_REFUSED = ("401", "403")


class ObjectStore:
    """One container of an object storage, read and written by content.

    What is read has been verified against its digest. An object appears with all of its bytes or
    not at all, and one that is there is not written again.

    Args:
        store: The container.
        url: What to call it: without anything secret.
        prefix: What the keys of new objects begin with, or "".
    """

    def __init__(self, store: Store, *, url: str, prefix: str = "") -> None:
        self._store = store
        self._prefix = prefix
        self.url = url

    def key_of(self, digest: Digest) -> str:
        """`<prefix>/sha256/ab/<hex>`."""
        return object_key(self._prefix, digest)

    def present(self, descriptors: Collection[Descriptor]) -> frozenset[Digest]:
        """Which of these contents are there in full length.

        Raises:
            RemoteError: the storage failed.
        """
        distinct = {one.digest: one for one in descriptors}
        if not distinct:
            return frozenset()
        with ThreadPoolExecutor(min(_ASKED_AT_ONCE, len(distinct))) as pool:
            sizes = pool.map(
                lambda one: self._size_bytes(self.key_of(one.digest)), distinct.values()
            )
            return frozenset(
                one.digest
                for one, size_bytes in zip(distinct.values(), sizes, strict=True)
                if size_bytes == one.size_bytes
            )

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """A content in pieces, as `Remote.open_blob`; a download that is cut off goes on.

        Raises:
            NotFoundInRemoteError: not there.
            IntegrityError: other bytes than its digest says.
            RemoteError: the storage failed.
        """
        return self.open_object(self.key_of(descriptor.digest), descriptor)

    def open_object(self, key: str, descriptor: Descriptor) -> Iterator[bytes]:
        """The same for a content that an index says is under another key."""
        return verified(self._pieces(key, descriptor), descriptor, f"{self.url}/{key}")

    def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
        """Store a content unless it is there; nothing is stored where `content` raises.

        Raises:
            IntegrityError: the content is not what the descriptor says; nothing was stored.
            RemoteError: the storage failed.
        """
        key = self.key_of(descriptor.digest)
        _LOG.debug("storing %s (%d bytes)", key, descriptor.size_bytes)
        checked = verified(content, descriptor, self.url)
        if descriptor.size_bytes <= PART_BYTES:
            self._put_small(key, b"".join(checked), descriptor)
            return
        if self._size_bytes(key) == descriptor.size_bytes:
            # It must be what it is said to be all the same: a push publishes what was observed.
            for _ in checked:
                pass
            return
        parts = _Parts(checked)
        try:
            with self._translated(key):
                obstore.put(
                    self._store,
                    key,
                    parts,
                    chunk_size=PART_BYTES,
                    max_concurrency=_PARTS_AT_ONCE,
                )
        except BaseException:
            # A source that fails (its file is gone, say) is not the storage's failure.
            if parts.error is not None:
                raise parts.error from None
            raise

    def _put_small(self, key: str, content: bytes, descriptor: Descriptor) -> None:
        with self._translated(key):
            try:
                obstore.put(self._store, key, content, mode="create", use_multipart=False)
                return
            except exceptions.AlreadyExistsError:
                if self._size_bytes(key) == descriptor.size_bytes:
                    return
            except (exceptions.NotSupportedError, NotImplementedError):
                pass
            # Damaged, or a storage that cannot create: contents under a digest are all alike.
            obstore.put(self._store, key, content, use_multipart=False)

    def _pieces(self, key: str, descriptor: Descriptor) -> Iterator[bytes]:
        done_bytes = failed = 0
        while True:
            try:
                with self._translated(key):
                    options: GetOptions = {"range": {"offset": done_bytes}}
                    found = obstore.get(self._store, key, options=options if done_bytes else None)
                    for piece in found.stream(min_chunk_size=CHUNK_BYTES):
                        failed = 0
                        done_bytes += len(piece)
                        yield bytes(piece)
                return
            except (NotFoundInRemoteError, UnauthorizedError):
                raise
            except RemoteError:
                failed += 1
                if failed >= _ATTEMPTS or not 0 < done_bytes < descriptor.size_bytes:
                    raise

    def _size_bytes(self, key: str) -> int | None:
        with self._translated(key):
            try:
                return obstore.head(self._store, key)["size"]
            except FileNotFoundError:
                return None

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        """Give the storage's errors our names; their own texts hold addresses with signatures."""
        place = f"{self.url}/{key}"
        try:
            yield
        except FileNotFoundError:
            raise NotFoundInRemoteError(
                f"{place} is not there", hint="look whether its container exists"
            ) from None
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError):
            raise _unauthorized(place) from None
        except exceptions.BaseError as error:
            raise _failure(place, error) from None


def _failure(place: str, error: exceptions.BaseError) -> RemoteError:
    """What went wrong, without the storage's own words: these may repeat a secret."""
    status = _STATUS.search(str(error))
    if status is None:
        reason = f"the storage cannot be reached or failed ({type(error).__name__})"
    elif status[1] in _REFUSED:
        # Where there are no keys, whoever was asked for some has answered so.
        return _unauthorized(place)
    else:
        reason = f"the storage answered with HTTP {status[1]}"
    return RemoteError(f"{place}: {reason}", hint="try again; what was sent already is kept")


def _unauthorized(place: str) -> UnauthorizedError:
    return UnauthorizedError(
        f"{place}: the storage does not let this user do that",
        hint="look at the keys in the environment file, or at the provider's login",
    )


class _Parts:
    """The same bytes in parts of the size that the storage takes, and what went wrong with them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[bytes]:
        part = bytearray()
        try:
            for piece in self._pieces:
                part += piece
                if len(part) >= PART_BYTES:
                    yield bytes(part)
                    part.clear()
        except BaseException as error:
            self.error = error
            raise
        if part:
            yield bytes(part)
