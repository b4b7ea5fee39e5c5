"""MB302: data that an entry names is not there."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import Discovered, TargetFacts
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey, ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import (
    Definitions,
    described,
    listed,
    registering_argument,
    shell_word,
)
from modelops_bundle.preflight.presence import absent


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per data path that is absent or an empty folder, at the first entry's place."""
    empty = {path for path, files in context.observed.directories.items() if not files}
    gone = absent(context, lambda entry: entry.data, also=empty)
    if not gone:
        return
    definitions = Definitions(context)
    for path, keys in sorted(gone.items()):
        entry = context.registry.get(keys[0])
        if entry is None:
            continue
        problem = (
            f"Data folder '{path}' holds no file that would travel"
            if path in empty
            else f"Data file '{path}' is missing"
        )
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(keys[0]),
            message=f"{problem} (needed by {listed([described(key) for key in keys])})",
            hint=f"Restore {path}, or "
            f"{_correction(context, keys[0], entry, definitions.of(keys[0], entry), path)}",
            location=definitions.place(keys[0], entry),
        )


def _correction(
    context: PreflightContext,
    key: EntryKey,
    entry: ModelEntry | TargetEntry,
    found: Discovered | None,
    path: BundlePath,
) -> str:
    """What to do where the path is wrong: edit the code if that names it, else take it back."""
    facts = found.facts if found else None
    if found and isinstance(facts, TargetFacts) and facts.data and path in facts.data.values:
        return f"correct its path at {found.location}"
    what = f"register-{key.kind.value} {registering_argument(context, key, entry)}"
    return f"take it back with 'mops-bundle {what} --no-data {shell_word(path)}'"


RULE = Rule(
    code="MB302",
    title="Data missing",
    severity=Severity.ERROR,
    explanation=(
        "A data file or folder that an entry depends on does not exist, so it cannot travel and "
        "the entry would fail on a worker. A folder without a file that would travel counts as "
        "missing, since a bundle holds files only. The recorded digest stays until the data is "
        "back. Restore it (`git restore`, `mops-bundle pull --data`), or correct the path: in the "
        "target's decorator where that names it, with `--data NEW --no-data OLD` of "
        "`register-model` or `register-target` where a person declared it."
    ),
    check=check,
)
