"""Which definitions in a closure nothing else in it can reach.

Such a definition, if it is another registered entry, does not count for the behaviour of the
entries whose closure this is. Leaving out what does count would make results look valid that
are not, so every doubt keeps a definition in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelops_bundle.analysis.facts import FileFacts
from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import is_data, is_package_file
from modelops_bundle.core.paths import BundlePath


def droppable_symbols(
    linker: Linker,
    files: Sequence[BundlePath],
    candidates: Mapping[BundlePath, frozenset[str]] | None,
) -> frozenset[tuple[BundlePath, str]]:
    """The (file, symbol) pairs of a closure that nothing in it but themselves can use.

    Args:
        linker: Where facts and links come from.
        files: The closure.
        candidates: The symbols that matter, by file; None for all.
    """
    known: dict[BundlePath, FileFacts] = {}
    for file in files:
        if is_data(file):
            continue
        facts = linker.store.parsed_facts(file) if file.endswith(".py") else None
        if facts is None:
            return frozenset()  # what it does cannot be told
        known[file] = facts
    if any(facts.reach.anywhere for facts in known.values()):
        return frozenset()
    reached: set[BundlePath] = set()
    for file, facts in known.items():
        links = linker.links(file)
        if links.computed:
            return frozenset()
        reached |= links.exposed
        if facts.reach.own:
            reached.add(file)
            reached.update(links.edges)
    possible = _possible(linker, known, _spread(linker, known, reached), candidates)
    if not possible:
        return frozenset()
    mentioned_in: dict[str, set[BundlePath]] = {symbol: set() for _, symbol in possible}
    for file, facts in known.items():
        for symbol in mentioned_in.keys() & facts.words:
            mentioned_in[symbol].add(file)
    return frozenset((file, symbol) for file, symbol in possible if mentioned_in[symbol] <= {file})


def _spread(
    linker: Linker, known: Mapping[BundlePath, FileFacts], reached: set[BundlePath]
) -> set[BundlePath]:
    """All files that can be got at from modules in hand: what they import, and submodules."""
    queue = sorted(reached & known.keys())
    found = set(queue)
    for file in queue:
        below = linker.sources_in(file.parent) if is_package_file(file) else []
        for other in (*linker.links(file).edges, *below):
            if other in known and other not in found:
                found.add(other)
                queue.append(other)
    return found


def _possible(
    linker: Linker,
    known: Mapping[BundlePath, FileFacts],
    reached: set[BundlePath],
    candidates: Mapping[BundlePath, frozenset[str]] | None,
) -> list[tuple[BundlePath, str]]:
    """Definitions that their own file does not use, and that only make themselves."""
    possible: list[tuple[BundlePath, str]] = []
    for file, facts in known.items():
        wanted = None if candidates is None else candidates.get(file, frozenset())
        if file in reached or (wanted is not None and not wanted):
            continue
        foreign = linker.links(file).foreign
        possible += [
            (file, symbol)
            for symbol, called in facts.solitary
            if (wanted is None or symbol in wanted) and called <= foreign
        ]
    return possible
