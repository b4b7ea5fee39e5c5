"""Small results that are costly to work out again, kept by name and key in the cache folder."""

from __future__ import annotations

import hashlib

from modelops_bundle.log import Log
from modelops_bundle.workspace import cachefiles
from modelops_bundle.workspace.project import Project

_LOG = Log(__name__)
_MAGIC = b"mops-result 1\n".ljust(16, b"\0")
_CHECKSUM_BYTES = 32
_LIMIT_BYTES = 32 << 20
#: Results kept under one name: enough to go back and forth between a few branches.
_KEPT = 8


class ResultCache:
    """One project's results. What cannot be read or written is done without.

    A result is believed only in the cache folder that it was written to (`cachefiles.seal`), but
    reading one must still not run it: use a format that is only data.
    """

    def __init__(self, project: Project) -> None:
        self._folder = str(project.cache)

    def get(self, name: str, key: str) -> bytes | None:
        """The result of this name and key, or None.

        Args:
            name: What kind of result; letters and hyphens.
            key: All that the result depends on, tool version included.
        """
        payload = self._read(name, key)
        _LOG.debug("%s: %s", name, "worked out anew" if payload is None else "from the cache")
        return payload

    def _read(self, name: str, key: str) -> bytes | None:
        content = cachefiles.read(self._folder, _file_name(name, key), _LIMIT_BYTES)
        if content is None or not content.startswith(_MAGIC):
            return None
        start = len(_MAGIC) + _CHECKSUM_BYTES
        payload = content[start:]
        if content[len(_MAGIC) : start] != self._checksum(name, key, payload):
            return None
        return payload

    def put(self, name: str, key: str, payload: bytes) -> None:
        """Keep a result of at most 32 MiB; the oldest ones of this name make room."""
        if len(payload) > _LIMIT_BYTES - 1024 or not cachefiles.prepare(self._folder):
            return
        checksum = self._checksum(name, key, payload)
        if cachefiles.write(self._folder, _file_name(name, key), _MAGIC, checksum, payload):
            cachefiles.prune(self._folder, _prefix(name), _KEPT)

    def _checksum(self, name: str, key: str, payload: bytes) -> bytes:
        checksum = hashlib.sha256(cachefiles.seal(self._folder))
        checksum.update(f"{name}\0{key}\0".encode("utf-8", "surrogatepass"))
        checksum.update(payload)
        return checksum.digest()


def _prefix(name: str) -> str:
    return f"result-{name}."


def _file_name(name: str, key: str) -> str:
    return _prefix(name) + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
