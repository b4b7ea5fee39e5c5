"""A published bundle on this machine: fetched once however many want it, and complete or not there.

Whoever comes first makes it while the others wait; if that one dies, the next goes on from what
has been fetched. Files are placed one by one, each as a whole, and the record that says that all
are there is written last. Mending a damaged bundle is the same work, so it disturbs nobody who
uses the sound files meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from modelops_bundle.core.cache import CachedFile, CacheRecord
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import CacheError, IntegrityError, InvalidDigestError
from modelops_bundle.log import Log
from modelops_bundle.operations.contents import fetch_contents, read_document
from modelops_bundle.operations.fetch import Bundle, read_bundle
from modelops_bundle.operations.transfers import transfer_each
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.cache_damage import boot_id, inspect_bundle
from modelops_bundle.workspace.locks import SharedLock

_LOG = Log(__name__)
#: A content that is fetched and found damaged again and again is the disk's fault.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedBundle:
    """A complete bundle in a cache. It is not pruned before it is released, or this process ends.

    Attributes:
        folder: Its files. They are read-only, and others use them too.
        files: What they are.
        fetched: Contents that were fetched for it just now.
    """

    digest: Digest
    folder: Path
    files: Mapping[BundlePath, FileState]
    fetched: int = 0
    hold: SharedLock | None = field(default=None, repr=False, compare=False)

    def __enter__(self) -> CachedBundle:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let it be pruned; again is harmless."""
        if self.hold is not None:
            self.hold.release()


def ensure_cached(cache: BundleCache, remote: Remote, digest: Digest) -> CachedBundle:
    """Have a bundle in the cache, complete and undamaged.

    The remote is asked only for what is not there.

    Args:
        cache: Where.
        remote: Where it is published.
        digest: That of its manifest.

    Raises:
        NotFoundInRemoteError: no such bundle.
        RemoteError: the remote or the bundle is at fault.
        CacheError: the cache cannot be written.
    """
    found = find_cached(cache, digest)
    if found is not None:
        _LOG.debug("%s is in the cache %s", digest, cache.folder)
        return found
    cache.prepare()
    hold = cache.hold(digest)
    try:
        fetched = 0
        with cache.making(digest):
            # Whoever had the lock before us may have made it.
            record = _sound_record(cache, digest)
            if record is None:
                record, fetched = _make(cache, remote, digest)
    except BaseException:
        _release(hold)
        raise
    _LOG.info("%s is now in the cache %s; %d contents fetched", digest, cache.folder, fetched)
    return _in_use(cache, record, hold, fetched)


def resolved(remote: Remote, reference: str) -> Digest:
    """What a reference means; a whole digest as it is, so that the cache needs no remote.

    Raises:
        NotFoundInRemoteError: no such bundle.
        RemoteError: the remote failed.
    """
    try:
        return Digest.parse(reference)
    except InvalidDigestError:
        pass  # resolved below, so that its errors are shown to programs without this one
    return remote.resolve(reference)


def find_cached(cache: BundleCache, digest: Digest) -> CachedBundle | None:
    """A bundle of the cache as it is; None where it is not there, or damaged."""
    hold = cache.hold(digest)
    try:
        record = _sound_record(cache, digest)
    except BaseException:
        _release(hold)
        raise
    if record is None:
        _release(hold)
        return None
    return _in_use(cache, record, hold)


def _in_use(
    cache: BundleCache, record: CacheRecord, hold: SharedLock | None, fetched: int = 0
) -> CachedBundle:
    cache.used(record.digest)
    return CachedBundle(
        digest=record.digest,
        folder=cache.bundle_folder(record.digest),
        files={p: FileState(p, f.digest, f.size_bytes) for p, f in record.files.items()},
        fetched=fetched,
        hold=hold,
    )


def _release(hold: SharedLock | None) -> None:
    if hold is not None:
        hold.release()


def is_cached(cache: BundleCache, digest: Digest) -> bool:
    """Whether a bundle is in the cache, complete and undamaged."""
    return _sound_record(cache, digest) is not None


