"""The behaviour digest: one value for everything that can change what an entry computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modelops_bundle.core.digest import Digest, SemanticDigest, digest_of_fields
from modelops_bundle.core.observation import Closure
from modelops_bundle.core.paths import BundlePath

#: Part of every semantic digest: a change of the scheme changes them all, visibly.
SCHEME = "v1"


def statements_digest(statements: Iterable[str]) -> SemanticDigest:
    """The semantic digest of a file from the digests of its top-level statements, in order."""
    return SemanticDigest(f"{SCHEME}:{digest_of_fields('file', *statements)}")


def closure_digest(closure: Closure, left_out: frozenset[tuple[BundlePath, str]]) -> SemanticDigest:
    """What a closure means, without the definitions of other entries that it does not use.

    Args:
        closure: The closure with the semantics of its files.
        left_out: (file, symbol) of the other registered entries; only those that the closure
            lists as droppable are left out.
    """
    drop = closure.droppable & left_out
    fields = ["closure"]
    for path in sorted(closure.semantics):
        semantics = closure.semantics[path]
        symbols = {symbol for file, symbol in drop if file == path}
        if symbols:
            kept = (text for symbol, text in semantics.statements if symbol not in symbols)
            fields += [path, statements_digest(kept)]
        else:
            fields += [path, semantics.digest]
    return SemanticDigest(f"{SCHEME}:{digest_of_fields(*fields)}")


def behavior_digest(
    code: SemanticDigest,
    facts: Iterable[tuple[str, Iterable[str]]],
    data: Mapping[BundlePath, Digest],
    environment: Mapping[BundlePath, Digest],
) -> SemanticDigest:
    """Combine code, facts, data and environment.

    Args:
        code: `closure_digest` of the entry's closure.
        facts: (name, values); values count as sets.
        data: Content digests by path.
        environment: Digests of dependency tables and lock files.
    """
    fields = ["behavior", code]
    for name, values in sorted((name, sorted(values)) for name, values in facts):
        fields += ["fact", name, str(len(values)), *values]
    for label, digests in (("data", data), ("environment", environment)):
        for path in sorted(digests):
            fields += [label, path, digests[path]]
    return SemanticDigest(f"{SCHEME}:{digest_of_fields(*fields)}")
