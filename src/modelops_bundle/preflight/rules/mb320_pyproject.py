"""MB320: `pyproject.toml` is missing or cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.presence import explained_paths

_PYPROJECT = BundlePath("pyproject.toml")


def check(context: PreflightContext) -> Iterator[Finding]:
    """At most one finding: an error where the file is broken, a warning where there is none."""
    project = context.observed.project
    if project.pyproject_problem:
        place = Location(_PYPROJECT, project.pyproject_line)
        yield Finding(
            code=RULE.code,
            severity=Severity.ERROR,
            message=f"pyproject.toml cannot be read: {project.pyproject_problem.rstrip('.')}",
            hint=f"Correct {place}",
            location=place,
        )
    elif not project.pyproject and _PYPROJECT not in explained_paths(context):
        yield Finding(
            code=RULE.code,
            severity=Severity.WARNING,
            message="There is no pyproject.toml, so workers cannot install what the code imports",
            hint="Run 'mops-bundle init' to make one, and list the dependencies in it",
        )


RULE = Rule(
    code="MB320",
    title="`pyproject.toml` missing or invalid",
    severity=Severity.ERROR,
    explanation=(
        "Workers install a bundle's dependencies from its `pyproject.toml`. A file that is not "
        "valid TOML, or whose tables have the wrong shape, is an error; a project without one is "
        "a warning, since code that uses the standard library alone needs none."
    ),
    check=check,
)
