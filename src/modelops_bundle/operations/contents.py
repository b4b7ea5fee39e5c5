"""What the files of a published bundle hold: read from wherever it is kept, and verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modelops_bundle.codec.oci_json import MAX_DOCUMENT_BYTES
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import TITLE_ANNOTATION, BundleIndex, Descriptor, IndexFile
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import HostileBundleError
from modelops_bundle.operations.transfers import Meter, Progress, transfer_each
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.objects import ObjectStorage

#: Takes the content of one file in pieces of at most `CHUNK_BYTES`, to the end.
Sink = Callable[[FileState, Iterator[bytes]], None]


def fetch_contents(
    remote: Remote,
    index: BundleIndex,
    paths: Iterable[BundlePath],
    sink: Sink,
    progress: Progress | None = None,
) -> None:
    """Stream the contents of files to where they are wanted, several at a time.

    However the bundle keeps them, each content is verified against its own digest on the way: the
    last piece is not handed out before all have been, so a sink that came to the end has the right
    bytes.

    Args:
        paths: Files of the bundle. Of several with the same content one is enough where contents
            are all that is wanted.
        sink: Called once for each path, in several threads at once.
        progress: Called after each piece.

    Raises:
        NotFoundInRemoteError: a content is not there.
        IntegrityError: a content is damaged.
        RemoteError: the remote failed, or keeps a file where this version cannot read it.
        Exception: whatever `sink` raises.
    """
    wanted = [(state_of(index, path), index.files[path]) for path in paths]
    meter = Meter(sum(state.size_bytes for state, _ in wanted), progress)

    def fetch(item: tuple[FileState, IndexFile]) -> None:
        state, file = item
        sink(state, _metered(_open(remote, file), meter))

    transfer_each(fetch, wanted)


def read_content(remote: Remote, index: BundleIndex, path: BundlePath) -> bytes:
    """The content of one small file.

    Raises:
        HostileBundleError: larger than a document may be.
        RemoteError: see `fetch_contents`.
    """
    _check_size(index.files[path].size_bytes)
    pieces: list[bytes] = []
    fetch_contents(remote, index, (path,), lambda _, content: pieces.extend(content))
    return b"".join(pieces)


def read_document(remote: Remote, descriptor: Descriptor) -> bytes:
    """A blob of its own that is read as a whole.

    Raises:
        HostileBundleError: larger than a document may be.
        RemoteError: see `Remote.open_blob`.
    """
    _check_size(descriptor.size_bytes)
    return b"".join(remote.open_blob(descriptor))


def state_of(index: BundleIndex, path: BundlePath) -> FileState:
    """A file of the bundle, as an observation of it would say."""
    file = index.files[path]
    return FileState(path, file.digest, file.size_bytes)


def _open(remote: Remote, file: IndexFile) -> Iterator[bytes]:
    blob = Descriptor(
        media_type=file.media_type,
        digest=file.digest,
        size_bytes=file.size_bytes,
        annotations={TITLE_ANNOTATION: file.path},
    )
    if not file.external_uri:
        return remote.open_blob(blob)
    objects = remote.objects or ObjectStorage()
    return objects.open_object(file.external_uri, blob)


def _check_size(size_bytes: int) -> None:
    if size_bytes > MAX_DOCUMENT_BYTES:
        raise HostileBundleError(
            f"a document of {size_bytes} bytes", not_done="nothing was written"
        )


def _metered(chunks: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        meter.add(len(chunk))
