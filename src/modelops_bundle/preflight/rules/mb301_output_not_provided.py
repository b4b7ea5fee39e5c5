"""MB301: a target is compared with an output that no model provides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.observation import Discovered, ModelFacts
from modelops_bundle.core.registry import EntryKey, Kind, TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.closest import Closest
from modelops_bundle.preflight.entities import Definitions, quoted, settled_entries

_NAMED_IN_HINT = 8


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per target whose output is unknown, or is provided by no model."""
    models = context.registry.models.values()
    provided = {output: None for model in models for output in model.outputs}
    missing = [
        (key, entry)
        for key, entry in settled_entries(context)
        if isinstance(entry, TargetEntry) and entry.model_output not in provided
    ]
    if not missing:
        return
    report = _Report(context, tuple(provided))
    for key, target in missing:
        yield report.nameless(key, target) if not target.model_output else report.of(key, target)


class _Report:
    """Words a finding for each target; what they share is worked out once."""

    def __init__(self, context: PreflightContext, provided: Sequence[str]) -> None:
        self._definitions = Definitions(context)
        self._provided = provided
        self._closest = Closest(provided)
        self._uncertain = _models_with_unknown_outputs(context)
        self._unregistered = _providers(context.plan.unregistered)

    def nameless(self, key: EntryKey, target: TargetEntry) -> Finding:
        symbol = target.entrypoint.symbol
        return Finding(
            code=RULE.code,
            severity=Severity.ERROR,
            key=str(key),
            message=f"Target '{key.id}' names no model output",
            hint=f"Run 'mops-bundle register-target {target.path}:{symbol} --output NAME'",
            location=self._definitions.place(key, target),
        )

    def of(self, key: EntryKey, target: TargetEntry) -> Finding:
        message = f"Target '{key.id}' expects model output '{target.model_output}', "
        if self._uncertain:
            message += f"and whether {self._uncertain} provides it cannot be told from the code"
        else:
            message += "but no model provides it"
        return Finding(
            code=RULE.code,
            severity=Severity.WARNING if self._uncertain else Severity.ERROR,
            key=str(key),
            message=message,
            hint=self._hint(target.model_output),
            location=self._definitions.place(key, target),
        )

    def _hint(self, output: str) -> str:
        provider = self._unregistered.get(output)
        if provider is not None:
            return f"Run 'mops-bundle register-model {provider.path}:{provider.symbol}'"
        add = f"or add '{output}' to a model"
        closest = self._closest.to(output)
        if closest:
            return f"Name an output that exists (closest: {quoted(closest)}), {add}"
        if not self._provided:
            return "Register the model that provides it: mops-bundle register-model PATH"
        if len(self._provided) > _NAMED_IN_HINT:
            return f"Name an output that 'mops-bundle list' shows, {add}"
        return f"Name an output that exists ({quoted(self._provided)}), {add}"


def _models_with_unknown_outputs(context: PreflightContext) -> str:
    """The first registered model whose outputs the code does not settle, or ""."""
    definitions = Definitions(context)
    for model_id, model in context.registry.models.items():
        found = definitions.of(EntryKey(Kind.MODEL, model_id), model)
        if found and isinstance(found.facts, ModelFacts) and not found.facts.outputs.complete:
            return f"model '{model_id}'"
    return ""


def _providers(discovered: Sequence[Discovered]) -> dict[str, Discovered]:
    """The first model of those discovered that has each output."""
    providers: dict[str, Discovered] = {}
    for found in discovered:
        if isinstance(found.facts, ModelFacts):
            for output in found.facts.outputs.values:
                providers.setdefault(output, found)
    return providers


RULE = Rule(
    code="MB301",
    title="Output that no model provides",
    severity=Severity.ERROR,
    explanation=(
        "A target is compared with a model output by name, and no registered model has an output "
        "of that name, after a sync either: a calibration would fail when the first simulation "
        "returns. Name an output that exists, add the output to a model, or register the model "
        "that has it. It is a warning where the outputs of a registered model cannot be told "
        "from the code, since one of them may be the missing one."
    ),
    check=check,
)
