"""A cache of bundles on this machine: where each is, whether it is complete, and who uses it.

blobs/sha256/<hex>   contents, and the two documents of each bundle
bundles/<hex>/       the files of a bundle, read-only copies
records/<hex>.json   there once the bundle is complete: its completion marker
locks/<hex>.use      held, shared, by everybody who uses the bundle
locks/<hex>.fetch    held by the one who makes or mends it
ingest/              what is being written
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from modelops_bundle.codec.cache_json import decode_cache_record, encode_cache_record
from modelops_bundle.core.cache import CachedFile, CacheRecord, KeptBlob, KeptBundle
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import (
    CacheError,
    ConfigError,
    FileAccessError,
    InvalidDigestError,
    LockTimeoutError,
)
from modelops_bundle.storage.cas import BlobStore
from modelops_bundle.workspace import cachefiles
from modelops_bundle.workspace.aside import sweep_asides
from modelops_bundle.workspace.locks import (
    SILENCE_S,
    SharedLock,
    exclusive,
    exclusive_while_alive,
    is_held,
)

_APPLICATION = "modelops-bundle"
#: Of the name that `short_folder` gives.
_SHORT_DIGITS = 12
#: Larger than any record: some 200 bytes for each of 200,000 files.
_LIMIT_BYTES = 64 * 1024 * 1024
#: Removing a large bundle takes a while; whoever wants it meanwhile waits that long.
_PATIENCE_S = 60.0
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def default_cache_folder() -> Path:
    """This user's cache (XDG Base Directory Specification, `XDG_CACHE_HOME`).

    Raises:
        ConfigError: there is no home folder.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
    if not os.path.isabs(base):
        raise ConfigError(
            "cannot tell where this user's cache is", hint="set XDG_CACHE_HOME to a folder"
        )
    return Path(base) / _APPLICATION


