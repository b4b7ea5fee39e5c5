"""MB302: data that an entry names is not there."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, described, listed
from modelops_bundle.preflight.presence import absent


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per absent data path, at the first entry that names it."""
    gone = absent(context, lambda entry: entry.data)
    if not gone:
        return
    definitions = Definitions(context)
    for path in sorted(gone):
        first = gone[path][0]
        entry = context.registry.get(first)
        if entry is None:
            continue
        named_by = listed([described(key) for key in gone[path]])
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(first),
            message=f"Data file '{path}' is missing (needed by {named_by})",
            hint=f"Restore {path}, or name the right file in {entry.path} and the registry's data",
            location=definitions.place(first, entry),
        )


RULE = Rule(
    code="MB302",
    title="Data missing",
    severity=Severity.ERROR,
    explanation=(
        "A data file or folder that an entry depends on does not exist, so it cannot travel and "
        "the entry would fail on a worker. The recorded digest stays until it is back. Restore "
        "it (`git restore`, `mops-bundle pull --data`), or correct the path: in the target's "
        "decorator where that names it, in the entry's `data` and `declared` in `registry.yaml` "
        "where a person declared it."
    ),
    check=check,
)
