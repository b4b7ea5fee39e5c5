"""Reading and hashing regular files, consistently and in parallel."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Sequence

from modelops_bundle.workspace.stamps import Stamp, stamp_of

_BUFFER_BYTES = 1 << 20
_ATTEMPTS = 5
_THREADS = min(8, os.cpu_count() or 1)
#: Below this, starting threads takes longer than they save.
_WORTH_THREADS_BYTES = 4 << 20
_WORTH_THREADS_FILES = 64


class UnstableFileError(Exception):
    """A file that was written to each time it was read."""


class Hashed:
    """A file as it was while it was read: its stamp, and the SHA-256 of its bytes."""

    __slots__ = ("digest", "stamp")

    def __init__(self, stamp: Stamp, digest: bytes) -> None:
        self.stamp = stamp
        self.digest = digest


#: A file's hash, None for what is no regular file (any more), or why it could not be read.
Outcome = Hashed | OSError | UnstableFileError | None


def hash_file(path: str) -> Hashed | None:
    """Hash one file; None if it is not there or not a regular file.

    Raises:
        OSError: it cannot be read.
        UnstableFileError: see there.
    """
    return _hash(path, bytearray(_BUFFER_BYTES))


def read_file(path: str) -> tuple[Stamp, bytes] | None:
    """A file's bytes, with the stamp that it had before and after; otherwise as `hash_file`."""
    for _ in range(_ATTEMPTS):
        file = _open(path)
        if file is None:
            return None
        with open(file, "rb", buffering=0) as stream:
            before = os.fstat(file)
            content = stream.readall()
            if stamp_of(before) == stamp_of(os.fstat(file)):
                return stamp_of(before), content
    raise UnstableFileError(path)


def hash_all(paths: Sequence[str], total_bytes: int) -> list[Outcome]:
    """Hash many files on all processors, one buffer each; outcomes in the order of the paths."""
    outcomes: list[Outcome] = [None] * len(paths)
    failures: list[BaseException] = []
    places = iter(range(len(paths)))

    def work() -> None:
        try:
            buffer = bytearray(_BUFFER_BYTES)
            # A range iterator hands out each place once, whatever thread asks.
            for place in places:
                try:
                    outcomes[place] = _hash(paths[place], buffer)
                except (OSError, UnstableFileError) as error:
                    outcomes[place] = error
        except BaseException as error:
            failures.append(error)
            # What failed here must not pass for an absent file, nor keep the others at work.
            for _ in places:
                pass

    helpers: list[threading.Thread] = []
    if total_bytes >= _WORTH_THREADS_BYTES or len(paths) >= _WORTH_THREADS_FILES:
        count = min(_THREADS, len(paths)) - 1
        helpers = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for helper in helpers:
        helper.start()
    work()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]
    return outcomes


def _hash(path: str, buffer: bytearray) -> Hashed | None:
    view = memoryview(buffer)
    for _ in range(_ATTEMPTS):
        file = _open(path)
        if file is None:
            return None
        with open(file, "rb", buffering=0) as stream:
            before = os.fstat(file)
            digest = hashlib.sha256()
            while size := stream.readinto(buffer):
                digest.update(view[:size])
            if stamp_of(before) == stamp_of(os.fstat(file)):
                return Hashed(stamp_of(before), digest.digest())
    raise UnstableFileError(path)


def _open(path: str) -> int | None:
    """A descriptor of a regular file; None if there is none."""
    try:
        # A FIFO or a terminal that has taken the file's place must neither block nor take over.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    return None
