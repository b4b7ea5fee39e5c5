"""Runs all rules over one context and puts what they find in order."""

from __future__ import annotations

from modelops_bundle.core.findings import Finding, finding_order
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.rules import RULES


def run_preflight(context: PreflightContext) -> tuple[Finding, ...]:
    """Everything that is wrong or noteworthy: rules, observation and plan, each cause once.

    Ordered as `finding_order` says; the order in which rules or files were looked at has no
    influence.
    """
    found = dict.fromkeys((*context.observed.findings, *context.plan.findings))
    for rule in RULES:
        found.update(dict.fromkeys(rule.check(context)))
    return tuple(sorted(found, key=finding_order))
