"""Bundles for the workers of the ModelOps platform, which finds this class by its entry point."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from modelops_bundle.core.digest import Digest
from modelops_bundle.errors import InvalidDigestError, NotFoundInRemoteError, UsageError
from modelops_bundle.operations.cached import CachedBundle, ensure_cached, find_cached, is_cached
from modelops_bundle.operations.worker_remote import open_worker_remote
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.bundle_cache import BundleCache

#: Names of the folders of `cache_structure`.
_STRUCTURES = ("digest_short", "digest_full")


class InvalidBundleReferenceError(UsageError, ValueError):
    """Neither `sha256:<64 hex>` nor `repository@sha256:<64 hex>`."""

    code = "invalid-reference"


class ModelOpsBundleRepository:
    """Published bundles, each fetched once for all workers of a machine that share a cache.

    A bundle that was handed out is not pruned from the cache while this object lives. Safe to use
    from several threads and processes.
    """

    def __init__(
        self,
        registry_ref: str,
        cache_dir: str | os.PathLike[str],
        cache_structure: str = "digest_short",
        default_tag: str = "latest",
        insecure: bool = False,
        *,
        link_files: bool = False,
    ) -> None:
        """Nothing is read or written yet.

        Args:
            registry_ref: A registry, `host[:port]`, or a repository in it, or the URL of any
                other remote. `REGISTRY_USERNAME` and `REGISTRY_PASSWORD` log in there; otherwise
                Docker's configuration does.
            cache_dir: Shared by all workers of the machine.
            cache_structure: `digest_short` hands out folders named by 12 digits (links to those
                of the full digests), `digest_full` those by all 64.
            default_tag: For the platform, which passes one. References are digests only.
            insecure: The registry may do without TLS.
            link_files: Bundles share the files of the cache instead of copying them: only where
                nobody but the worker can write there.

        Raises:
            UsageError: another `cache_structure`.
        """
        if cache_structure not in _STRUCTURES:
            raise UsageError(
                f"cache_structure {cache_structure!r}", hint=f"give {' or '.join(_STRUCTURES)}"
            )
        self.registry_ref = registry_ref.rstrip("/")
        self.cache_dir = Path(cache_dir)
        self.cache_structure = cache_structure
        self.default_tag = default_tag
        self.insecure = insecure
        self._cache = BundleCache(self.cache_dir, link_files=link_files)
        self._lock = threading.Lock()
        self._handed_out: dict[Digest, CachedBundle] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.registry_ref!r}, {str(self.cache_dir)!r})"

    def ensure_local(self, bundle_ref: str) -> tuple[str, Path]:
        """Have a bundle on this machine: every file of it, verified.

        A bundle that is in the cache already needs no registry.

        Args:
            bundle_ref: `sha256:<64 hex>`, or `repository@sha256:<64 hex>` where the repository
                lies below `registry_ref`.

        Returns:
            The digest, and the folder with its files, which are read-only.

        Raises:
            InvalidBundleReferenceError: a tag for instance, which may move; also a ValueError.
            NotFoundInRemoteError: no such bundle.
            RemoteError: the registry failed, or the bundle is not what its digest says.
            CacheError: the cache cannot be written.
        """
        repository, digest = _parse(bundle_ref)
        bundle = find_cached(self._cache, digest) or self._fetch(repository, digest)
        with self._lock:
            held = self._handed_out.get(digest)
            if held is None:
                self._handed_out[digest] = bundle
        if held is not None:
            bundle.release()
        short = self.cache_structure == "digest_short"
        return str(digest), self._cache.short_folder(digest) if short else bundle.folder

    def exists(self, bundle_ref: str) -> bool:
        """Whether a bundle is in the cache, or published.

        Raises:
            RemoteError: the registry cannot be asked.
        """
        try:
            repository, digest = _parse(bundle_ref)
        except InvalidBundleReferenceError:
            return False
        if is_cached(self._cache, digest):
            return True
        for remote in self._remotes(repository):
            try:
                remote.read_manifest(digest)
            except NotFoundInRemoteError:
                continue
            return True
        return False

    def _fetch(self, repository: str, digest: Digest) -> CachedBundle:
        first, *others = self._remotes(repository)
        try:
            return ensure_cached(self._cache, first, digest)
        except NotFoundInRemoteError:
            for remote in others:
                return ensure_cached(self._cache, remote, digest)
            raise

    def _remotes(self, repository: str) -> list[Remote]:
        """Where a bundle may be: below `registry_ref`, or there where that names it already."""
        url = self.registry_ref
        urls = [f"{url}/{repository}" if repository else url]
        if repository and url.endswith(f"/{repository}"):
            urls.append(url)
        return [open_worker_remote(url, insecure=self.insecure) for url in urls]


def _parse(bundle_ref: str) -> tuple[str, Digest]:
    repository, at, text = bundle_ref.rpartition("@")
    try:
        digest = Digest.parse(text)
    except InvalidDigestError:
        digest = None
    if digest is None or (at and not repository):
        raise InvalidBundleReferenceError(
            f"not a bundle reference: {bundle_ref!r:.200}",
            not_done="nothing was fetched",
            hint="give sha256:<64 hex digits>, or repository@sha256:<64 hex digits>",
        )
    return repository, digest
