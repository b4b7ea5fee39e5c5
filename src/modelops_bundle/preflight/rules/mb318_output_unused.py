"""MB318: outputs that no target is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.registry import EntryKey, Kind
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, quoted


def check(context: PreflightContext) -> Iterator[Finding]:
    """One info per model, with all its outputs that no target uses."""
    registry = context.registry
    used = {target.model_output for target in registry.targets.values()}
    definitions: Definitions | None = None
    for model_id, model in registry.models.items():
        unused = [output for output in model.outputs if output not in used]
        if not unused:
            continue
        definitions = definitions or Definitions(context)
        key = EntryKey(Kind.MODEL, model_id)
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(key),
            message=f"No target uses {quoted(unused)} of model '{model_id}'",
            hint="Register a target for it if you want to calibrate against it",
            location=definitions.place(key, model),
        )


RULE = Rule(
    code="MB318",
    title="Output that no target uses",
    severity=Severity.INFO,
    explanation=(
        "A model provides outputs that no registered target is compared with. That is common and "
        "fine; it is said because a target that was meant to use the output may be missing or may "
        "name another one."
    ),
    check=check,
)
