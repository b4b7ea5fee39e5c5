"""The facts of a project's files, extracted once for each content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Protocol

from modelops_bundle.analysis.class_names import defining
from modelops_bundle.analysis.facts import FileFacts, extract_facts
from modelops_bundle.analysis.facts_memo import decode_facts, encode_facts
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath

# How much source is held to be read at once.
_BATCH_BYTES = 16 * 1024 * 1024


class FactsMemo(Protocol):
    """Remembers facts by the digest of the bytes that they were extracted from."""

    def load(self, digest: str) -> FileFacts | None:
        """What was saved, or None."""
        ...

    def save(self, digest: str, facts: FileFacts) -> None:
        """Remember."""
        ...

    def save_encoded(self, digest: str, content: bytes) -> None:
        """Remember facts that are encoded already."""
        ...


_Source = tuple[BundlePath, bytes]


class ExtractMany(Protocol):
    """Extracts the facts of many files at once."""

    def __call__(
        self,
        sources: Sequence[_Source],
        here: Callable[[_Source], bytes | None],
        kept: Sequence[int],
    ) -> Sequence[bytes | None]:
        """Encoded facts for each, None for those that are to be read one by one.

        Args:
            sources: The files with their bytes.
            here: The same for one of them, in this process, which keeps its syntax tree.
            kept: The places of those whose trees are most likely to be asked for, in order.
        """
        ...


class FactsStore:
    """Looks facts up by path."""

    def __init__(
        self,
        index: ModuleIndex,
        memo: FactsMemo | None = None,
        extract_many: ExtractMany | None = None,
    ) -> None:
        self.index = index
        self._memo = memo
        self._extract_many = extract_many
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

    @property
    def reads_ahead(self) -> bool:
        """Whether it helps to say early which facts will be asked for."""
        return self._extract_many is not None

    def read_ahead(self, paths: Iterable[BundlePath], names: Set[str] = frozenset()) -> None:
        """Get ready the facts of files that will be asked for. What cannot be read is left out.

        Args:
            paths: The files.
            names: Names of classes whose definitions will most likely be looked at.
        """
        unknown: dict[Digest, tuple[BundlePath, bytes]] = {}
        held_bytes = 0
        for path in paths:
            if path in self._known or self._extract_many is None:
                continue
            try:
                digest = self.index.tree.digest(path)
                known = self._memo.load(digest) if self._memo is not None else None
                if known is not None:
                    self._known[path] = known
                elif digest not in unknown:
                    content = self.index.tree.read(path)
                    unknown[digest] = path, content
                    held_bytes += len(content)
            except FileNotFoundError:
                continue
            if held_bytes > _BATCH_BYTES:
                self._extract_all(unknown, names)
                unknown, held_bytes = {}, 0
        self._extract_all(unknown, names)

    def _extract_all(self, unknown: Mapping[Digest, _Source], names: Set[str]) -> None:
        if self._extract_many is None or len(unknown) < 2:
            return
        sources = tuple(unknown.values())
        kept = defining(names, [content for _, content in sources])
        found = self._extract_many(sources, self._encoded, kept)
        for (digest, (path, _)), content in zip(unknown.items(), found, strict=True):
            if content is not None:
                self._known[path] = decode_facts(content)
                if self._memo is not None:
                    self._memo.save_encoded(digest, content)

    def _encoded(self, source: _Source) -> bytes | None:
        found = self._extract(source[0])
        return encode_facts(found) if isinstance(found, FileFacts) else None

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
