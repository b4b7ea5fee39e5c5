"""Reading and hashing regular files, consistently and in parallel."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Sequence

from modelops_bundle.workspace.phases import Phase, phase
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


def hash_all(
    paths: Sequence[str], total_bytes: int, outcomes: list[Outcome] | None = None
) -> list[Outcome]:
    """Hash many files on all processors, one buffer each; outcomes in the order of the paths.

    Args:
        total_bytes: The size of all files, for whoever listens to the phase.
        outcomes: A list of as many None to put them into: what was done when a person interrupted
            is there.
    """
    if outcomes is None:
        outcomes = [None] * len(paths)
    with phase("Hashing", total_bytes) as hashing:
        _Work(paths, outcomes, hashing).run(total_bytes)
    return outcomes


class _Work:
    """Files that several threads hash."""

    def __init__(self, paths: Sequence[str], outcomes: list[Outcome], hashing: Phase) -> None:
        self._paths = paths
        self._outcomes = outcomes
        self._hashing = hashing
        # A range iterator hands out each place once, whatever thread asks.
        self._places = iter(range(len(paths)))
        self._failures: list[BaseException] = []

    def run(self, total_bytes: int) -> None:
        """Hash all of them; raises the first failure that is none of a file's."""
        helpers: list[threading.Thread] = []
        if total_bytes >= _WORTH_THREADS_BYTES or len(self._paths) >= _WORTH_THREADS_FILES:
            count = min(_THREADS, len(self._paths)) - 1
            helpers = [threading.Thread(target=self._share, daemon=True) for _ in range(count)]
        try:
            for helper in helpers:
                helper.start()
            self._share()
            for helper in helpers:
                helper.join()
        except BaseException as error:
            self._give_up(error)
        if self._failures:
            for helper in helpers:
                if helper.ident is not None:
                    helper.join()
            raise self._failures[0]

    def _share(self) -> None:
        try:
            buffer = bytearray(_BUFFER_BYTES)
            for place in self._places:
                try:
                    outcome: Outcome = _hash(self._paths[place], buffer, self._hashing)
                except (OSError, UnstableFileError) as error:
                    outcome = error
                self._outcomes[place] = outcome
        except BaseException as error:
            self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        """What failed must not pass for an absent file, nor keep the others at work."""
        self._failures.append(error)
        self._hashing.stop()
        for _ in self._places:
            pass


def _hash(path: str, buffer: bytearray, hashing: Phase | None = None) -> Hashed | None:
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
                if hashing is not None:
                    hashing.add(size)
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
