"""MB315: a target set names a target that is not registered."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.closest import Closest
from modelops_bundle.preflight.entities import REGISTRY_LOCATION, quoted


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per set and unknown target."""
    targets = context.registry.targets
    closest: Closest | None = None
    for name, group in context.registry.target_sets.items():
        for target in dict.fromkeys(group.targets):
            if target in targets:
                continue
            closest = closest or Closest(targets)
            similar = closest.to(target)
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=f"target_set:{name}",
                message=f"Target set '{name}' names '{target}', which is not a registered target",
                hint=(
                    f"Name a registered target (closest: {quoted(similar)})"
                    if similar
                    else f"Run 'mops-bundle target-set set {name}' with registered targets only"
                ),
                location=REGISTRY_LOCATION,
            )


RULE = Rule(
    code="MB315",
    title="Target set names an unknown target",
    severity=Severity.ERROR,
    explanation=(
        "A calibration over the set would fail when it looks the target up. Sets follow when an "
        "entry is renamed with `mops-bundle rename` or by a sync; this comes from an edit by "
        "hand. Correct the name, register the target, or write the set again with "
        "`mops-bundle target-set set`."
    ),
    check=check,
)
