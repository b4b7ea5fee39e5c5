"""Sources as of the last sync: kept by it on this machine, or committed with the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import ModelEntry, TargetEntry
from modelops_bundle.workspace.kept_sources import KeptSources
from modelops_bundle.workspace.project import REGISTRY, Project

if TYPE_CHECKING:
    from modelops_bundle.workspace.git import History

#: Gives a part of a file's content.
Part = Callable[[bytes], bytes]


class OldSources:
    """One project's sources as of its last sync; whatever is given has the digest asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._kept = KeptSources(project)
        self._history: History | None = None
        self._known: dict[tuple[BundlePath, Digest], bytes | None] = {}

    def get(self, path: BundlePath, digest: Digest, part: Part | None = None) -> bytes | None:
        """The content that a path had when it had this digest, if it is to be found here.

        Args:
            path: A file of the project.
            digest: What was recorded of it.
            part: Gives the part of a file's content that the digest is of, if not the whole.
        """
        if (path, digest) not in self._known:
            found = self._kept.get(digest)
            self._known[path, digest] = (
                self._committed(path, digest, part) if found is None else found
            )
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

    def _committed(self, path: BundlePath, digest: Digest, part: Part | None) -> bytes | None:
        if self._history is None:
            from modelops_bundle.workspace.git import History

            self._history = History(self._project.root, REGISTRY)
        for content in self._history.versions(path):
            # A checkout may have other line endings than the repository.
            for whole in (content, content.replace(b"\n", b"\r\n")):
                text = whole if part is None else part(whole)
                if hashlib.sha256(text).hexdigest() == digest.hex:
                    return text
        return None
