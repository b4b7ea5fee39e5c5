"""Writing a blob to a registry: in one request, taken up again where that was cut off.

Docker's own registry drops a session that was cut off within a request: there an upload begins
anew. Others tell how far it has come, and it goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote

from modelops_bundle.core.oci import Descriptor
from modelops_bundle.errors import (
    IntegrityError,
    NotFoundInRemoteError,
    RemoteError,
    UnauthorizedError,
)
from modelops_bundle.storage.base import CHUNK_BYTES, verified
from modelops_bundle.storage.http_retry import Attempts, Patience, TransientFailure
from modelops_bundle.storage.read_ahead import read_ahead
from modelops_bundle.storage.registry_client import RegistryClient, Request

#: Up to this size a blob is verified in memory before the first byte is sent.
IN_MEMORY_BYTES = 2 * CHUNK_BYTES
#: Dropping what was begun is a courtesy: nobody waits for it.
_COURTESY = Patience(metadata_s=2.0)
_RANGE = re.compile(r"(?:bytes=)?0-(\d{1,18})", re.ASCII)


def has_blob(client: RegistryClient, descriptor: Descriptor, attempts: Attempts) -> bool:
    """Whether the registry has it, in its right size; one attempt."""
    request = Request(method="HEAD", place=f"blobs/{descriptor.digest}", expect=(200, 404))
    answer = client.ask(request, attempts)
    length = answer.headers.get("Content-Length", str(descriptor.size_bytes))
    return answer.status == 200 and length == str(descriptor.size_bytes)


def mounted(client: RegistryClient, descriptor: Descriptor, source: str) -> bool:
    """Take a blob over from another repository; False where the registry will not."""
    request = Request(
        method="POST",
        place=f"blobs/uploads/?mount={descriptor.digest}&from={quote(source, safe='')}",
        expect=(201, 202, 404, 405),
        write=True,
        source=source,
    )
    try:
        answer = client.metadata(request)
    except UnauthorizedError:
        return False  # perhaps not to be read there; whether it may be written here will be seen
    if answer.status == 202:
        # A session was begun instead: the bytes are wanted.
        _drop(client, client.absolute(answer))
    return answer.status == 201


class BlobUpload:
    """One upload (OCI distribution-spec v1.1, "Pushing blobs", POST then PUT)."""

    def __init__(
        self, client: RegistryClient, descriptor: Descriptor, content: Iterable[bytes], url: str
    ) -> None:
        """Nothing is sent yet.

        Args:
            content: Gone through again to take up a large upload, unless it is an iterator, which
                cannot be: then the first failure is the last.
        """
        self._client = client
        self._descriptor = descriptor
        self._content = content
        self._url = url
        self._place = ""
        self._offset_bytes = 0

    def run(self) -> None:
        """Carry it out.

        Raises:
            IntegrityError: the content is not what the descriptor says; nothing was stored.
            RemoteError: the registry refuses or fails; nothing was stored.
        """
        if self._descriptor.size_bytes > IN_MEMORY_BYTES:
            self._run_streamed()
            return
        whole = b"".join(verified(self._content, self._descriptor, self._url))
        attempts = self._client.data_attempts()
        self._client.retried(attempts, lambda: self._send_whole(whole, attempts))

    def _send_whole(self, whole: bytes, attempts: Attempts) -> None:
        self._begin(attempts)
        self._put(whole, attempts)

    def _run_streamed(self) -> None:
        attempts = self._client.data_attempts()
        replays = iter(self._content) is not self._content
        try:
            while not self._sent(attempts, replays=replays):
                pass
        except BaseException:
            self._drop()
            raise

    def _sent(self, attempts: Attempts, *, replays: bool) -> bool:
        """Send what the registry does not have yet; False where that is to be tried again."""
        body: _Body | None = None
        try:
            if self._place and self._is_done(attempts):
                return True
            if not self._place:
                self._begin(attempts)
            body = _Body(self._content, self._descriptor, self._url, self._offset_bytes, attempts)
            self._put(body, attempts)
        except (TransientFailure, RemoteError) as failure:
            if body is not None and body.failure is not None:
                raise body.failure from None
            if not isinstance(failure, TransientFailure):
                raise
            if body is not None and not replays:
                raise failure.error from failure
            attempts.wait(failure)
            return False
        finally:
            if body is not None:
                body.close()
        return True

    def _begin(self, attempts: Attempts) -> None:
        """Open a session."""
        request = Request(method="POST", place="blobs/uploads/", expect=(202,), write=True)
        answer = self._client.ask(request, attempts)
        self._place, self._offset_bytes = self._client.absolute(answer), 0

    def _put(self, body: bytes | Iterable[bytes], attempts: Attempts) -> None:
        """Send all that is left, and close the session."""
        size_bytes = self._descriptor.size_bytes
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size_bytes - self._offset_bytes),
        }
        if self._offset_bytes:
            headers["Content-Range"] = f"{self._offset_bytes}-{size_bytes - 1}"
        joint = "&" if "?" in self._place else "?"
        request = Request(
            method="PUT",
            place=f"{self._place}{joint}digest={self._descriptor.digest}",
            # 400: not the digest; 404: the session is gone; 416: not where it should go on.
            expect=(201, 204, 400, 404, 416),
            headers=headers,
            write=True,
            body=body,
        )
        answer = self._client.ask(request, attempts)
        if answer.status in (201, 204):
            return
        if answer.status != 416:
            self._place = ""
        raise TransientFailure(self._damaged(answer.status))

    def _damaged(self, status: int) -> RemoteError:
        """The registry did not get what was sent: it was verified before it left."""
        return IntegrityError(
            f"blob {self._descriptor.digest} did not arrive at {self._url} as it was sent "
            f"(status {status})",
            not_done="it was not stored",
        )

    def _is_done(self, attempts: Attempts) -> bool:
        """Ask how far the session has come; whether it was closed after all."""
        request = Request(method="GET", place=self._place, expect=(200, 204, 404, 400), write=True)
        answer = self._client.ask(request, attempts)
        found = _RANGE.fullmatch(answer.headers.get("Range", ""))
        end = int(found[1]) + 1 if found and answer.status in (200, 204) else 0
        # "0-0" says one byte, and is said of none as well.
        if not 1 < end < self._descriptor.size_bytes:
            self._place, self._offset_bytes = "", 0
            return has_blob(self._client, self._descriptor, attempts)
        if end > self._offset_bytes:
            attempts.progressed()
        if "Location" in answer.headers:
            self._place = self._client.absolute(answer)
        self._offset_bytes = end
        return False

    def _drop(self) -> None:
        """Tell the registry that nothing more will come."""
        if self._place:
            _drop(self._client, self._place)


def _drop(client: RegistryClient, place: str) -> None:
    attempts = Attempts(_COURTESY, _COURTESY.metadata_s)
    request = Request(method="DELETE", place=place, expect=range(200, 600), write=True)
    with suppress(RemoteError, NotFoundInRemoteError, TransientFailure):
        client.ask(request, attempts)


class _Body:
    """The content from an offset on, verified as a whole; of a large one ahead of the network.

    Attributes:
        failure: What the content itself raised: not to be taken for a failure of the network.
    """

    def __init__(
        self,
        content: Iterable[bytes],
        descriptor: Descriptor,
        url: str,
        offset_bytes: int,
        attempts: Attempts,
    ) -> None:
        self.failure: Exception | None = None
        self._pieces = read_ahead(verified(content, descriptor, url), descriptor.size_bytes)
        self._skip_bytes = offset_bytes
        self._attempts = attempts

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._pieces:
                if self._skip_bytes < len(piece):
                    yield piece[self._skip_bytes :] if self._skip_bytes else piece
                    self._attempts.moved()
                self._skip_bytes = max(0, self._skip_bytes - len(piece))
        except Exception as error:
            self.failure = error
            raise

    def close(self) -> None:
        """Take no more of the content; it may be gone through again from now on."""
        self._pieces.close()
