"""MB322: an import of a package that `pyproject.toml` does not name."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.analysis.stdlib import STANDARD_LIBRARY
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.distributions import (
    distribution_for,
    is_provided,
    normalised,
)
from modelops_bundle.preflight.entities import settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One warning per import name, at the first place that imports it."""
    project = context.observed.project
    if not project.pyproject or project.pyproject_problem:
        return
    own = normalised(project.name)
    needed = _needed(context)
    for name, place in sorted(_imports(context).items()):
        if normalised(name) == own or is_provided(name, project.distributions):
            continue
        installed = project.providers.get(name, frozenset())
        if own in installed or not installed.isdisjoint(project.distributions):
            continue
        distribution = min(installed, default=distribution_for(name))
        yield Finding(
            code=RULE.code,
            severity=RULE.severity if name in needed else Severity.INFO,
            key=place.path,
            message=f"'{name}' is imported, but pyproject.toml does not name it as a dependency",
            hint=f"Add '{distribution}' to the dependencies in pyproject.toml",
            location=place,
        )


def _imports(context: PreflightContext) -> dict[str, Location]:
    """Third-party import names of all entries, with the first place of each."""
    first: dict[str, Location] = {}
    paths = dict.fromkeys(entry.path for _, entry in settled_entries(context))
    for path in paths:
        closure = context.observed.closures.get(path)
        for name, place in closure.third_party.items() if closure else ():
            if name not in first or place < first[name]:
                first[name] = place
    return {name: place for name, place in first.items() if name not in STANDARD_LIBRARY}


def _needed(context: PreflightContext) -> set[str]:
    """Import names that some entry cannot do without."""
    closures = (context.observed.closures.get(e.path) for _, e in settled_entries(context))
    return {name for one in closures if one for name in one.third_party.keys() - one.optional}


RULE = Rule(
    code="MB322",
    title="Import that `pyproject.toml` does not declare",
    severity=Severity.WARNING,
    explanation=(
        "The code of an entry imports a package that no dependency table of `pyproject.toml` "
        "names. It may be installed here by chance, or come along with another dependency; on a "
        "worker it may be absent or of another version. Names are compared as PEP 503 normalises "
        "them; where that does not tell, the metadata of what is installed in the project's "
        "virtual environment, or in the active one, do, and packages whose import name differs "
        "from their distribution's (`sklearn`, `yaml`, `PIL`) are known anyway. The standard "
        "library and the project's own modules are left out. An import that the code can do "
        "without (`try: ... except ImportError`) is a note."
    ),
    check=check,
)
