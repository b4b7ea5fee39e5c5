"""The JSON documents of `cache`."""

from __future__ import annotations

from typing import TypedDict

from modelops_bundle.core.cache import KeptBundle
from modelops_bundle.operations.cache_care import Holdings, Pruned, Verified


class CachedBundleDocument(TypedDict):
    """A complete bundle; `idle_s` since it was last used."""

    digest: str
    files: int
    size_bytes: int
    idle_s: int
    in_use: bool


class BlobsDocument(TypedDict):
    """Contents by digest, which bundles are made of."""

    count: int
    size_bytes: int


class CacheInfoDocument(TypedDict):
    """`mops-bundle.cache-info/1`; the longest unused comes last."""

    schema: str
    folder: str
    bundles: list[CachedBundleDocument]
    blobs: BlobsDocument
    unfinished: int
    size_bytes: int


class CachePruneDocument(TypedDict):
    """`mops-bundle.cache-prune/1`; `in_use` are digests of bundles that could not go."""

    schema: str
    dry_run: bool
    folder: str
    removed: list[CachedBundleDocument]
    in_use: list[str]
    blobs: BlobsDocument
    unfinished: int
    freed_bytes: int
    size_bytes: int


class DamagedDocument(TypedDict):
    """A bundle with files that are damaged, or not its own."""

    digest: str
    paths: list[str]


class CacheVerifyDocument(TypedDict):
    """`mops-bundle.cache-verify/1`; `dropped` are blobs that were damaged, `strangers` modules that
    are not the bundle's."""

    schema: str
    folder: str
    bundles: int
    blobs: int
    damaged: list[DamagedDocument]
    dropped: list[str]
    strangers: list[DamagedDocument]


def cache_info_document(found: Holdings) -> CacheInfoDocument:
    """The document of `cache info`."""
    by_use = sorted(found.bundles, key=lambda bundle: (bundle.idle_s, bundle.digest))
    return {
        "schema": "mops-bundle.cache-info/1",
        "folder": found.folder,
        "bundles": [_bundle(bundle) for bundle in by_use],
        "blobs": {
            "count": len(found.blobs),
            "size_bytes": sum(blob.size_bytes for blob in found.blobs),
        },
        "unfinished": len(found.unfinished),
        "size_bytes": found.size_bytes,
    }


def cache_prune_document(pruned: Pruned, *, dry_run: bool) -> CachePruneDocument:
    """The document of `cache prune`."""
    before = pruned.before
    return {
        "schema": "mops-bundle.cache-prune/1",
        "dry_run": dry_run,
        "folder": before.folder,
        "removed": [_bundle(bundle) for bundle in pruned.removed],
        "in_use": [bundle.digest for bundle in before.bundles if bundle.in_use],
        "blobs": {
            "count": len(pruned.dropped),
            "size_bytes": sum(blob.size_bytes for blob in pruned.dropped),
        },
        "unfinished": len(before.unfinished),
        "freed_bytes": pruned.freed_bytes,
        "size_bytes": max(0, before.size_bytes - pruned.freed_bytes),
    }


def cache_verify_document(verified: Verified) -> CacheVerifyDocument:
    """The document of `cache verify`."""
    return {
        "schema": "mops-bundle.cache-verify/1",
        "folder": verified.folder,
        "bundles": verified.bundles,
        "blobs": verified.blobs,
        "damaged": [
            {"digest": digest, "paths": [str(path) for path in paths]}
            for digest, paths in verified.damaged
        ],
        "dropped": [str(digest) for digest in verified.dropped],
        "strangers": [
            {"digest": digest, "paths": list(paths)} for digest, paths in verified.strangers
        ],
    }


def _bundle(bundle: KeptBundle) -> CachedBundleDocument:
    return {
        "digest": bundle.digest,
        "files": bundle.files,
        "size_bytes": bundle.size_bytes,
        "idle_s": int(bundle.idle_s),
        "in_use": bundle.in_use,
    }
