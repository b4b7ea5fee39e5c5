"""What a cache of bundles remembers of each, and what of it may go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath


@dataclass(frozen=True, slots=True)
class CachedFile:
    """One file of a cached bundle, as it was when it was last known to be right.

    Attributes:
        stamp: Size in bytes, mtime_ns, ctime_ns, inode; a ctime of 0 does not count (a file that
            shares its inode with a blob gets another one with each further link).
    """

    digest: Digest
    size_bytes: int
    stamp: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRecord:
    """A complete bundle of a cache: that there is a record says that it is complete.

    Attributes:
        index: Digest of the index document.
        boot: The run of the system that wrote the files, which may not have reached the disk when
            it ended; "" once they were read back in a later one.
    """

    digest: Digest
    index: Digest
    boot: str
    files: Mapping[BundlePath, CachedFile]

    @property
    def size_bytes(self) -> int:
        """The size of all files together."""
        return sum(file.size_bytes for file in self.files.values())

    @property
    def blobs(self) -> frozenset[Digest]:
        """The contents that it can be made of again without a remote."""
        return frozenset((self.digest, self.index, *(file.digest for file in self.files.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheLimits:
    """How much a cache may keep.

    Attributes:
        max_size_bytes: Of everything together; None for no limit.
        max_idle_s: What nobody has used for longer goes; None for no limit.
    """

    max_size_bytes: int | None = None
    max_idle_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBundle:
    """A bundle in a cache.

    Attributes:
        idle_s: Since it was last used.
        in_use: Somebody holds it now.
        blobs: What it can be made of again.
    """

    digest: Digest
    size_bytes: int
    files: int
    idle_s: float
    in_use: bool
    blobs: frozenset[Digest]


@dataclass(frozen=True, slots=True)
class KeptBlob:
    """A content in a cache; `idle_s` since it was stored or last used."""

    digest: Digest
    size_bytes: int
    idle_s: float


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """What may go, in the order in which it goes."""

    bundles: tuple[KeptBundle, ...] = ()
    blobs: tuple[KeptBlob, ...] = ()

    @property
    def size_bytes(self) -> int:
        """What that frees."""
        return _size_bytes(self.bundles, self.blobs)


def plan_prune(
    bundles: Collection[KeptBundle], blobs: Collection[KeptBlob], limits: CacheLimits
) -> PrunePlan:
    """Decide what goes: never a bundle that is in use, nor what it is made of.

    First goes what is older than the limit: bundles that nobody has used, and contents that no
    bundle needs. Where the rest is still too large, contents that no bundle needs go next, the
    oldest first, and then bundles, the longest unused first, each with the contents that were
    there for it alone.
    """
    by_age = sorted(bundles, key=lambda bundle: (-bundle.idle_s, bundle.digest))
    removable = [bundle for bundle in by_age if not bundle.in_use]
    plan = _Pruning(by_age, blobs)
    if limits.max_idle_s is not None:
        for bundle in removable:
            if bundle.idle_s > limits.max_idle_s:
                plan.remove(bundle)
        plan.drop_unneeded(lambda blob: blob.idle_s > (limits.max_idle_s or 0))
    if limits.max_size_bytes is not None:
        limit_bytes = limits.max_size_bytes
        plan.drop_unneeded(lambda _: plan.size_bytes > limit_bytes)
        for bundle in removable:
            if plan.size_bytes > limit_bytes and bundle not in plan.gone:
                plan.remove(bundle)
                plan.drop_unneeded(lambda _: plan.size_bytes > limit_bytes)
    return PrunePlan(tuple(plan.gone), tuple(plan.dropped))


class _Pruning:
    """What is left while it is decided what goes."""

    def __init__(self, bundles: Collection[KeptBundle], blobs: Collection[KeptBlob]) -> None:
        self.gone: dict[KeptBundle, None] = {}
        self.dropped: dict[KeptBlob, None] = {}
        self._needed = Counter(digest for bundle in bundles for digest in bundle.blobs)
        self._blobs = {blob.digest: blob for blob in blobs}
        self._loose = [blob for blob in blobs if not self._needed[blob.digest]]
        self.size_bytes = _size_bytes(bundles, blobs)

    def remove(self, bundle: KeptBundle) -> None:
        self.gone[bundle] = None
        self.size_bytes -= bundle.size_bytes
        self._needed.subtract(bundle.blobs)
        self._loose += [
            self._blobs[digest]
            for digest in bundle.blobs
            if digest in self._blobs and not self._needed[digest]
        ]

    def drop_unneeded(self, wanted: Callable[[KeptBlob], bool]) -> None:
        """Drop contents that no bundle needs, the oldest first, where `wanted` says so then."""
        loose, self._loose = self._loose, []
        for blob in sorted(loose, key=lambda blob: (-blob.idle_s, blob.digest)):
            if wanted(blob):
                self.dropped[blob] = None
                self.size_bytes -= blob.size_bytes
            else:
                self._loose.append(blob)


def _size_bytes(bundles: Iterable[KeptBundle], blobs: Iterable[KeptBlob]) -> int:
    of_bundles = sum(bundle.size_bytes for bundle in bundles)
    return of_bundles + sum(blob.size_bytes for blob in blobs)
