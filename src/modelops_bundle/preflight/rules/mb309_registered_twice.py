"""MB309: two entries for one symbol, or one id for two entries."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.core.paths import Entrypoint
from modelops_bundle.core.registry import EntryKey, Kind
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import (
    Definitions,
    argument_for,
    described,
    listed,
    settled_entries,
)


def check(context: PreflightContext) -> Iterator[Finding]:
    """One error per symbol with several entries, one warning per id of a model and a target."""
    by_entrypoint: dict[Entrypoint, list[EntryKey]] = {}
    for key, entry in settled_entries(context):
        by_entrypoint.setdefault(entry.entrypoint, []).append(key)
    shared_ids = [id_ for id_ in context.registry.models if id_ in context.registry.targets]
    repeated = {entrypoint: keys for entrypoint, keys in by_entrypoint.items() if len(keys) > 1}
    if not shared_ids and not repeated:
        return
    definitions = Definitions(context)

    def finding(key: EntryKey, severity: Severity, message: str, hint: str) -> Finding:
        entry = context.registry.get(key)
        return Finding(
            code=RULE.code,
            severity=severity,
            key=str(key),
            message=message,
            hint=hint,
            location=definitions.place(key, entry) if entry else None,
        )

    for entrypoint, keys in repeated.items():
        ids = listed([described(key) for key in keys])
        yield finding(
            keys[-1],
            Severity.ERROR,
            f"'{entrypoint}' is registered more than once: {ids}",
            f"Run 'mops-bundle unregister {argument_for(context, keys[-1])}'",
        )
    for shared in shared_ids:
        yield finding(
            EntryKey(Kind.TARGET, shared),
            Severity.WARNING,
            f"'{shared}' is the id of a model and of a target",
            f"Run 'mops-bundle rename target {shared} NEW_ID'",
        )


RULE = Rule(
    code="MB309",
    title="Registered twice",
    severity=Severity.ERROR,
    explanation=(
        "Workers look an entry up by its entrypoint and take the first that has it, targets "
        "before models. What a second entry for the same symbol declares is never used, and a "
        "target set that holds both counts one target twice: an error. One id for a model and a "
        "target is legal, since the two are looked up apart, but commands that take an id have "
        "to be told which one is meant: a warning."
    ),
    check=check,
)
