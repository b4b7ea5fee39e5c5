"""MB326: a scenario name that no task can be addressed to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.registry import EntryKey, Kind
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, quoted

_LONGEST = 64
_ACCEPTED = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per model, with all its scenario names that the platform refuses."""
    definitions: Definitions | None = None
    for model_id, model in context.registry.models.items():
        refused = [
            name
            for name in model.scenarios
            if len(name) > _LONGEST or not _ACCEPTED.fullmatch(name)
        ]
        if refused:
            definitions = definitions or Definitions(context)
            key = EntryKey(Kind.MODEL, model_id)
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(key),
                message=f"The platform refuses scenario {quoted(refused)} of model '{model_id}'",
                hint="Use lower-case ASCII letters, digits, '-', '_' and '.', at most 64 in all",
                location=definitions.place(key, model),
            )


RULE = Rule(
    code="MB326",
    title="Scenario name that the platform refuses",
    severity=Severity.WARNING,
    explanation=(
        "A simulation task is addressed as `module/scenario`, and the platform accepts as a "
        "scenario 1 to 64 lower-case ASCII letters, digits, `-`, `_` and `.`, of which the first "
        "and the last are a letter or a digit. Any other name runs here and is refused when a job "
        "is submitted."
    ),
    check=check,
)
