"""MB111: a recorded output that the code no longer names; a sync mends it."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.plan import Action, Verdict
from modelops_bundle.core.registry import Kind, ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import SYNC_HINT


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per output name: at the target that named it, else at the model."""
    registry = context.registry
    known = {output for model in registry.models.values() for output in model.outputs}
    # What a target still asks for after the sync is MB301's to report.
    known.update(target.model_output for target in registry.targets.values())
    seen: set[str] = set()
    targets_first = sorted(context.plan.verdicts, key=lambda v: v.key.kind is Kind.MODEL)
    for verdict in targets_first:
        for output in _outputs_left_behind(context, verdict):
            if output and output not in known and output not in seen:
                seen.add(output)
                yield Finding(
                    code=RULE.code,
                    severity=RULE.severity,
                    key=str(verdict.key),
                    message=f"Registry may be stale - output '{output}' not found in the code",
                    hint=SYNC_HINT,
                    location=Location(verdict.path, verdict.line),
                )


def _outputs_left_behind(context: PreflightContext, verdict: Verdict) -> tuple[str, ...]:
    """Outputs that the entry names now and would not name after the sync."""
    if verdict.action is Action.REMOVE:
        return ()
    before = context.plan.record.get(verdict.key)
    after = context.registry.get(verdict.key)
    if isinstance(before, TargetEntry) and isinstance(after, TargetEntry):
        return (before.model_output,) if before.model_output != after.model_output else ()
    if isinstance(before, ModelEntry) and isinstance(after, ModelEntry):
        remaining = set(after.outputs)
        return tuple(output for output in before.outputs if output not in remaining)
    return ()


RULE = Rule(
    code="MB111",
    title="Recorded output not found",
    severity=Severity.WARNING,
    explanation=(
        "The registry names an output that no model has any more, and a sync would take it out: "
        "the output was renamed or removed in the code. An output that a target asks for after "
        "the sync too is MB301. Outputs of an entry that a sync would remove are not reported "
        "beside the entry itself (MB110)."
    ),
    check=check,
)