class BundleCache:
    """A cache; safe to use from several threads and processes.

    Attributes:
        folder: Where it is.
        blobs: Its contents.
    """

    def __init__(
        self, folder: Path, *, link_files: bool = False, silence_s: float = SILENCE_S
    ) -> None:
        """Nothing is read or written yet.

        Args:
            folder: Made when it is first needed.
            link_files: Bundles hold further names of the blobs instead of copies of them: for a
                cache whose files nobody but its owner, a worker, can write to.
            silence_s: See `exclusive_while_alive`.
        """
        self.folder = Path(os.path.abspath(folder))
        self.blobs = BlobStore(self.folder / "blobs" / "sha256", self.folder / "ingest")
        self._link_files = link_files
        self._silence_s = silence_s
        self._records = self.folder / "records"
        self._locks = self.folder / "locks"

    def bundle_folder(self, digest: Digest) -> Path:
        """Where the files of a bundle are."""
        return self.folder / "bundles" / digest.hex

    def short_folder(self, digest: Digest) -> Path:
        """A shorter name of the same folder; the folder itself where that name is taken."""
        folder = self.bundle_folder(digest)
        link = folder.with_name(digest.hex[:_SHORT_DIGITS])
        try:
            with suppress(FileExistsError):
                link.symlink_to(folder.name)
            return link if os.readlink(link) == folder.name else folder
        except OSError:
            return folder

    def prepare(self) -> None:
        """Make the folders, and clear what writers that were killed left.

        Raises:
            CacheError: they cannot be made.
        """
        with self.writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            cachefiles.prepare(str(self.folder))
            for name in ("blobs/sha256", "bundles", "records", "locks", "ingest"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            sweep_asides(self.folder / "ingest")

    def hold(self, digest: Digest) -> SharedLock | None:
        """Keep a bundle from being pruned, until it is released.

        None where the cache is read-only to us: then we could not prune it either.
        """
        try:
            return SharedLock(self._locks / f"{digest.hex}.use", _PATIENCE_S)
        except FileAccessError:
            return None

    @contextmanager
    def making(self, digest: Digest) -> Iterator[None]:
        """Be the only one who makes or mends a bundle, for the length of the block.

        Raises:
            CacheError: the cache cannot be written.
        """
        with ExitStack() as stack:
            lock = exclusive_while_alive(self._locks / f"{digest.hex}.fetch", self._silence_s)
            try:
                stack.enter_context(lock)
            except FileAccessError as error:
                cause = error.__cause__
                raise self._refused(cause if isinstance(cause, OSError) else OSError()) from error
            yield

    def is_being_filled(self) -> bool:
        """Whether a bundle is being made or mended now."""
        return any(is_held(path) for path in self._locks.glob("*.fetch"))

    def record(self, digest: Digest) -> CacheRecord | None:
        """The record of a complete bundle; None for one that is not complete."""
        content = cachefiles.read(str(self._records), f"{digest.hex}.json", _LIMIT_BYTES)
        return None if content is None else decode_cache_record(content, digest)

    def remember(self, record: CacheRecord) -> bool:
        """Write a record; False where that failed."""
        return cachefiles.write(
            str(self._records), f"{record.digest.hex}.json", encode_cache_record(record)
        )

    def forget(self, digest: Digest) -> None:
        """Let a bundle count as incomplete; the next who wants it mends it."""
        with suppress(OSError):
            os.unlink(self._records / f"{digest.hex}.json")

    def used(self, digest: Digest) -> None:
        """Note that a bundle is used now."""
        with suppress(OSError):
            os.utime(self._records / f"{digest.hex}.json")

    def place(
        self, bundle: Digest, path: BundlePath, digest: Digest, size_bytes: int, *, trusted: bool
    ) -> CachedFile | None:
        """Give a bundle one of its files; None where the content is not among the blobs.

        Raises:
            CacheError: it cannot be written.
        """
        with self.writing():
            target = _real_place(self.bundle_folder(bundle), path)
            if self._link_files:
                with suppress(OSError):
                    found = self.blobs.link(digest, size_bytes, target, trusted=trusted)
                    if found is None:
                        return None
                    stamp = found.st_size, found.st_mtime_ns, 0, found.st_ino
                    return CachedFile(digest, size_bytes, stamp)
            copied = self.blobs.place(digest, size_bytes, target, trusted=trusted)
        if copied is None:
            return None
        stamp = copied.st_size, copied.st_mtime_ns, copied.st_ctime_ns, copied.st_ino
        return CachedFile(digest, size_bytes, stamp)

    def remove(self, digest: Digest) -> bool:
        """Remove a bundle, or what is left of one; False where somebody uses it.

        Raises:
            CacheError: the cache cannot be written.
        """
        with self.writing(), suppress(LockTimeoutError):
            with exclusive(self._locks / f"{digest.hex}.use", 0):
                self.forget(digest)
                folder = self.bundle_folder(digest)
                if folder.exists():
                    shutil.rmtree(folder)
                link = folder.with_name(digest.hex[:_SHORT_DIGITS])
                if link.is_symlink() and os.readlink(link) == folder.name:
                    link.unlink()
            return True
        return False

    def bundles(self) -> tuple[list[KeptBundle], list[Digest]]:
        """All complete bundles, and what is left of others; both sorted."""
        kept, partial = [], []
        for digest in self._digests():
            record = self.record(digest)
            in_use = is_held(self._locks / f"{digest.hex}.use")
            if record is None:
                partial += [] if in_use else [digest]
                continue
            kept.append(
                KeptBundle(
                    digest=digest,
                    size_bytes=record.size_bytes,
                    files=len(record.files),
                    idle_s=self._idle_s(self._records / f"{digest.hex}.json"),
                    in_use=in_use,
                    blobs=record.blobs,
                )
            )
        return kept, partial

    def stored(self) -> list[KeptBlob]:
        """All contents."""
        now_s = time.time()
        return [
            KeptBlob(digest, found.st_size, max(0.0, now_s - found.st_ctime))
            for digest, found in self.blobs.stored()
        ]

    def sweep(self) -> int:
        """Clear what killed writers left; returns its size in bytes."""
        with self.writing():
            return sweep_asides(self.folder / "ingest")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Translate what the system refuses.

        Raises:
            CacheError: with the reason and a remedy.
        """
        try:
            yield
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> CacheError:
        hint = "check the folder, or set XDG_CACHE_HOME to another one"
        if error.errno in _NO_ROOM:
            hint = "free some space (`mops-bundle cache prune` frees what nobody uses)"
        elif error.errno in _READ_ONLY:
            hint = "let this user write there, or set XDG_CACHE_HOME to another folder"
        return CacheError(
            f"cannot write to the cache {self.folder}: {error.strerror or error}",
            not_done="the bundle is not complete there",
            hint=hint,
        )

    def _digests(self) -> list[Digest]:
        found = []
        for folder, suffix in (("bundles", ""), ("records", ".json")):
            with suppress(FileNotFoundError):
                for name in os.listdir(self.folder / folder):
                    with suppress(InvalidDigestError):
                        found.append(Digest.parse(f"sha256:{name.removesuffix(suffix)}"))
        return sorted(set(found))

    def _idle_s(self, path: Path) -> float:
        with suppress(OSError):
            return max(0.0, time.time() - os.stat(path).st_mtime)
        return 0.0


def _real_place(root: Path, path: BundlePath) -> Path:
    """Where a file of a bundle goes; what stands on the way and is no folder is removed.

    A link on the way would lead out of the cache.
    """
    folder = root
    for name in ("", *path.parent.parts):
        folder = folder / name if name else folder
        with suppress(FileNotFoundError):
            if not stat.S_ISDIR(os.lstat(folder).st_mode):
                os.unlink(folder)
        folder.mkdir(exist_ok=True)
    target = folder / path.name
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(os.lstat(target).st_mode):
            shutil.rmtree(target)
    return target
