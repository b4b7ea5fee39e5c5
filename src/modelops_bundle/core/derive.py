"""What an entry would say if it were written from the code now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from modelops_bundle.core.behavior import behavior_digest, closure_digest
from modelops_bundle.core.dependencies import derive_dependencies
from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.facts import FactMerger
from modelops_bundle.core.findings import Finding
from modelops_bundle.core.observation import Discovered, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import Entry, EntryKey, ModelEntry, TargetEntry

Symbols = frozenset[tuple[BundlePath, str]]


@dataclass(frozen=True, slots=True)
class Derived:
    """An entry from the code, what could not be told, and which dependencies are not there."""

    entry: ModelEntry | TargetEntry
    findings: tuple[Finding, ...] = ()
    absent: tuple[BundlePath, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What all entries of one plan share.

    Attributes:
        registered: (file, symbol) of every entry of the result.
        environment: What behaviour digests are computed with.
    """

    observed: Observation
    registered: Symbols
    environment: Mapping[BundlePath, Digest]


def derive_entry(
    key: EntryKey, recorded: ModelEntry | TargetEntry, found: Discovered, context: Context
) -> Derived:
    """The entry as the code has it, with what a person declared kept.

    Args:
        recorded: The entry of the registry; for a new one, a blank entry that holds just what
            the person declared.
        found: Its symbol as it is now.
    """
    facts = FactMerger(key, found)
    if isinstance(recorded, ModelEntry):
        entry: ModelEntry | TargetEntry = facts.of_model(recorded)
    else:
        entry = facts.of_target(recorded)
    needs = derive_dependencies(recorded, found, facts.data_paths(recorded), context.observed)
    entry = replace(
        entry,
        entrypoint=found.entrypoint,
        path=found.path,
        symbol_digest=found.symbol_digest,
        declared=needs.declared,
        data=needs.data,
        data_digests=needs.data_digests,
        code=needs.code,
        code_digests=needs.code_digests,
        source_digest=needs.source_digest,
    )
    if needs.absent and entry == recorded:
        # What a file that is gone did cannot be told: the recorded behaviour stands until it is
        # back, like its digest.
        return Derived(entry, tuple(facts.findings), needs.absent)
    digest = entry_behavior(entry, context, context.environment)
    return Derived(replace(entry, behavior_digest=digest), tuple(facts.findings), needs.absent)


def entry_behavior(
    entry: ModelEntry | TargetEntry,
    context: Context,
    environment: Mapping[BundlePath, Digest],
    *,
    like: ModelEntry | TargetEntry | None = None,
) -> SemanticDigest | None:
    """The behaviour digest of an entry's code as it is now; None where there is no closure.

    Args:
        environment: The environment to assume.
        like: Take facts and data from this entry instead: what the behaviour would be if only
            the code had changed. Code that a person declared is code, and counts as it is now.
    """
    closure = context.observed.closures.get(entry.path)
    if closure is None:
        return None
    stated = like or entry
    own = frozenset({(entry.path, entry.symbol)})
    code = closure_digest(closure, context.registered - own)
    # Code that the closure does not hold: declared by a person, or kept while it cannot be told.
    extra = {
        path: digest for path, digest in entry.code_digests.items() if path not in closure.semantics
    }
    return behavior_digest(
        code, facts_of(stated, entry), {**extra, **stated.data_digests}, environment
    )


def facts_of(
    stated: ModelEntry | TargetEntry, current: Entry
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The facts that behaviour depends on; the symbol is the current one."""
    yield "symbol", (current.symbol,)
    if isinstance(stated, ModelEntry):
        yield "outputs", tuple(set(stated.outputs))
        yield "scenarios", tuple(set(stated.scenarios))
        yield "parameters", tuple(set(stated.parameters))
    else:
        yield "model_output", (stated.model_output,)
