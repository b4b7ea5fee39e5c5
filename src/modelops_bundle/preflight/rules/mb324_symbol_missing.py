"""MB324: an entry that stays though the code does not define its symbol."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, argument_for, settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One error per entry whose file is there, can be parsed, and does not define the symbol."""
    definitions = Definitions(context)
    observed = context.observed
    for key, entry in settled_entries(context):
        readable = entry.path in observed.files and entry.path not in observed.parse_failures
        if readable and definitions.of(key, entry) is None:
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(key),
                message=f"'{entry.symbol}' is not defined in {entry.path}",
                hint=f"Define it, or run 'mops-bundle unregister {argument_for(context, key)}'",
                location=Location(entry.path),
            )


RULE = Rule(
    code="MB324",
    title="Symbol missing",
    severity=Severity.ERROR,
    explanation=(
        "An entry was kept (`sync --keep`) though the file that it names no longer defines its "
        "class or function: workers could not run it. Restore the definition, pair the entry with "
        "its new name (`mops-bundle sync --rename ID=SYMBOL`), or unregister it."
    ),
    check=check,
)
