"""How alike a registered definition, as it was at the last sync, and a new one are."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.analysis.similarity import similarity
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.paths import Entrypoint
from modelops_bundle.core.registry import BundleRegistry, ModelEntry, TargetEntry
from modelops_bundle.workspace.kept_sources import KeptSources
from modelops_bundle.workspace.scan import Scan


def similarities(
    record: BundleRegistry, discovered: Iterable[Discovered], scan: Scan, kept: KeptSources
) -> dict[tuple[Entrypoint, Entrypoint], float]:
    """Likeness of each entry whose symbol is gone with each candidate that could be it.

    Only pairs that share the file or the name are compared: no other is ever paired by likeness.
    """
    discovered = tuple(discovered)
    present = {(item.kind, item.path, item.symbol) for item in discovered}
    claimed = {(key.kind, entry.path, entry.symbol) for key, entry in record.entries()}
    result: dict[tuple[Entrypoint, Entrypoint], float] = {}
    for key, entry in record.entries():
        if (key.kind, entry.path, entry.symbol) in present or entry.source_digest is None:
            continue
        old = kept.get(entry.source_digest)
        if old is None:
            continue
        for item in discovered:
            related = item.path == entry.path or item.symbol == entry.symbol
            free = (item.kind, item.path, item.symbol) not in claimed
            if item.kind is key.kind and related and free:
                value = _compare(entry, old, item, scan)
                if value is not None:
                    result[(entry.entrypoint, item.entrypoint)] = value
    return result


def keep_sources(record: BundleRegistry, scan: Scan, kept: KeptSources) -> None:
    """Keep what the entries' own files and closures hold now, for the next comparison."""
    entries = tuple(entry for _, entry in record.entries())
    own = (entry.path for entry in entries)
    code = (path for entry in entries for path in entry.code)
    kept.keep(scan, dict.fromkeys((*own, *code)))


def _compare(
    entry: ModelEntry | TargetEntry, old: bytes, item: Discovered, scan: Scan
) -> float | None:
    try:
        new = scan.read(item.path)
    except FileNotFoundError:
        return None
    return similarity(old, entry.symbol, new, item.symbol)
