"""What the files of a published bundle hold: read from wherever it is kept, and verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modelops_bundle.codec.oci_json import MAX_DOCUMENT_BYTES
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import BundleIndex, Descriptor
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import HostileBundleError, RemoteError
from modelops_bundle.operations.transfers import Meter, Progress, transfer_each
from modelops_bundle.storage.base import Remote

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
    wanted = [(state_of(index, path), blob_of(index, path)) for path in paths]
    meter = Meter(sum(state.size_bytes for state, _ in wanted), progress)

    def fetch(item: tuple[FileState, Descriptor]) -> None:
        state, blob = item
        sink(state, _metered(remote.open_blob(blob), meter))

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


def blob_of(index: BundleIndex, path: BundlePath) -> Descriptor:
    """Where the content of a file is.

    Raises:
        RemoteError: in object storage.
    """
    file = index.files[path]
    if file.external_uri:
        raise RemoteError(
            f"{path} is kept in object storage ({file.external_uri})",
            not_done="nothing was written",
            hint="this version reads bundles whose files are all in one repository",
        )
    return Descriptor(media_type=file.media_type, digest=file.digest, size_bytes=file.size_bytes)


def _check_size(size_bytes: int) -> None:
    if size_bytes > MAX_DOCUMENT_BYTES:
        raise HostileBundleError(
            f"a document of {size_bytes} bytes", not_done="nothing was written"
        )


def _metered(chunks: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        meter.add(len(chunk))
