"""A folder as a repository of bundles: an OCI image layout (image-spec v1.1), with no server.

Blobs and manifests are written aside, synced and moved to the name of their digest, so that a
name never leads to half a blob. `index.json` is replaced as a whole, under a lock, from what it
holds at that moment.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from modelops_bundle.codec.layout_json import (
    LayoutIndex,
    check_layout_marker,
    decode_layout_index,
    encode_layout_marker,
    nameless,
    with_referrer,
    with_tags,
)
from modelops_bundle.codec.layout_removal import described, plan_removal
from modelops_bundle.codec.oci_json import MAX_DOCUMENT_BYTES
from modelops_bundle.codec.referrer_json import (
    EMPTY,
    EMPTY_CONTENT,
    check_subject,
    referrer_of,
    subject_of,
)
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.core.provenance import Referrer
from modelops_bundle.core.transfer import TagMove
from modelops_bundle.errors import (
    FileAccessError,
    IntegrityError,
    NotFoundInRemoteError,
    RemoteError,
)
from modelops_bundle.storage.base import (
    CHUNK_BYTES,
    check_moves,
    check_range,
    is_referrers_tag,
    parse_reference,
    resolve_among,
    verified,
    verified_bytes,
)
from modelops_bundle.storage.objects import ObjectStorage
from modelops_bundle.workspace.aside import Aside, sweep_asides
from modelops_bundle.workspace.atomic import sync_folder, write_atomic
from modelops_bundle.workspace.locks import exclusive

_MARKER = "oci-layout"
_INDEX = "index.json"
_BLOBS = "blobs/sha256"
#: Unfinished blobs; the layout specification leaves room for other names beside its own.
_ASIDE = "ingest"
_LOCK = "lock"
_LOCK_TIMEOUT_S = 60.0


class OciLayoutRemote:
    """A `Remote` in a folder; safe to use from several threads, processes and machines."""

    objects: ObjectStorage | None = None

    def __init__(self, folder: Path) -> None:
        """Nothing is read or written yet.

        Args:
            folder: The layout; made at the first upload. One layout is one repository.
        """
        self._folder = folder
        self._blobs = folder / _BLOBS
        self._url = f"layout:{folder}"
        self._prepared = False
        self._preparing = threading.Lock()

    @property
    def url(self) -> str:
        """See `Remote`."""
        return self._url

    @property
    def is_distant(self) -> bool:
        """See `Remote`."""
        return False

    def tags(self) -> tuple[str, ...]:
        """See `Remote`."""
        return tuple(sorted(name for name in self._index().tags if not is_referrers_tag(name)))

    def held(self, names: Collection[str]) -> Mapping[str, Digest]:
        """See `Remote`."""
        tags = self._index().tags
        return {name: tags[name] for name in names if name in tags}

    def resolve(self, reference: str) -> Digest:
        """See `Remote`."""
        index = self._index()
        try:
            return resolve_among(reference, index.tags, index.digests, self._url)
        except NotFoundInRemoteError:
            digest = parse_reference(reference).digest
            if digest is None or not self._path(digest).is_file():
                raise
            return digest

    def read_manifest(self, digest: Digest) -> bytes:
        """See `Remote`."""
        with self._reading(f"manifest {digest}"):
            content = _read(self._path(digest), MAX_DOCUMENT_BYTES)
        return verified_bytes(content, digest, self._url)

    def put_manifest(self, content: bytes) -> Digest:
        """See `Remote`."""
        digest = Digest.of_bytes(content)
        with suppress(NotFoundInRemoteError, IntegrityError):
            self.read_manifest(digest)
            return digest
        descriptor = Descriptor(
            media_type=MANIFEST_MEDIA_TYPE, digest=digest, size_bytes=len(content)
        )
        self.upload_blob(descriptor, (content,))
        return digest

    def present(self, descriptors: Collection[Descriptor]) -> frozenset[Digest]:
        """See `Remote`. A blob of another size than it should have counts as absent."""
        return frozenset(d.digest for d in descriptors if self._has(d))

    def open_blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """See `Remote`."""
        with self._reading(f"blob {descriptor.digest}"):
            file = _open_regular(self._path(descriptor.digest))
            with open(file, "rb", buffering=0) as stream:
                chunks = iter(lambda: stream.read(CHUNK_BYTES), b"")
                yield from verified(chunks, descriptor, self._url)

    def open_range(
        self, descriptor: Descriptor, start_bytes: int, end_bytes: int
    ) -> Iterator[bytes]:
        """See `Remote`."""
        with self._reading(f"blob {descriptor.digest}"):
            file = _open_regular(self._path(descriptor.digest))
            with open(file, "rb", buffering=0) as stream:
                size_bytes = os.fstat(file).st_size
                check_range(descriptor, start_bytes, end_bytes, size_bytes, self._url)
                stream.seek(start_bytes)
                left_bytes = end_bytes - start_bytes
                while left_bytes > 0 and (piece := stream.read(min(left_bytes, CHUNK_BYTES))):
                    left_bytes -= len(piece)
                    yield piece

    def upload_blob(self, descriptor: Descriptor, content: Iterable[bytes]) -> None:
        """See `Remote`."""
        self._prepare()
        with self._writing():
            aside = Aside(self._folder / _ASIDE)
        try:
            for chunk in verified(content, descriptor, self._url):
                with self._writing():
                    aside.write(chunk)
            with self._writing():
                aside.move_to(self._path(descriptor.digest), durably=True)
        finally:
            aside.close()

    def publish_manifest(self, content: bytes, moves: Sequence[TagMove]) -> Digest:
        """See `Remote`."""
        digest = self.put_manifest(content)
        self.set_tags(digest, moves)
        return digest

    def set_tags(self, digest: Digest, moves: Sequence[TagMove]) -> None:
        """See `Remote`."""
        self.read_manifest(digest)
        self._prepare()
        with self._writing():
            # The names of the blobs must be durable before the name of the whole is.
            sync_folder(str(self._blobs))
            with exclusive(self._folder / _LOCK, _LOCK_TIMEOUT_S):
                before = _read_if_there(self._folder / _INDEX)
                index = decode_layout_index(before) if before is not None else LayoutIndex.empty()
                check_moves(digest, moves, index.tags, self._url)
                content = self._whole(digest)
                manifest = Descriptor(
                    media_type=MANIFEST_MEDIA_TYPE, digest=digest, size_bytes=len(content)
                )
                after = with_tags(before, manifest, [move.name for move in moves])
                if after != before:
                    write_atomic(self._folder / _INDEX, after)

    def put_referrer(self, content: bytes) -> Digest:
        """See `Remote`. It is listed without a name, as tools that know of referrers do it."""
        check_subject(content)
        referrer = referrer_of(content)
        if not self.present((EMPTY,)):
            self.upload_blob(EMPTY, (EMPTY_CONTENT,))
        digest = self.put_manifest(content)
        with self._writing():
            sync_folder(str(self._blobs))
            with exclusive(self._folder / _LOCK, _LOCK_TIMEOUT_S):
                before = _read_if_there(self._folder / _INDEX)
                after = with_referrer(before, referrer)
                if after != before:
                    write_atomic(self._folder / _INDEX, after)
        return digest

    def referrers(self, subject: Digest, artifact_type: str) -> tuple[Referrer, ...]:
        """See `Remote`."""
        with self._reading(_INDEX):
            content = _read_if_there(self._folder / _INDEX)
        found: list[Referrer] = []
        for digest in sorted(nameless(content, artifact_type)):
            document = self._document(digest)
            if document is not None and subject_of(document) == subject:
                found.append(referrer_of(document))
        return tuple(one for one in found if one.artifact_type == artifact_type)

    def mount_blob(self, descriptor: Descriptor, source_url: str) -> bool:
        """See `Remote`."""
        return False

    def delete(self, digest: Digest) -> None:
        """See `Remote`. Blobs that nothing else in the layout names are deleted too."""
        if digest not in self._index().digests:
            raise NotFoundInRemoteError(f"{self._url} has no manifest {digest}")
        with self._writing(), exclusive(self._folder / _LOCK, _LOCK_TIMEOUT_S):
            before = _read_if_there(self._folder / _INDEX)
            if before is None:
                raise NotFoundInRemoteError(f"{self._url} has no manifest {digest}")
            removal = plan_removal(before, digest, self._document)
            write_atomic(self._folder / _INDEX, removal.content)
            for unused in sorted(removal.unused):
                self._path(unused).unlink(missing_ok=True)

    def _document(self, digest: Digest) -> bytes | None:
        """A manifest's bytes; None where they are not there, or damaged."""
        try:
            return self.read_manifest(digest)
        except RemoteError:
            return None

    def _whole(self, digest: Digest) -> bytes:
        """A manifest of which no part is missing: somebody may have deleted what was reused.

        Raises:
            NotFoundInRemoteError: a part is missing.
        """
        content = self.read_manifest(digest)
        missing = [d for d in described(content) if not self._has(d)]
        if missing:
            raise NotFoundInRemoteError(
                f"{self._url} no longer has blob {missing[0].digest}: deleted meanwhile",
                not_done="nothing was tagged",
                hint="do it again",
            )
        return content

    def _index(self) -> LayoutIndex:
        with self._reading(_INDEX):
            marker = _read_if_there(self._folder / _MARKER)
            content = _read_if_there(self._folder / _INDEX)
        if marker is None or content is None:
            return LayoutIndex.empty()
        check_layout_marker(marker)
        return decode_layout_index(content)

    def _path(self, digest: Digest) -> Path:
        return self._blobs / digest.hex

    def _has(self, descriptor: Descriptor) -> bool:
        try:
            found = os.stat(self._path(descriptor.digest))
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size == descriptor.size_bytes

    def _prepare(self) -> None:
        """Make the folder a layout, if it is none and nothing else either."""
        with self._preparing, self._writing():
            if self._prepared:
                return
            foreign = _foreign_names(self._folder)
            # Read after the names: another process may be making the layout at this moment.
            marker = _read_if_there(self._folder / _MARKER)
            if marker is not None:
                check_layout_marker(marker)
            elif foreign:
                raise RemoteError(
                    f"{self._folder} is a folder with other content than an OCI image layout",
                    not_done="nothing was uploaded",
                    hint="give a folder that does not exist yet, or is empty",
                )
            self._blobs.mkdir(parents=True, exist_ok=True)
            (self._folder / _ASIDE).mkdir(exist_ok=True)
            if marker is None:
                write_atomic(self._folder / _MARKER, encode_layout_marker())
            sweep_asides(self._folder / _ASIDE)
            self._prepared = True

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise NotFoundInRemoteError(f"{self._url} has no {what}") from error
        except OSError as error:
            reason = error.strerror or error
            raise RemoteError(f"cannot read {what} of {self._url}: {reason}") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, FileAccessError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or error
            raise RemoteError(
                f"cannot write to {self._url}: {reason}",
                not_done="no tag was moved",
                hint="check the permissions of the folder and the free space of its disk",
            ) from error


def _foreign_names(folder: Path) -> list[str]:
    """What is in a folder besides that which a first upload that was cut off leaves."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    ours = {_BLOBS.partition("/")[0], _ASIDE}
    return [name for name in names if name not in ours and not name.startswith(".mops-")]


def _read_if_there(path: Path) -> bytes | None:
    try:
        return _read(path, MAX_DOCUMENT_BYTES)
    except FileNotFoundError:
        return None


def _read(path: Path, limit_bytes: int) -> bytes:
    with open(_open_regular(path), "rb") as stream:
        content = stream.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise OSError(errno.EFBIG, f"larger than {limit_bytes} bytes", str(path))
    return content


def _open_regular(path: Path) -> int:
    """Open a file for reading; a device or a pipe of that name is refused, not waited for."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "no regular file", str(path))
    return file
