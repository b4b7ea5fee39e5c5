"""What a cache holds, freeing what nobody uses, and reading all of it back."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.core.cache import CacheLimits, KeptBlob, KeptBundle, PrunePlan, plan_prune
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.cache_damage import find_strangers, inspect_bundle
from modelops_bundle.workspace.phases import phase, saying_what_stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a cache holds.

    Attributes:
        bundles: Complete ones, sorted by digest.
        blobs: Contents, which bundles are made of.
        unfinished: What is left of bundles that nobody is making any more.
    """

    folder: str
    bundles: tuple[KeptBundle, ...]
    blobs: tuple[KeptBlob, ...]
    unfinished: tuple[Digest, ...]

    @property
    def size_bytes(self) -> int:
        """The size of everything; what files share counts each time."""
        return PrunePlan(self.bundles, self.blobs).size_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was, or would be, freed.

    Attributes:
        before: The cache as it was found.
        removed: Bundles.
        dropped: Contents.
        freed_bytes: With what killed writers left.
    """

    before: Holdings
    removed: tuple[KeptBundle, ...]
    dropped: tuple[KeptBlob, ...]
    freed_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What reading everything back has shown.

    Attributes:
        bundles, blobs: How many were read.
        damaged: Files of bundles; these count as incomplete now, and are mended when they are
            next wanted.
        dropped: Contents that were damaged.
        strangers: Modules in the folders of bundles that are not theirs, and that no use of a
            bundle removes: somebody put them there.
    """

    folder: str
    bundles: int
    blobs: int
    damaged: tuple[tuple[Digest, tuple[BundlePath, ...]], ...]
    dropped: tuple[Digest, ...]
    strangers: tuple[tuple[Digest, tuple[str, ...]], ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or 1 where something is not as it was published."""
        return 1 if self.damaged or self.dropped or self.strangers else 0


def holdings(cache: BundleCache) -> Holdings:
    """Look what is there; a cache that does not exist holds nothing."""
    bundles, unfinished = cache.bundles()
    return Holdings(
        folder=str(cache.folder),
        bundles=tuple(bundles),
        blobs=tuple(cache.stored()),
        unfinished=tuple(unfinished),
    )


def prune(cache: BundleCache, limits: CacheLimits, *, dry_run: bool = False) -> Pruned:
    """Free what goes beyond the limits, and what was left unfinished; never what is in use.

    Raises:
        CacheError: the cache cannot be written.
    """
    before = holdings(cache)
    plan = plan_prune(before.bundles, before.blobs, limits)
    if dry_run:
        return Pruned(
            before=before, removed=plan.bundles, dropped=plan.blobs, freed_bytes=plan.size_bytes
        )
    freed_bytes = cache.sweep() if before.size_bytes or before.unfinished else 0
    for digest in before.unfinished:
        cache.remove(digest)
    removed = tuple(bundle for bundle in plan.bundles if cache.remove(bundle.digest))
    # Somebody has begun to use these since.
    kept = [bundle for bundle in plan.bundles if bundle not in removed]
    needed = frozenset[Digest]().union(*(bundle.blobs for bundle in kept))
    dropped = tuple(blob for blob in plan.blobs if blob.digest not in needed)
    if dropped and cache.is_being_filled():
        # A bundle that is being made has no record yet of what it needs.
        dropped = ()
    with cache.writing():
        for blob in dropped:
            cache.blobs.drop(blob.digest)
    freed_bytes += PrunePlan(removed, dropped).size_bytes
    return Pruned(before=before, removed=removed, dropped=dropped, freed_bytes=freed_bytes)


def verify(cache: BundleCache) -> Verified:
    """Hash every file of every bundle, and every content.

    Raises:
        CacheError: the cache cannot be written.
    """
    found = holdings(cache)
    with (
        saying_what_stays(lambda: "what is damaged was not looked for to the end"),
        phase("Verifying", found.size_bytes),
    ):
        return _verify(cache, found)


def _verify(cache: BundleCache, found: Holdings) -> Verified:
    damaged: list[tuple[Digest, tuple[BundlePath, ...]]] = []
    strangers: list[tuple[Digest, tuple[str, ...]]] = []
    for bundle in found.bundles:
        record = cache.record(bundle.digest)
        if record is None:
            continue
        folder = cache.bundle_folder(bundle.digest)
        condition = inspect_bundle(folder, record, thorough=True)
        if condition.damaged:
            damaged.append((bundle.digest, tuple(sorted(condition.damaged))))
            cache.forget(bundle.digest)
        foreign = find_strangers(folder, record.files)
        if foreign:
            strangers.append((bundle.digest, tuple(foreign)))
    with cache.writing():
        dropped = [blob.digest for blob in found.blobs if not cache.blobs.verify(blob.digest)]
    return Verified(
        folder=found.folder,
        bundles=len(found.bundles),
        blobs=len(found.blobs),
        damaged=tuple(damaged),
        dropped=tuple(dropped),
        strangers=tuple(strangers),
    )
