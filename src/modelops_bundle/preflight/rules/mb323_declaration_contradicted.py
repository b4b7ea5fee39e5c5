"""MB323: an output that a person declared and that the code contradicts."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import Discovered, ModelFacts, TargetFacts
from modelops_bundle.core.registry import Declared
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, quoted, settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per entry whose declared outputs the code does not have."""
    definitions: Definitions | None = None
    for key, entry in settled_entries(context):
        declared = entry.declared
        if not declared or not (declared.outputs or declared.model_output):
            continue
        definitions = definitions or Definitions(context)
        found = definitions.of(key, entry)
        wrong, right = _contradiction(declared, found) if found else ((), ())
        if wrong:
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(key),
                message=(
                    f"{key.kind.value.capitalize()} '{key.id}' is declared with output "
                    f"{quoted(wrong)}, but the code says {quoted(right)}"
                ),
                hint=(
                    f"Take {quoted(wrong)} out of the entry's 'declared' in registry.yaml, "
                    "or correct the code"
                ),
                location=definitions.place(key, entry),
            )


def _contradiction(
    declared: Declared, found: Discovered
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Declared outputs that the code does not have, and those that it has.

    Where the code says nothing, or not everything, a declaration only adds to it.
    """
    facts = found.facts
    if isinstance(facts, ModelFacts):
        stated = facts.outputs.values
        if stated and facts.outputs.complete:
            return tuple(name for name in declared.outputs if name not in stated), stated
    if isinstance(facts, TargetFacts):
        output = facts.model_output
        if isinstance(output, str) and declared.model_output not in (None, output):
            return (str(declared.model_output),), (output,)
    return (), ()


RULE = Rule(
    code="MB323",
    title="Declared output contradicts the code",
    severity=Severity.WARNING,
    explanation=(
        "A person declared an output with `--output`, and the code, which can be read without "
        "doubt, names others. What was declared stays in force, since it was said on purpose; but "
        "a model that was given an output by hand may have been given the real one since, and a "
        "calibration against the declared name would then fail. Correct one of the two."
    ),
    check=check,
)