def _sound_record(cache: BundleCache, digest: Digest) -> CacheRecord | None:
    record = cache.record(digest)
    if record is None:
        return None
    condition = inspect_bundle(cache.bundle_folder(digest), record)
    if condition.damaged:
        return None
    if condition.record is not record:
        cache.remember(condition.record)
    return condition.record


def _make(cache: BundleCache, remote: Remote, digest: Digest) -> tuple[CacheRecord, int]:
    """Make or mend a bundle; the caller holds the lock for that."""
    cache.prepare()
    bundle = _read_documents(cache, remote, digest)
    sound = _sound_files(cache, bundle)
    work = _Making(cache, remote, bundle)
    placed = {**sound, **work.place(p for p in bundle.index.files if p not in sound)}
    record = CacheRecord(
        digest=digest,
        index=bundle.manifest.config.digest,
        boot=boot_id(),
        files={path: placed[path] for path in bundle.index.files},
    )
    if not cache.remember(record):
        raise CacheError(
            f"cannot write to the cache {cache.folder}",
            not_done="the bundle is not complete there",
            hint="check its permissions and the free space of its disk",
        )
    return record, work.fetched


def _sound_files(cache: BundleCache, bundle: Bundle) -> Mapping[BundlePath, CachedFile]:
    """Files of a damaged bundle that can stay."""
    record = cache.record(bundle.digest)
    if record is None:
        return {}
    condition = inspect_bundle(cache.bundle_folder(bundle.digest), record)
    return {
        path: file
        for path, file in condition.record.files.items()
        if path not in condition.damaged
        and path in bundle.index.files
        and bundle.index.files[path].digest == file.digest
    }


def _read_documents(cache: BundleCache, remote: Remote, digest: Digest) -> Bundle:
    """The manifest and the index, from the cache where they are there."""

    def keep(of: Digest, content: bytes) -> bytes:
        with cache.writing():
            cache.blobs.put(of, (content,))
        return content

    def index(descriptor: Descriptor) -> bytes:
        kept = cache.blobs.read(descriptor.digest)
        if kept is not None:
            return kept
        return keep(descriptor.digest, read_document(remote, descriptor))

    manifest = cache.blobs.read(digest) or keep(digest, remote.read_manifest(digest))
    return read_bundle(digest, manifest, index)


class _Making:
    """Fetches what the cache lacks, and places the files of one bundle."""

    def __init__(self, cache: BundleCache, remote: Remote, bundle: Bundle) -> None:
        self._cache = cache
        self._remote = remote
        self._bundle = bundle
        self._trusted: set[Digest] = set()
        self._placed: dict[BundlePath, CachedFile] = {}
        self.fetched = 0

    def place(self, paths: Iterable[BundlePath]) -> Mapping[BundlePath, CachedFile]:
        """Place these files.

        Raises:
            IntegrityError: the disk does not keep what is written to it.
        """
        wanted = sorted(paths)
        for _ in range(_ATTEMPTS):
            self._fetch(wanted)
            transfer_each(self._place, wanted)
            wanted = [path for path in wanted if path not in self._placed]
            if not wanted:
                return self._placed
        raise IntegrityError(
            f"{wanted[0]} does not stay in the cache {self._cache.folder} as it is written",
            not_done="the bundle is not complete there",
            hint="look whether its disk is sound",
        )

    def _fetch(self, wanted: Iterable[BundlePath]) -> None:
        first: dict[Digest, BundlePath] = {}
        for path in wanted:
            file = self._bundle.index.files[path]
            if not self._cache.blobs.has(file.digest, file.size_bytes):
                first.setdefault(file.digest, path)
        fetch_contents(self._remote, self._bundle.index, first.values(), self._keep)
        self.fetched += len(first)

    def _keep(self, state: FileState, content: Iterator[bytes]) -> None:
        with self._cache.writing():
            self._cache.blobs.put(state.digest, content)
        self._trusted.add(state.digest)

    def _place(self, path: BundlePath) -> None:
        file = self._bundle.index.files[path]
        placed = self._cache.place(
            self._bundle.digest,
            path,
            file.digest,
            file.size_bytes,
            trusted=file.digest in self._trusted,
        )
        if placed is not None:
            self._placed[path] = placed
