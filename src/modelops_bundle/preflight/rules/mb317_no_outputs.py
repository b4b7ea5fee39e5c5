"""MB317: a model without outputs."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import ModelFacts
from modelops_bundle.core.registry import ModelEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per model that has no output, unless the code leaves its outputs open."""
    definitions: Definitions | None = None
    for key, model in settled_entries(context):
        if not isinstance(model, ModelEntry) or model.outputs:
            continue
        definitions = definitions or Definitions(context)
        found = definitions.of(key, model)
        if found and isinstance(found.facts, ModelFacts) and not found.facts.outputs.complete:
            continue
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(key),
            message=f"Model '{key.id}' has no outputs, so no target can be compared with it",
            hint=f"Run 'mops-bundle register-model {model.path}:{model.symbol} --output NAME'",
            location=definitions.place(key, model),
        )


RULE = Rule(
    code="MB317",
    title="Model without outputs",
    severity=Severity.WARNING,
    explanation=(
        "A model that names no output can be run, but nothing can be calibrated against it. Mark "
        'a method as an output (`@model_output("name")` in Calabaria), or declare the outputs '
        "with `--output` where they are made in a way that the code does not show. Nothing is "
        "said where the outputs cannot be told from the code: that is MB201."
    ),
    check=check,
)
