"""How alike registered definitions, as they were at the last sync, and new ones are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from modelops_bundle.analysis.similarity import Definitions, file_similarity
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.pairing import SIMILAR
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.registry import BundleRegistry, EntryKey, ModelEntry, TargetEntry
from modelops_bundle.operations.environment_details import dependency_tables, lock_files
from modelops_bundle.operations.old_sources import OldSources
from modelops_bundle.workspace.kept_sources import KeptSources
from modelops_bundle.workspace.scan import Scan

Entry = ModelEntry | TargetEntry
Likeness = dict[tuple[Entrypoint, Entrypoint], float]


def similarities(
    record: BundleRegistry, discovered: Iterable[Discovered], scan: Scan, old: OldSources
) -> Likeness:
    """Likeness of the entries whose symbol is gone with the candidates that they may be now.

    Compared are candidates in the entry's file and of the entry's name; candidates in files that
    are new to the registry and have changed since the last sync, where the definition, and if the
    entry's file is gone that too, is alike; and, with candidates of a file that lost an entry,
    its other entries: a candidate may be a copy of what is still there.
    """
    discovered = tuple(discovered)
    present = {(item.kind, item.path, item.symbol) for item in discovered}
    entries = tuple(record.entries())
    gone = [row for row in entries if (row[0].kind, row[1].path, row[1].symbol) not in present]
    if not gone:
        return {}
    claimed = {(key.kind, entry.path, entry.symbol) for key, entry in entries}
    free = [one for one in discovered if (one.kind, one.path, one.symbol) not in claimed]
    comparison = _Comparison(scan, old, {entry.path for _, entry in entries})
    comparison.undo_renames([entry for _, entry in gone], free)
    result: Likeness = {}
    for key, entry in gone:
        result.update(comparison.of_gone(key, entry, free))
    losers = {(key.kind, entry.path) for key, entry in gone}
    for key, entry in entries:
        if (key.kind, entry.path) in losers and (key, entry) not in gone:
            result.update(comparison.within_file(key, entry, free))
    return result


def keep_sources(
    record: BundleRegistry, discovered: Iterable[Discovered], scan: Scan, kept: KeptSources
) -> None:
    """Keep what the program looked at holds now, for the next comparison.

    The entries' own files, their closures, the files of what is not registered, and what says
    which distributions are installed.
    """
    entries = tuple(entry for _, entry in record.entries())
    own = (entry.path for entry in entries)
    code = (path for entry in entries for path in entry.code)
    found = (item.path for item in discovered)
    kept.keep(
        scan,
        dict.fromkeys((*own, *code, *found, *lock_files(record, scan))),
        texts=dependency_tables(record, scan),
        held=record.environment.values(),
    )


class _Comparison:
    """Reads and parses each file once."""

    def __init__(self, scan: Scan, old: OldSources, registered: set[BundlePath]) -> None:
        self._scan = scan
        self._old = old
        self._registered = registered
        self._definitions = Definitions()
        self._files: dict[tuple[bytes, BundlePath], bool] = {}
        self._undone: dict[tuple[BundlePath, Digest], bytes] = {}

    def undo_renames(self, gone: Iterable[Entry], free: Iterable[Discovered]) -> None:
        """Find old sources that nobody kept, where nothing but one name has changed since.

        With the old name put back, the file has the digest that the registry recorded: it is
        what it was then.
        """
        for entry in gone:
            digest, new = entry.source_digest, self._read(entry.path)
            if digest is None or new is None or self._old.of(entry) is not None:
                continue
            for item in free:
                if item.path == entry.path:
                    old = _renamed(new, item.symbol, entry.symbol)
                    if Digest.of_bytes(old) == digest:
                        self._undone[entry.path, digest] = old

    def _old_source(self, entry: Entry) -> bytes | None:
        known = self._old.of(entry)
        if known is None and entry.source_digest is not None:
            known = self._undone.get((entry.path, entry.source_digest))
        return known

    def of_gone(
        self, key: EntryKey, entry: Entry, free: Iterable[Discovered]
    ) -> Iterator[tuple[tuple[Entrypoint, Entrypoint], float]]:
        source = self._old_source(entry)
        if source is None:
            return
        for item in free:
            if item.kind is not key.kind:
                continue
            related = item.path == entry.path or item.symbol == entry.symbol
            if not related and not self._may_have_moved(entry, source, item):
                continue
            value = self._compare(entry, source, item)
            if value is not None and (related or value >= SIMILAR):
                yield (entry.entrypoint, item.entrypoint), value

    def within_file(
        self, key: EntryKey, entry: Entry, free: Iterable[Discovered]
    ) -> Iterator[tuple[tuple[Entrypoint, Entrypoint], float]]:
        here = [item for item in free if item.kind is key.kind and item.path == entry.path]
        source = self._old_source(entry) if here else None
        for item in here if source is not None else ():
            value = self._compare(entry, source, item)  # type: ignore[arg-type]
            if value is not None:
                yield (entry.entrypoint, item.entrypoint), value

    def _may_have_moved(self, entry: Entry, source: bytes, item: Discovered) -> bool:
        """Whether a symbol of another name and file may be what an entry has become."""
        if item.path in self._registered or not item.convention or not self._is_new(entry, item):
            return False
        if self._scan.is_file(entry.path):
            return True
        known = (source, item.path)
        if known not in self._files:
            new = self._read(item.path)
            self._files[known] = new is not None and file_similarity(source, new) >= SIMILAR
        return self._files[known]

    def _is_new(self, entry: Entry, item: Discovered) -> bool:
        """Whether a file is not just what it was at the last sync, when the entry was elsewhere."""
        try:
            digest = self._scan.digest(item.path)
        except FileNotFoundError:
            return False
        return digest == entry.source_digest or not self._old.held(digest)

    def _compare(self, entry: Entry, source: bytes, item: Discovered) -> float | None:
        new = self._read(item.path)
        if new is None:
            return None
        return self._definitions.similarity(source, entry.symbol, new, item.symbol)

    def _read(self, path: BundlePath) -> bytes | None:
        try:
            return self._scan.read(path)
        except FileNotFoundError:
            return None


def _renamed(source: bytes, new: str, old: str) -> bytes:
    """A source in which a name stands as it was, wherever it stands."""
    name = re.escape(new.rpartition(".")[2].encode())
    was = old.rpartition(".")[2].encode()
    return re.sub(rb"\b" + name + rb"\b", lambda _: was, source)
