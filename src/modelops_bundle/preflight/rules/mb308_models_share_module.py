"""MB308: two registered models in one module."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.registry import EntryKey, Kind, ModelEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, listed, settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per module, at the second of its models."""
    by_module: dict[str, list[tuple[str, ModelEntry]]] = {}
    for key, entry in settled_entries(context):
        if isinstance(entry, ModelEntry):
            by_module.setdefault(entry.entrypoint.module, []).append((key.id, entry))
    definitions: Definitions | None = None
    for models in by_module.values():
        first_id, first = models[0]
        others = [item for item in models[1:] if item[1].entrypoint != first.entrypoint]
        if not others:
            continue
        definitions = definitions or Definitions(context)
        second_id, second = others[0]
        key = EntryKey(Kind.MODEL, second_id)
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(key),
            message=(
                f"Models {listed([repr(model_id) for model_id, _ in models])} share {first.path}: "
                f"workers that are sent only the module run '{first_id}'"
            ),
            hint=f"Move '{second.symbol}' to a module of its own, then run 'mops-bundle sync'",
            location=definitions.place(key, second),
        )


RULE = Rule(
    code="MB308",
    title="Two models in one module",
    severity=Severity.WARNING,
    explanation=(
        "A simulation task may name a model by its module alone, and the platform's workers then "
        "run the first registered model of that module. With two models in one module the other "
        "one is silently not the one that runs. Give each registered model a module of its own, "
        "or exclude the one that is not wanted (`mops-bundle unregister`)."
    ),
    check=check,
)
