"""Sources as of the last sync: kept by it on this machine, or committed with the registry."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import ModelEntry, TargetEntry
from modelops_bundle.workspace.kept_sources import KeptSources
from modelops_bundle.workspace.project import REGISTRY, Project

if TYPE_CHECKING:
    from modelops_bundle.workspace.git import History


class OldSources:
    """One project's sources as of its last sync; whatever is given has the digest asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._kept = KeptSources(project)
        self._history: History | None = None
        self._known: dict[tuple[BundlePath, Digest], bytes | None] = {}

    def get(self, path: BundlePath, digest: Digest) -> bytes | None:
        """The content that a path had when it had this digest, if it is to be found here."""
        if (path, digest) not in self._known:
            found = self._kept.get(digest)
            self._known[path, digest] = self._committed(path, digest) if found is None else found
        return self._known[path, digest]

    def of(self, entry: ModelEntry | TargetEntry) -> bytes | None:
        """The file that defined an entry's symbol."""
        return None if entry.source_digest is None else self.get(entry.path, entry.source_digest)

    def held(self, digest: Digest) -> bool:
        """Whether some file that the last sync looked at had this content."""
        return self._kept.holds(digest)

    def depends_on(self) -> tuple[str, ...]:
        """Absolute paths outside the project's files that the answers depend on."""
        return () if self._history is None else self._history.depends_on()

    def _committed(self, path: BundlePath, digest: Digest) -> bytes | None:
        if self._history is None:
            from modelops_bundle.workspace.git import History

            self._history = History(self._project.root, REGISTRY)
        for content in self._history.versions(path):
            # A checkout may have other line endings than the repository.
            for text in (content, content.replace(b"\n", b"\r\n")):
                if hashlib.sha256(text).hexdigest() == digest.hex:
                    return text
        return None
