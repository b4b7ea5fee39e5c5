"""Names that were handed on: `a` became `b` while `b` became `c`.

The name `b` is still there, so by name alone its entry would keep it and `a` would be left with
`c`: both ids would silently mean another definition. Bodies tell: each link of such a chain is
an equal symbol digest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelops_bundle.core.digest import SemanticDigest
from modelops_bundle.core.observation import Discovered
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry, TargetEntry

Body = tuple[Kind, SemanticDigest | None]


@dataclass(slots=True)
class HandedOn:
    """What bodies say of entries whose name was taken over.

    Attributes:
        now: The symbol that each entry of a complete chain is now: from one whose name is gone,
            over those whose names were taken, to one whose definition has a new name.
        contested: Entries whose name is gone and whose definition bears the name of another
            entry, where that entry's own definition was not found: only a person can tell.
    """

    now: dict[EntryKey, Discovered] = field(default_factory=dict)
    contested: set[EntryKey] = field(default_factory=set)


def handed_on(
    record: Mapping[EntryKey, ModelEntry | TargetEntry],
    found: Mapping[EntryKey, Discovered],
    missing: Iterable[EntryKey],
    free: Iterable[Discovered],
) -> HandedOn:
    """Follow the definitions of missing entries through the names of others.

    Args:
        record: All entries.
        found: The symbol of each entry whose name is still there.
        missing: Entries whose name is gone.
        free: Symbols that no entry claims.
    """
    recorded: Counter[Body] = Counter(
        (key.kind, entry.symbol_digest) for key, entry in record.items()
    )
    holders: dict[Body, list[EntryKey]] = defaultdict(list)
    for key, item in found.items():
        if record[key].symbol_digest not in (None, item.symbol_digest):
            holders[key.kind, item.symbol_digest].append(key)
    outcome = HandedOn()
    if not holders:
        return outcome
    unclaimed: dict[Body, list[Discovered]] = defaultdict(list)
    for item in free:
        unclaimed[item.kind, item.symbol_digest].append(item)
    for start in sorted(missing):
        chain: dict[EntryKey, Discovered] = {}
        key, complete = start, False
        while not complete and key not in chain:
            body = (key.kind, record[key].symbol_digest)
            ends, links = unclaimed.get(body, []), holders.get(body, [])
            if recorded[body] != 1 or len(ends) + len(links) != 1:
                break
            complete = bool(ends)
            chain[key] = ends[0] if ends else found[links[0]]
            key = key if ends else links[0]
        if complete and key != start:
            outcome.now.update(chain)
        elif key != start:
            outcome.contested.add(start)
    return outcome
