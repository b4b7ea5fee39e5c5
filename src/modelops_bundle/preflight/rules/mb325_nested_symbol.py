"""MB325: a symbol that is not at the top level of its module."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import Definitions, settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per entry whose symbol is an attribute of another."""
    definitions: Definitions | None = None
    for key, entry in settled_entries(context):
        if "." in entry.symbol:
            definitions = definitions or Definitions(context)
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(key),
                message=(
                    f"'{entry.symbol}' is not at the top level of {entry.path}, "
                    "where the platform's workers look for it"
                ),
                hint=(
                    f"Give it a name at the top level of {entry.path}, then run 'mops-bundle sync'"
                ),
                location=definitions.place(key, entry),
            )


RULE = Rule(
    code="MB325",
    title="Nested symbol",
    severity=Severity.WARNING,
    explanation=(
        "Workers take a class or function from its module by one plain name, so one that is "
        "defined inside another class (`Models.SIR`) is not found. Move it to the top level of "
        "the module. Programs that resolve qualified names can use it as it is."
    ),
    check=check,
)
