"""Runs one rule over a project that a test describes."""

from __future__ import annotations

from modelops_bundle.core.findings import Finding
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.plan import SyncPlan
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.preflight.base import PreflightContext, Rule
from support.registries import observation, plan


def findings(
    rule: Rule,
    registry: BundleRegistry,
    observed: Observation | None = None,
    synced: SyncPlan | None = None,
) -> list[Finding]:
    """What a rule finds in a registry that is in sync, or that this plan leads to."""
    context = PreflightContext(
        registry=registry,
        plan=synced or plan(registry),
        observed=observed or observation(),
    )
    found = list(rule.check(context))
    for finding in found:
        assert finding.code == rule.code
        assert finding.hint
        assert not finding.message.endswith(".")
        assert not finding.hint.endswith(".")
    return found


def keys(found: list[Finding]) -> list[str]:
    """What the findings are about, in the order in which they were found."""
    return [finding.key for finding in found]
