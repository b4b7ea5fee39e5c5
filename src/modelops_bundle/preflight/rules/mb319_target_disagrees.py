"""MB319: a target's decorator and its body name different outputs."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import TargetFacts
from modelops_bundle.core.registry import TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One error per registered target whose decorator and body disagree."""
    definitions = Definitions(context)
    for key, target in settled_entries(context):
        found = definitions.of(key, target) if isinstance(target, TargetEntry) else None
        if found is None or not isinstance(found.facts, TargetFacts):
            continue
        said, returned = found.facts.model_output, found.facts.body_output
        if isinstance(said, str) and returned is not None and said != returned:
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(key),
                message=(
                    f"The decorator of '{found.symbol}' says model output '{said}', "
                    f"the target that it returns says '{returned}'"
                ),
                hint=f"Name the same output in both, at {found.location}",
                location=found.location,
            )


RULE = Rule(
    code="MB319",
    title="Decorator and body disagree",
    severity=Severity.ERROR,
    explanation=(
        "A target function's decorator names one model output and the target object that it "
        "returns names another. The registry records the decorator's; a worker compares with the "
        "object's. Whichever is meant, write it in both places."
    ),
    check=check,
)
