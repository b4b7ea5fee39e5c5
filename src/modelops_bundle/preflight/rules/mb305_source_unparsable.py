"""MB305: the file of an entry is not valid Python."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per file of an entry that cannot be parsed, at the line of the error.

    A file that could not be read in the first place has a finding of its own (MB314).
    """
    failures = context.observed.parse_failures
    seen: set[str] = {f.key for f in context.observed.findings if f.code == "MB314"}
    for key, entry in context.registry.entries():
        failure = failures.get(entry.path)
        if failure is None or entry.path in seen:
            continue
        seen.add(entry.path)
        place = Location(failure.path, failure.line, failure.column)
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(key),
            message=f"'{failure.path}' cannot be parsed: {failure.message.rstrip('.')}",
            hint=f"Correct the syntax at {place}",
            location=place,
        )


RULE = Rule(
    code="MB305",
    title="Source cannot be parsed",
    severity=Severity.ERROR,
    explanation=(
        "The file of an entry is not valid Python for the interpreter that runs mops-bundle, so "
        "nothing can be said about what it declares; nothing is written or published until it "
        "can be read. A helper in the import closure that cannot be parsed counts by its bytes "
        "and is MB203."
    ),
    check=check,
)
