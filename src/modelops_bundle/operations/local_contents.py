"""The contents of a project's files, read in pieces to be sent, and whether they have changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Generator, Iterator
from contextlib import suppress

from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import ChangedDuringUseError, FileAccessError
from modelops_bundle.storage.base import CHUNK_BYTES
from modelops_bundle.workspace.hashing import Hashed, hash_all
from modelops_bundle.workspace.phases import Phase
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.worktree import Places


class LocalContent:
    """Files one after the other, in pieces; whoever takes them verifies them, and may begin again.

    Leave it as a context: it closes what it opened.
    """

    def __init__(
        self, places: Places, parts: tuple[FileState, ...], meter: Phase | None = None
    ) -> None:
        """Nothing is read yet.

        Args:
            places: Where the project's files are.
            meter: Told of each piece that was taken, the first time.
        """
        self._places = places
        self._parts = parts
        self._meter = meter
        self._counted_bytes = 0
        self._begun: list[Generator[bytes, None, None]] = []

    def __enter__(self) -> LocalContent:
        return self

    def __exit__(self, *_: object) -> None:
        for pieces in self._begun:
            # One that a dead disk keeps a thread waiting for cannot be closed, nor need it be.
            with suppress(ValueError):
                pieces.close()

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._pieces()
        self._begun.append(pieces)
        taken_bytes = 0
        for piece in pieces:
            yield piece
            taken_bytes += len(piece)
            if self._meter is not None:
                # What is sent again has been counted.
                self._meter.add(max(0, taken_bytes - self._counted_bytes))
            self._counted_bytes = max(taken_bytes, self._counted_bytes)

    def _pieces(self) -> Generator[bytes, None, None]:
        for part in self._parts:
            yield from pieces_of(self._places, part)


def pieces_of(places: Places, state: FileState) -> Generator[bytes, None, None]:
    """The bytes of one file as they are now, in pieces of at most `CHUNK_BYTES`.

    Raises:
        ChangedDuringUseError: it is no file of the project any more.
        FileAccessError: it cannot be read.
    """
    place = places.of(state.path)
    try:
        if place is None:
            raise FileNotFoundError
        file = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        with open(file, "rb", buffering=0) as stream:
            # Room for a chunk is made before it is known how much there is to read: for a small
            # file that takes longer than reading it.
            most_bytes = min(CHUNK_BYTES, state.size_bytes + 1)
            while chunk := stream.read(most_bytes):
                yield chunk
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise changed_error((state.path,)) from error
    except OSError as error:
        raise FileAccessError(
            f"cannot read {state.path}: {error.strerror or error}",
            not_done="no tag was moved",
            hint="check its permissions",
        ) from error


def changed_files(project: Project, states: Collection[FileState]) -> Iterator[BundlePath]:
    """Hash files again and name those that are not as they were observed."""
    places = Places(str(project.root), project.extra_roots)
    found = [(state, places.of(state.path)) for state in states]
    total_bytes = sum(state.size_bytes for state in states)
    # A place that leads out of the project cannot be what was observed; "" is no file's name.
    outcomes = hash_all([place or "" for _, place in found], total_bytes)
    for (state, _), outcome in zip(found, outcomes, strict=True):
        if not isinstance(outcome, Hashed) or outcome.digest.hex() != state.digest.hex:
            yield state.path


def changed_error(paths: Collection[BundlePath]) -> ChangedDuringUseError:
    """These files are not as they were observed."""
    return ChangedDuringUseError(
        f"changed while it was published: {', '.join(paths)}",
        not_done="no tag was moved",
        hint="push again when nothing writes to the project",
    )
