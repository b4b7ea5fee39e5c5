"""MB303: a source file that an entry needs is not there."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, argument_for, described, listed
from modelops_bundle.preflight.presence import absent


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per absent source file, at the first entry that needs it."""
    gone = absent(context, _source_files)
    if not gone:
        return
    definitions = Definitions(context)
    for path, keys in sorted(gone.items()):
        first = keys[0]
        entry = context.registry.get(first)
        if entry is None:
            continue
        needed_by = listed([described(key) for key in keys])
        own = entry.path == path
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(first),
            message=f"Source file '{path}' is missing (needed by {needed_by})",
            hint=(
                f"Restore {path}, or run 'mops-bundle unregister {argument_for(context, first)}'"
                if own
                else f"Restore {path}, or take out what refers to it, then run 'mops-bundle sync'"
            ),
            location=definitions.place(first, entry),
        )


def _source_files(entry: ModelEntry | TargetEntry) -> Iterator[BundlePath]:
    yield entry.path
    yield from entry.code


RULE = Rule(
    code="MB303",
    title="Source file missing",
    severity=Severity.ERROR,
    explanation=(
        "The file of an entry, or a file of its import closure, does not exist: workers could not "
        "import the entry. Restore the file, take out the import (or the declared code path) that "
        "refers to it and sync, or unregister the entry. An entry whose file is gone and that a "
        "sync would move or remove is MB110 instead."
    ),
    check=check,
)
