"""The record of a cached bundle: its completion marker, and how to tell that it is undamaged."""

from __future__ import annotations

import json
from typing import Any

from modelops_bundle.codec.oci_json import canonical_json
from modelops_bundle.core.cache import CachedFile, CacheRecord
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.portability import check_paths
from modelops_bundle.errors import BundleError

_VERSION = 1


def encode_cache_record(record: CacheRecord) -> bytes:
    """The record's bytes."""
    return canonical_json(
        {
            "version": _VERSION,
            "digest": record.digest,
            "index": record.index,
            "boot": record.boot,
            "files": {
                path: [file.digest, file.size_bytes, *file.stamp]
                for path, file in record.files.items()
            },
        }
    )


def decode_cache_record(content: bytes, digest: Digest) -> CacheRecord | None:
    """Read the record of a bundle; None for what is not one, so that it is made again."""
    try:
        document = json.loads(content)
        if document["version"] != _VERSION or document["digest"] != digest:
            return None
        files = document["files"]
        paths = check_paths(files)
        return CacheRecord(
            digest=digest,
            index=Digest.parse(document["index"]),
            boot=str(document["boot"]),
            files={path: _file(files[path]) for path in paths},
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, BundleError):
        return None


def _file(value: Any) -> CachedFile:
    digest, size_bytes, *stamp = value
    size, mtime_ns, ctime_ns, inode = (int(part) for part in stamp)
    return CachedFile(Digest.parse(digest), int(size_bytes), (size, mtime_ns, ctime_ns, inode))
