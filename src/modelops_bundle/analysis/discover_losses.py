"""Outputs and scenarios that a framework does not take over from an ancestor (MB205, MB206)."""

from __future__ import annotations

from modelops_bundle.analysis.values import Class
from modelops_bundle.core.findings import Finding, Location, Severity


def lost_on_the_way(
    cls: Class, ancestor: Class, kind: str, lost: list[str], *, model: bool
) -> Finding:
    """The finding for one class and one ancestor.

    Args:
        cls: The model class.
        ancestor: Where the methods are marked.
        kind: "output" or "scenario".
        lost: Their names.
        model: The ancestor is a model itself, but not the first.
    """
    names = ", ".join(repr(name) for name in dict.fromkeys(lost))
    plural = "s" if len(lost) > 1 else ""
    if model:
        message = (
            f"{kind}{plural} {names} of {ancestor.qualified_name} do{'' if plural else 'es'} not "
            f"reach {cls.qualified_name}: only the first model base's come along"
        )
        hint = f"Decorate a method in {cls.qualified_name} itself, or derive from one model only"
    else:
        message = (
            f"{kind}{plural} {names} of {ancestor.qualified_name} do{'' if plural else 'es'} not "
            f"reach {cls.qualified_name}: {ancestor.qualified_name} is not a model"
        )
        hint = f"Derive {ancestor.qualified_name} from the framework's base class"
    return Finding(
        code="MB206" if model else "MB205",
        severity=Severity.WARNING,
        key=str(cls.path),
        message=message,
        hint=hint,
        location=Location(cls.path, cls.line),
    )
