"""MB321: nothing tells the platform's workers how to run the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule


def check(context: PreflightContext) -> Iterator[Finding]:
    """At most one warning; none where there is nothing to run or `pyproject.toml` is broken."""
    project, registry = context.observed.project, context.registry
    if project.wire or project.pyproject_problem or not (registry.models or registry.targets):
        return
    yield Finding(
        code=RULE.code,
        severity=RULE.severity,
        message="Nothing tells the platform's workers how to run this bundle (no wire function)",
        hint="Add 'modelops-calabaria' to the dependencies in pyproject.toml, or write a wire.py",
    )


RULE = Rule(
    code="MB321",
    title="No wire function",
    severity=Severity.WARNING,
    explanation=(
        "The platform's workers run a bundle through a wire function. They look for an entry "
        "point of the group `modelops.wire`, in the bundle or in a dependency such as "
        "`modelops-calabaria`, for `.modelops/manifest.json`, and for `wire.py` at the root. None "
        "of these is there. A bundle that is not meant for the platform needs none."
    ),
    check=check,
)
