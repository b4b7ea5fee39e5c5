"""Everything that has a code: rules, reasons of staleness, and what others report."""

from __future__ import annotations

from collections.abc import Mapping

from modelops_bundle.preflight.base import Rule
from modelops_bundle.preflight.documented import REPORTED_ELSEWHERE, STALENESS, RuleDoc
from modelops_bundle.preflight.documented_jobs import JOBS
from modelops_bundle.preflight.rules import RULES

#: Everything that is documented without a rule that checks it, sorted by code.
DOCUMENTED: tuple[RuleDoc, ...] = (
    *sorted((*STALENESS, *REPORTED_ELSEWHERE, *JOBS), key=lambda entry: entry.code),
)


def coded() -> Mapping[str, Rule | RuleDoc]:
    """What each code means, by code."""
    entries: list[Rule | RuleDoc] = [*RULES, *DOCUMENTED]
    return {entry.code: entry for entry in sorted(entries, key=lambda entry: entry.code)}
