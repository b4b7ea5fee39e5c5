"""What the files of a published bundle hold: read from wherever it is kept, and verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modelops_bundle.codec.oci_json import MAX_DOCUMENT_BYTES
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import BundleIndex, Descriptor, IndexFile, descriptor_of
from modelops_bundle.core.packs import Read, Slice, plan_reads
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import HostileBundleError
from modelops_bundle.log import Log, place
from modelops_bundle.operations.transfers import transfer_each
from modelops_bundle.storage.base import CHUNK_BYTES, Remote, verified
from modelops_bundle.storage.objects import ObjectStorage
from modelops_bundle.workspace.phases import Phase, phase

_LOG = Log(__name__)
#: Takes the content of one file in pieces of at most `CHUNK_BYTES`, to the end.
Sink = Callable[[FileState, Iterator[bytes]], None]


def fetch_contents(
    remote: Remote,
    index: BundleIndex,
    paths: Iterable[BundlePath],
    sink: Sink,
) -> None:
    """Stream the contents of files to where they are wanted, several at a time.

    However the bundle keeps them, each content is verified against its own digest on the way: the
    last piece is not handed out before all have been, so a sink that came to the end has the right
    bytes.

    Args:
        paths: Files of the bundle. Of several with the same content one is enough where contents
            are all that is wanted.
        sink: Called once for each path, in several threads at once.

    Raises:
        NotFoundInRemoteError: a content is not there.
        IntegrityError: a content is damaged.
        RemoteError: the remote failed, or keeps a file where this version cannot read it.
        Exception: whatever `sink` raises.
    """
    wanted = [index.files[path] for path in paths]
    total_bytes = sum(file.size_bytes for file in wanted)
    _LOG.info("fetching %d files, %d bytes, from %s", len(wanted), total_bytes, place(remote.url))
    elsewhere = [file for file in wanted if file.external_uri]
    here = [file for file in wanted if not file.external_uri]
    for file in here:
        if not file.size_bytes:
            sink(file.state, verified((), descriptor_of(file.state), remote.url))
    jobs: list[Read | IndexFile] = [*elsewhere]
    jobs += plan_reads(index, (file.path for file in here if file.size_bytes))

    def carry_out(job: Read | IndexFile, meter: Phase) -> None:
        if isinstance(job, Read):
            _carry_out(remote, job, sink, meter)
        else:
            sink(job.state, _metered(_from_elsewhere(remote, job), meter))

    with phase("Downloading", total_bytes) as meter:
        transfer_each(lambda job: carry_out(job, meter), jobs, meter)


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


def _carry_out(remote: Remote, read: Read, sink: Sink, meter: Phase) -> None:
    """Read a blob, or a part of it, and hand its slices out."""
    if read.is_file:
        _hand_out(remote, read, remote.open_blob(read.blob), read.slices[0], sink, meter)
        return
    pieces = remote.open_range(read.blob, read.start_bytes, read.end_bytes)
    stream = _Stream(pieces, read.start_bytes)
    for part in read.slices:
        wanted = stream.slice(part.offset_bytes, part.end_bytes)
        content = verified(wanted, descriptor_of(part.files[0]), remote.url)
        _hand_out(remote, read, content, part, sink, meter)
    # To its end, so that the connection that it came over serves again.
    stream.finish()


def _from_elsewhere(remote: Remote, file: IndexFile) -> Iterator[bytes]:
    objects = remote.objects or ObjectStorage()
    return objects.open_object(file.external_uri, descriptor_of(file.state))


def _hand_out(
    remote: Remote, read: Read, content: Iterator[bytes], part: Slice, sink: Sink, meter: Phase
) -> None:
    """Give one content, that has been verified, to each file that has it."""
    first, *others = part.files
    if not others:
        sink(first, _metered(content, meter))
    elif part.size_bytes <= CHUNK_BYTES:
        kept = b"".join(content)
        for state in part.files:
            sink(state, _metered(iter((kept,)), meter))
    else:
        # Too large to be kept for the others: it is read for each.
        sink(first, _metered(content, meter))
        for state in others:
            alone = Slice(part.offset_bytes, (state,))
            _carry_out(remote, Read(read.blob, (alone,)), sink, meter)


class _Stream:
    """Slices of a blob that comes in pieces, in the order of their offsets."""

    def __init__(self, pieces: Iterator[bytes], offset_bytes: int) -> None:
        self._pieces = pieces
        self._held = b""
        #: Where the held piece begins in the blob, and how much of it has been passed.
        self._start_bytes = offset_bytes
        self._passed_bytes = 0

    def slice(self, start_bytes: int, end_bytes: int) -> Iterator[bytes]:
        """The bytes from start to end; what lies before has been taken or is passed over."""
        while self._start_bytes + self._passed_bytes < end_bytes:
            if self._passed_bytes == len(self._held):
                self._start_bytes += len(self._held)
                self._held, self._passed_bytes = next(self._pieces, b""), 0
                if not self._held:
                    return
            first = max(start_bytes - self._start_bytes, self._passed_bytes)
            last = min(end_bytes - self._start_bytes, len(self._held))
            self._passed_bytes = last
            if first < last:
                yield self._held[first:last]

    def finish(self) -> None:
        """Take what is left."""
        for _ in self._pieces:
            pass


def _check_size(size_bytes: int) -> None:
    if size_bytes > MAX_DOCUMENT_BYTES:
        raise HostileBundleError(
            f"a document of {size_bytes} bytes", not_done="nothing was written"
        )


def _metered(chunks: Iterator[bytes], meter: Phase) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        meter.add(len(chunk))
