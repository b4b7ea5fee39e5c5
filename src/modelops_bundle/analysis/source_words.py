"""The words of all source files of a project, scanned once for each content."""

from __future__ import annotations

from collections.abc import Iterable

from modelops_bundle.analysis.facts_memo import AnalysisMemo
from modelops_bundle.analysis.packing import (
    ANALYSIS_VERSION,
    UnreadableError,
    items,
    pack,
    texts,
    unpack,
)
from modelops_bundle.analysis.prefilter import words_in
from modelops_bundle.analysis.tree import SourceTree
from modelops_bundle.core.digest import digest_of_fields
from modelops_bundle.core.paths import BundlePath


def words_of_sources(
    tree: SourceTree,
    sources: Iterable[BundlePath],
    interesting: frozenset[str],
    memo: AnalysisMemo | None,
) -> dict[BundlePath, frozenset[str]]:
    """`prefilter.words_in` of each of these files that is there.

    All of them are remembered together, by content: an edit costs reading one file.
    """
    found: dict[BundlePath, frozenset[str]] = {}
    key = f"words {digest_of_fields(ANALYSIS_VERSION, *sorted(interesting))}"
    known = {} if memo is None else _load(memo, key)
    now: dict[str, frozenset[str]] = {}
    for path in sources:
        try:
            if memo is None:
                found[path] = words_in(tree.read(path), interesting)
                continue
            digest = tree.digest(path)
            words = known.get(digest)
            if words is None:
                words = words_in(tree.read(path), interesting)
        except FileNotFoundError:
            continue
        found[path] = now[digest] = words
    if memo is not None and now != known:
        memo.put(key, pack([[digest, *sorted(words)] for digest, words in sorted(now.items())]))
    return found


def _load(memo: AnalysisMemo, key: str) -> dict[str, frozenset[str]]:
    content = memo.get(key)
    if content is None:
        return {}
    try:
        rows = [texts(row) for row in items(unpack(content))]
        return {row[0]: frozenset(row[1:]) for row in rows}
    except (UnreadableError, IndexError):
        return {}
