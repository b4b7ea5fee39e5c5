"""MB321: nothing tells the platform's workers how to run the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import settled_entries

_PYPROJECT = BundlePath("pyproject.toml")
_WIRE = BundlePath("wire.py")
#: The import name of the distribution that has a wire function.
_FRAMEWORK = "modelops_calabaria"


def check(context: PreflightContext) -> Iterator[Finding]:
    """At most one warning; none where there is nothing to run or `pyproject.toml` is broken.

    Code that imports the framework lacks the dependency that would bring the function: that is
    MB322's to say.
    """
    project, registry = context.observed.project, context.registry
    if project.wire_line and (registry.models or registry.targets):
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            message="The platform's workers cannot call this function wire: they pass an "
            "entrypoint, parameters and a seed, by position",
            hint="Define it as wire(entrypoint, parameters, seed)",
            location=Location(_WIRE, project.wire_line),
        )
    if project.wire or project.pyproject_problem or not (registry.models or registry.targets):
        return
    if project.pyproject and _imports_framework(context):
        return
    yield Finding(
        code=RULE.code,
        severity=RULE.severity,
        message="Nothing tells the platform's workers how to run this bundle (no wire function)",
        hint=(
            "Add 'modelops-calabaria' to the dependencies in pyproject.toml, or write a wire.py "
            "that defines wire(entrypoint, parameters, seed)"
        ),
        location=Location(_PYPROJECT) if project.pyproject else None,
    )


def _imports_framework(context: PreflightContext) -> bool:
    closures = context.observed.closures
    paths = {entry.path for _, entry in settled_entries(context)}
    return any(path in closures and _FRAMEWORK in closures[path].third_party for path in paths)


RULE = Rule(
    code="MB321",
    title="No wire function",
    severity=Severity.WARNING,
    explanation=(
        "The platform's workers run a bundle through a wire function. They look for an entry "
        "point of the group `modelops.wire`, in the bundle or in a dependency such as "
        "`modelops-calabaria`, for `.modelops/manifest.json`, and for `wire.py` at the root. None "
        "of these is there, or the function in `wire.py` cannot take the entrypoint, the "
        "parameters and the seed that they pass to it. A bundle that is not meant for the platform "
        "needs none. Code that imports `modelops_calabaria` undeclared is MB322 instead."
    ),
    check=check,
)
