"""MB311: a file that was added by hand is not there."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.base import PreflightContext, Rule

_TRACKED_FILE = BundlePath(".modelops-bundle/tracked.txt")


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per tracked file that is absent and that no entry names."""
    observed = context.observed
    absent = [
        path
        for path in observed.project.tracked
        if path not in observed.files and path not in observed.directories
    ]
    if not absent:
        return
    named = {
        path
        for _, entry in context.registry.entries()
        for path in (entry.path, *entry.code, *entry.data)
    }
    for path in sorted(set(absent) - named):
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=path,
            message=f"Tracked file '{path}' is missing",
            hint=f"Restore {path}, or run 'mops-bundle remove {path}'",
            location=Location(_TRACKED_FILE),
        )


RULE = Rule(
    code="MB311",
    title="Tracked file missing",
    severity=Severity.ERROR,
    explanation=(
        "A file that `mops-bundle add` put on the list of files that travel does not exist. "
        "Restore it, or take it off the list with `mops-bundle remove`. A path that an entry "
        "names as well is reported there (MB302, MB303)."
    ),
    check=check,
)
