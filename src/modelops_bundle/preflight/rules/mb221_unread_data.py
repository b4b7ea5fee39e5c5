"""MB221: an entry declares data that nothing in its code names."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import Observation, TargetFacts
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey, ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.data_use import DataUse
from modelops_bundle.preflight.entities import Definitions, described, settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding for each such path and entry."""
    use, definitions = DataUse(context), Definitions(context)
    for key, entry in settled_entries(context):
        for path in _declared(key, entry, definitions):
            if not _is_there(context.observed, path) or use.mentions(entry, path):
                continue
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(key),
                message=f"{described(key)} declares {path}, and nothing in its code names it",
                hint=f"Take {path} out of the entry's declared data if it is not needed, "
                "then run 'mops-bundle sync'",
                location=definitions.place(key, entry),
            )


def _declared(
    key: EntryKey, entry: ModelEntry | TargetEntry, definitions: Definitions
) -> Iterator[BundlePath]:
    """Data that only a person named, where the code has a say in what is read.

    A target's data may be handed to it by what runs it: only where its decorator names data is
    something else, that neither names, worth a word.
    """
    found = definitions.of(key, entry)
    if found is None or entry.declared is None or entry.path != found.path:
        return
    given: frozenset[str] = frozenset()
    if isinstance(found.facts, TargetFacts):
        if found.facts.data is None or not found.facts.data.complete:
            return
        given = frozenset(found.facts.data.values)
    yield from (path for path in entry.declared.data if path not in given)


def _is_there(observed: Observation, path: BundlePath) -> bool:
    return path in observed.files or path in observed.directories


RULE = Rule(
    code="MB221",
    title="Declared data that nothing reads",
    severity=Severity.INFO,
    explanation=(
        "A person declared a data file for an entry, and no file of its import closure names it "
        "or its folder. It may be left over from an earlier version: every change of it makes the "
        "entry stale. Nothing is said where a path is computed while the program runs, where a "
        "module is imported under a computed name or cannot be parsed, and of data that a "
        "target's decorator hands over."
    ),
    check=check,
)
