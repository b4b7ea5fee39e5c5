"""Data files that hold no data: pointers that Git LFS, DVC and git-annex leave in its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace.result_cache import ResultCache
from modelops_bundle.workspace.scan import Scan

#: A Git LFS pointer has less than 1,024 bytes (Git LFS specification); those of DVC list one
#: output, or a few.
_LARGEST_BYTES = 4096
_LFS = b"version https://git-lfs.github.com/spec/"
_ANNEX = b"/annex/objects/"
_DVC_HASHES = (b"md5: ", b"etag: ", b"checksum: ")
_NAME = "pointers"
#: The form of the document, and what counts as a pointer.
_FORM = "1"


def pointer_files(
    looked: Scan,
    files: Mapping[BundlePath, FileState],
    data: Iterable[BundlePath],
    cache: ResultCache,
) -> dict[BundlePath, str]:
    """Which data files are pointers, with what keeps the data.

    Only small files are read, and each content once: what is known is kept by digest.

    Args:
        looked: Where files are read.
        files: States of the data files that are there.
        data: Data files; others are not looked at.
        cache: Where to keep what is known.
    """
    small = {
        path: files[path].digest
        for path in sorted(set(data))
        if path in files and files[path].size_bytes <= _LARGEST_BYTES
    }
    if not small:
        return {}
    known = _load(cache)
    keepers = {
        digest: known[digest] if digest in known else _keeper(looked, path)
        for path, digest in small.items()
    }
    if keepers != known:
        cache.put(_NAME, _FORM, json.dumps(keepers).encode())
    return {path: keeper for path, digest in small.items() if (keeper := keepers[digest])}


def _keeper(looked: Scan, path: BundlePath) -> str:
    try:
        content = looked.read(path)
    except FileNotFoundError:
        return ""
    if content.startswith(_LFS):
        return "Git LFS"
    if content.startswith(_ANNEX):
        return "git-annex"
    lists_outputs = content.startswith(b"outs:") or b"\nouts:" in content
    hashed = any(name in content for name in _DVC_HASHES)
    return "DVC" if lists_outputs and hashed and b"path: " in content else ""


def _load(cache: ResultCache) -> dict[Digest, str]:
    content = cache.get(_NAME, _FORM)
    try:
        document = json.loads(content) if content is not None else {}
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    return {Digest(key): value for key, value in document.items() if isinstance(value, str)}
