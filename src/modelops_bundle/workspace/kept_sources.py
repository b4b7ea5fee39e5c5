"""Sources as of the last sync, kept by digest: what a definition looked like before it changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace import cachefiles
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.scan import Scan

_LIMIT_BYTES = 4 << 20
_TOTAL_BYTES = 64 << 20
_NAME_LENGTH = 64


class KeptSources:
    """One project's sources as of its last sync. A copy that is damaged or forged is none."""

    def __init__(self, project: Project) -> None:
        self._cache = str(project.cache)
        self._folder = f"{self._cache}/sources"

    def get(self, digest: Digest) -> bytes | None:
        """The source of this digest, if it is kept."""
        content = cachefiles.read(self._folder, digest.hex, _LIMIT_BYTES)
        if content is None or hashlib.sha256(content).hexdigest() != digest.hex:
            return None
        return content

    def holds(self, digest: Digest) -> bool:
        """Whether a source of this digest was kept."""
        return os.path.exists(f"{self._folder}/{digest.hex}")

    def keep(
        self,
        scan: Scan,
        paths: Iterable[BundlePath],
        *,
        texts: Iterable[bytes] = (),
        held: Iterable[Digest] = (),
    ) -> None:
        """Keep these files as the scan sees them, and drop all others.

        Files above 4 MiB, and what goes beyond 64 MiB in all, are not kept.

        Args:
            scan: The project.
            paths: Its files.
            texts: What else is kept, each under its digest.
            held: What stays if it is kept already.

        Raises:
            ChangedDuringUseError: a file is no longer what the scan said it was.
        """
        if not (cachefiles.prepare(self._cache) and cachefiles.prepare(self._folder)):
            return
        present = self._present()
        kept: set[str] = set()
        room_bytes = _TOTAL_BYTES
        for path, state in scan.states(paths).items():
            if state.size_bytes > min(_LIMIT_BYTES, room_bytes) or state.digest.hex in kept:
                continue
            room_bytes -= state.size_bytes
            kept.add(state.digest.hex)
            if state.digest.hex not in present:
                with suppress(FileNotFoundError):
                    cachefiles.write(self._folder, state.digest.hex, scan.read(path))
        for text in texts:
            name = hashlib.sha256(text).hexdigest()
            kept.add(name)
            if name not in present:
                cachefiles.write(self._folder, name, text)
        for name in present - kept - {digest.hex for digest in held}:
            with suppress(OSError):
                os.unlink(f"{self._folder}/{name}")

    def _present(self) -> set[str]:
        try:
            return {name for name in os.listdir(self._folder) if len(name) == _NAME_LENGTH}
        except OSError:
            return set()
