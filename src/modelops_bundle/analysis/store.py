"""The facts of a project's files, extracted once for each content."""

from __future__ import annotations

from typing import Protocol

from modelops_bundle.analysis.facts import FileFacts, extract_facts
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath


class FactsMemo(Protocol):
    """Remembers facts by the digest of the bytes that they were extracted from."""

    def load(self, digest: str) -> FileFacts | None:
        """What was saved, or None."""
        ...

    def save(self, digest: str, facts: FileFacts) -> None:
        """Remember."""
        ...


class FactsStore:
    """Looks facts up by path."""

    def __init__(self, index: ModuleIndex, memo: FactsMemo | None = None) -> None:
        self.index = index
        self._memo = memo
        self._known: dict[BundlePath, FileFacts | ParseFailure] = {}

    def facts(self, path: BundlePath) -> FileFacts | ParseFailure:
        """What a `.py` file says, or why it cannot be read."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._look_up(path)
        return known

    def parsed_facts(self, path: BundlePath) -> FileFacts | None:
        """The same, None for a file that does not parse."""
        found = self.facts(path)
        return found if isinstance(found, FileFacts) else None

    def _look_up(self, path: BundlePath) -> FileFacts | ParseFailure:
        if self._memo is None:
            return self._extract(path)
        try:
            digest = self.index.tree.digest(path)
        except FileNotFoundError:
            return ParseFailure(path=path, message="it cannot be read")
        remembered = self._memo.load(digest)
        if remembered is not None:
            return remembered
        found = self._extract(path)
        if isinstance(found, FileFacts):
            self._memo.save(digest, found)
        return found

    def _extract(self, path: BundlePath) -> FileFacts | ParseFailure:
        source = self.index.parsed(path)
        return source if isinstance(source, ParseFailure) else extract_facts(source)
