"""Contents by what they are: a folder of blobs that is shared by all bundles of a cache.

Blobs are written aside and moved to the name of their digest, and are read-only. Nothing here is
synced to disk: a blob that a crash of the system has damaged is noticed when it is used, since its
bytes are hashed on the way, and is dropped.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from modelops_bundle.codec.oci_json import MAX_DOCUMENT_BYTES
from modelops_bundle.core.digest import Digest
from modelops_bundle.errors import InvalidDigestError
from modelops_bundle.storage.base import CHUNK_BYTES
from modelops_bundle.workspace.aside import Aside
from modelops_bundle.workspace.phases import Phase, phase

#: Of everything in a cache: who edits it edits what others use.
READ_ONLY = 0o444


class BlobStore:
    """A folder of blobs; safe to use from several threads and processes."""

    def __init__(self, folder: Path, ingest: Path) -> None:
        """Nothing is read or written yet.

        Args:
            folder: Where blobs are, each under the hex digits of its digest.
            ingest: Where they are written aside, on the same file system.
        """
        self._folder = folder
        self._ingest = ingest
        self._clones = True

    def has(self, digest: Digest, size_bytes: int) -> bool:
        """Whether a content seems to be here; it is verified when it is used."""
        try:
            found = os.lstat(self._path(digest))
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size == size_bytes

    def put(self, digest: Digest, content: Iterable[bytes]) -> None:
        """Keep a content that is verified on the way here.

        Raises:
            OSError: it cannot be written; nothing was.
        """
        with Aside(self._ingest) as aside:
            for chunk in content:
                aside.write(chunk)
            os.fchmod(aside.file, READ_ONLY)
            aside.move_to(self._path(digest), durably=False)

    def read(self, digest: Digest) -> bytes | None:
        """A small content; None where it is not here, or damaged, and then dropped."""
        try:
            file = self._open(digest)
        except OSError:
            return None
        with open(file, "rb", buffering=0) as stream:
            content = stream.read(MAX_DOCUMENT_BYTES)
        if Digest.of_bytes(content) == digest:
            return content
        self.drop(digest)
        return None

    def pieces(self, digest: Digest, size_bytes: int) -> Iterator[bytes] | None:
        """A content as it is, in pieces of at most `CHUNK_BYTES`; None where it is not here.

        Whoever takes it verifies it.
        """
        try:
            file = self._open(digest)
        except OSError:
            return None
        if os.fstat(file).st_size != size_bytes:
            os.close(file)
            return None
        return _read_through(file)

    def place(
        self, digest: Digest, size_bytes: int, target: Path, *, trusted: bool
    ) -> os.stat_result | None:
        """Copy a content to a name of its own, sharing blocks where the file system can.

        Args:
            digest: What is wanted.
            size_bytes: How large it is.
            target: On the same file system; what stands there is replaced.
            trusted: It was verified in this very run, and is not hashed again.

        Returns:
            The new file; None where the content is not here, or damaged, and then dropped.

        Raises:
            OSError: the copy cannot be written.
        """
        try:
            source = self._open(digest)
        except FileNotFoundError:
            return None
        with open(source, "rb", buffering=0), Aside(self._ingest) as aside:
            # A file system that cannot once cannot at all.
            cloned = self._clones = self._clones and aside.clone(source)
            if trusted:
                right = os.fstat(source).st_size == size_bytes
                if not cloned:
                    aside.copy(source)
            else:
                right = _hash_of(source, None if cloned else aside) == digest.hex
            if not right:
                self.drop(digest)
                return None
            os.fchmod(aside.file, READ_ONLY)
            aside.move_to(target, durably=False)
            return os.fstat(aside.file)

    def link(
        self, digest: Digest, size_bytes: int, target: Path, *, trusted: bool
    ) -> os.stat_result | None:
        """As `place`, but the name leads to the very blob, which is read-only.

        Raises:
            OSError: no further link can be made.
        """
        try:
            source = self._open(digest)
        except FileNotFoundError:
            return None
        with open(source, "rb", buffering=0):
            found = os.fstat(source)
            if found.st_size != size_bytes or not (trusted or _hash_of(source) == digest.hex):
                self.drop(digest)
                return None
            aside = self._ingest / f"{os.getpid()}-{os.urandom(8).hex()}"
            os.link(self._path(digest), aside)
            try:
                os.replace(aside, target)
            finally:
                # Moving a name onto another of the same file leaves both.
                with suppress(FileNotFoundError):
                    os.unlink(aside)
            return found

    def verify(self, digest: Digest) -> bool:
        """Whether a content is what its digest says; one that is not is dropped."""
        try:
            source = self._open(digest)
        except OSError:
            return False
        with open(source, "rb", buffering=0), phase("Verifying", os.fstat(source).st_size) as told:
            if _hash_of(source, told=told) == digest.hex:
                return True
        self.drop(digest)
        return False

    def drop(self, digest: Digest) -> None:
        """Forget a content."""
        with suppress(FileNotFoundError):
            os.unlink(self._path(digest))

    def stored(self) -> Iterator[tuple[Digest, os.stat_result]]:
        """All contents that are here, sorted."""
        try:
            names = sorted(os.listdir(self._folder))
        except FileNotFoundError:
            return
        for name in names:
            with suppress(InvalidDigestError, FileNotFoundError):
                yield Digest.parse(f"sha256:{name}"), os.lstat(self._folder / name)

    def _path(self, digest: Digest) -> Path:
        return self._folder / digest.hex

    def _open(self, digest: Digest) -> int:
        return os.open(self._path(digest), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)


def _read_through(file: int) -> Iterator[bytes]:
    with open(file, "rb", buffering=0) as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece


def _hash_of(source: int, copy: Aside | None = None, told: Phase | None = None) -> str:
    running, buffer = hashlib.sha256(), bytearray(CHUNK_BYTES)
    view = memoryview(buffer)
    while size_bytes := os.readv(source, [buffer]):
        running.update(view[:size_bytes])
        if copy is not None:
            copy.write(view[:size_bytes])
        if told is not None:
            told.add(size_bytes)
    return running.hexdigest()
