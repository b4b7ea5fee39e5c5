"""Publishing files: everything that a tag leads to is there before the tag is (law 6)."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelops_bundle.codec.oci_json import bundle_documents
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_paths
from modelops_bundle.core.transfer import PushPlan, TagMove, plan_push
from modelops_bundle.errors import (
    ChangedDuringUseError,
    FileAccessError,
    IntegrityError,
    InvalidPathError,
)
from modelops_bundle.operations.transfers import Meter, Progress, transfer_each
from modelops_bundle.storage.base import CHUNK_BYTES, Remote, check_moves
from modelops_bundle.workspace.hashing import Hashed, hash_all
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.worktree import Places

#: Names those of the files that no longer are as they were observed.
Recheck = Callable[[Collection[FileState]], Iterable[BundlePath]]


@dataclass(frozen=True, slots=True)
class Volume:
    """How much was moved: different contents, and their bytes."""

    blobs: int = 0
    bytes: int = 0

    @classmethod
    def of(cls, states: Collection[FileState]) -> Volume:
        """Of these contents."""
        return cls(len(states), sum(state.size_bytes for state in states))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A bundle as it was, or with `dry_run` would be, published.

    Attributes:
        tags: All that now name it, the immutable one first.
        uploaded, reused: File contents; the two documents of the bundle are not counted.
    """

    url: str
    digest: Digest
    tags: tuple[str, ...]
    files: Mapping[BundlePath, FileState]
    uploaded: Volume
    reused: Volume


def publish(
    project: Project,
    files: Mapping[BundlePath, FileState],
    remote: Remote,
    tags: tuple[TagMove, ...],
    *,
    dry_run: bool = False,
    recheck: Recheck | None = None,
    progress: Progress | None = None,
) -> Published:
    """Upload what the remote lacks, then the index and the manifest, then move the tags.

    Args:
        files: As they were observed; the bundle holds exactly these.
        tags: What to call the bundle besides its immutable tag.
        dry_run: Only find out what would be sent.
        recheck: A quicker way than hashing to tell that a file which need not be sent is still
            as it was observed.
        progress: Called after each piece.

    Raises:
        ChangedDuringUseError: a file is not as it was observed; no tag was moved.
        TagMovedError: a tag holds what this project does not know of; no tag was moved.
        InvalidPathError: a path that could not be unpacked everywhere.
        RemoteError: the remote failed; no tag was moved.
    """
    _check_portable(files)
    manifest, document, index = bundle_documents(BundleIndex.of(files.values()))
    present = remote.present((manifest.config, *manifest.layers))
    plan = plan_push(Digest.of_bytes(document), manifest, present, tags)
    held = remote.held([move.name for move in plan.tags])
    check_moves(plan.digest, plan.tags, held, remote.url)
    if not dry_run:
        _upload_files(project, plan, remote, progress)
        sent = {state.path for state in plan.upload}
        unsent = [state for path, state in files.items() if path not in sent]
        _check_unchanged(unsent, recheck or (lambda states: changed_files(project, states)))
        if manifest.config.digest not in present:
            remote.upload_blob(manifest.config, (index,))
        remote.put_manifest(document)
        remote.set_tags(plan.digest, plan.tags)
    return Published(
        url=remote.url,
        digest=plan.digest,
        tags=tuple(move.name for move in plan.tags),
        files=files,
        uploaded=Volume.of(plan.upload),
        reused=Volume.of(plan.reuse),
    )


def changed_files(project: Project, states: Collection[FileState]) -> Iterator[BundlePath]:
    """Hash files again and name those that are not as they were observed."""
    places = Places(str(project.root))
    found = [(state, places.of(state.path)) for state in states]
    total_bytes = sum(state.size_bytes for state in states)
    # A place that leads out of the project cannot be what was observed; "" is no file's name.
    outcomes = hash_all([place or "" for _, place in found], total_bytes)
    for (state, _), outcome in zip(found, outcomes, strict=True):
        if not isinstance(outcome, Hashed) or outcome.digest.hex() != state.digest.hex:
            yield state.path


def _check_portable(files: Mapping[BundlePath, FileState]) -> None:
    try:
        check_paths(files)
    except InvalidPathError as error:
        raise InvalidPathError(
            error.message,
            not_done="nothing was uploaded",
            hint="rename it: a bundle must unpack on every file system",
        ) from None


def _upload_files(
    project: Project, plan: PushPlan, remote: Remote, progress: Progress | None
) -> None:
    layers = {layer.digest: layer for layer in plan.manifest.layers}
    places = Places(str(project.root))
    meter = Meter(sum(state.size_bytes for state in plan.upload), progress)

    def upload(state: FileState) -> None:
        with _Content(places.of(state.path), state, meter) as content:
            try:
                remote.upload_blob(layers[state.digest], content)
            except IntegrityError as error:
                raise _changed((state.path,)) from error

    transfer_each(upload, plan.upload)


def _check_unchanged(states: Collection[FileState], recheck: Recheck) -> None:
    changed = sorted(recheck(states))
    if changed:
        raise _changed(changed)


class _Content:
    """A file in pieces; whoever takes them verifies them, and may begin again."""

    def __init__(self, place: str | None, state: FileState, meter: Meter) -> None:
        self._place = place
        self._state = state
        self._meter = meter
        self._counted_bytes = 0
        self._begun: list[Generator[bytes, None, None]] = []

    def __enter__(self) -> _Content:
        return self

    def __exit__(self, *_: object) -> None:
        for pieces in self._begun:
            pieces.close()

    def __iter__(self) -> Iterator[bytes]:
        pieces = _pieces(self._place, self._state)
        self._begun.append(pieces)
        taken_bytes = 0
        for piece in pieces:
            yield piece
            taken_bytes += len(piece)
            # What is sent again has been counted.
            self._meter.add(max(0, taken_bytes - self._counted_bytes))
            self._counted_bytes = max(taken_bytes, self._counted_bytes)


def _pieces(place: str | None, state: FileState) -> Generator[bytes, None, None]:
    try:
        if place is None:
            raise FileNotFoundError
        file = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        with open(file, "rb", buffering=0) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise _changed((state.path,)) from error
    except OSError as error:
        raise FileAccessError(
            f"cannot read {state.path}: {error.strerror or error}",
            not_done="no tag was moved",
            hint="check its permissions",
        ) from error


def _changed(paths: Collection[BundlePath]) -> ChangedDuringUseError:
    return ChangedDuringUseError(
        f"changed while it was published: {', '.join(paths)}",
        not_done="no tag was moved",
        hint="push again when nothing writes to the project",
    )
