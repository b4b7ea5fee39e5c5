"""What a rule is, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.plan import SyncPlan
from modelops_bundle.core.registry import BundleRegistry


@dataclass(frozen=True, slots=True)
class PreflightContext:
    """The registry as it would be after the sync, the plan that leads there, and the project."""

    registry: BundleRegistry
    plan: SyncPlan
    observed: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that a bundle must, or should, get right.

    Attributes:
        code: `MB3xx` (`MB11x` for what a sync cures, `MB22x` for data that code reads), stable.
        title: A short name for documentation.
        severity: The usual weight; a finding may carry a lower one.
        explanation: One paragraph for `docs/reference/rules.md`: what it means, and how to mend it.
        check: Yields findings in a deterministic order.
    """

    code: str
    title: str
    severity: Severity
    explanation: str
    check: Callable[[PreflightContext], Iterator[Finding]]
