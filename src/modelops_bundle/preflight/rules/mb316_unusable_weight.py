"""MB316: a weight in a target set that no calibration can use."""

from __future__ import annotations

import math
from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import REGISTRY_LOCATION

_GIVE_A_NUMBER = "Give it a weight of 0 or more in registry.yaml"


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per set and weight that is negative, not finite, or of no member."""
    for name, group in context.registry.target_sets.items():
        members = set(group.targets)
        for target, weight in group.weights.items():
            problem, hint = _problem(target, weight, member=target in members)
            if problem:
                yield Finding(
                    code=RULE.code,
                    severity=RULE.severity,
                    key=f"target_set:{name}",
                    message=f"Target set '{name}' {problem}",
                    hint=hint,
                    location=REGISTRY_LOCATION,
                )


def _problem(target: str, weight: float, *, member: bool) -> tuple[str, str]:
    """What is wrong with a weight and what mends it, or two empty texts."""
    if not member:
        return (
            f"has a weight for '{target}', which is not in it",
            f"Add '{target}' to the set, or take its weight out of registry.yaml",
        )
    if not math.isfinite(weight):
        return f"gives '{target}' the weight {weight}, which is not finite", _GIVE_A_NUMBER
    if weight < 0:
        return f"gives '{target}' the negative weight {weight:g}", _GIVE_A_NUMBER
    return "", ""


RULE = Rule(
    code="MB316",
    title="Weight that cannot be used",
    severity=Severity.ERROR,
    explanation=(
        "Weights multiply the losses of a set's targets. A negative weight rewards a bad fit, a "
        "weight that is infinite or not a number makes the whole loss so, and a weight for a "
        "target that is not in the set is never used, which usually means that a name is "
        "misspelt. A weight of 0 is allowed."
    ),
    check=check,
)
