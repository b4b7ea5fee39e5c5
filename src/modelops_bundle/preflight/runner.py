"""Runs all rules over one context and puts what they find in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from modelops_bundle.core.findings import Finding, finding_order
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.rules import RULES


def run_preflight(context: PreflightContext) -> tuple[Finding, ...]:
    """Everything that is wrong or noteworthy: rules, observation and plan, each cause once.

    Ordered as `finding_order` says; the order in which rules or files were looked at has no
    influence. A message or hint is one line of printable text whatever names the project uses.
    """
    found = dict.fromkeys((*context.observed.findings, *context.plan.findings))
    for rule in RULES:
        found.update(dict.fromkeys(rule.check(context)))
    return tuple(sorted(map(on_one_line, _once(found)), key=finding_order))


def _once(found: Collection[Finding]) -> Iterator[Finding]:
    """Without the doubt about parameters (MB201) that a method in their place explains (MB207)."""
    methods = {finding.location for finding in found if finding.code == "MB207"}
    for finding in found:
        doubt = finding.code == "MB201" and finding.message.startswith("parameters of ")
        if not (doubt and finding.location in methods):
            yield finding


def on_one_line(finding: Finding) -> Finding:
    """A finding with control characters escaped: a name must not pass for another finding."""
    message, hint = _printable(finding.message), _printable(finding.hint)
    if message is finding.message and hint is finding.hint:
        return finding
    return replace(finding, message=message, hint=hint)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
