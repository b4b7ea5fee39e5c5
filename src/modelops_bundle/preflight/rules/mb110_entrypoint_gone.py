"""MB110: an entry's symbol is not where the registry says; a sync follows or settles it."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.plan import Action
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import SYNC_HINT

_GONE = frozenset({Action.RENAME, Action.MOVE, Action.REMOVE, Action.DECIDE})


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per recorded entry that a sync would rename, move, remove or ask about."""
    for verdict in context.plan.verdicts:
        entry = context.plan.record.get(verdict.key)
        if verdict.action in _GONE and entry is not None:
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(verdict.key),
                message=f"Registry may be stale - entrypoint '{entry.symbol}' not found",
                hint=SYNC_HINT,
                location=Location(verdict.path, verdict.line),
            )


RULE = Rule(
    code="MB110",
    title="Recorded entrypoint not found",
    severity=Severity.WARNING,
    explanation=(
        "The class or function that the registry names is not where it was: it was renamed, its "
        "file was moved, or it is gone. A sync follows a rename or a move and keeps the id, and "
        "with it target sets and weights. A removal needs `--force` (or `--keep` to leave the "
        "entry for now), and a choice among several candidates needs `--rename ID=SYMBOL`."
    ),
    check=check,
)
