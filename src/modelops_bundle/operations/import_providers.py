"""Which installed distributions provide the imports that names alone do not explain."""

from __future__ import annotations

from modelops_bundle.analysis.outcome import Analysis
from modelops_bundle.preflight.distributions import is_provided
from modelops_bundle.workspace.installed import InstalledPackages
from modelops_bundle.workspace.installed_metadata import providers
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.pyproject import PyprojectFacts


def import_providers(
    project: Project, analysis: Analysis, tables: PyprojectFacts
) -> tuple[dict[str, frozenset[str]], tuple[str, ...]]:
    """By import name, the distributions; and absolute paths that the answer depends on.

    Metadata are looked at only where `pyproject.toml` does not seem to name a distribution.
    """
    names = {name for closure in analysis.closures.values() for name in closure.third_party}
    open_names = {name for name in names if not is_provided(name, tables.distributions)}
    if not open_names or not tables.present:
        return {}, ()
    installed = InstalledPackages(str(project.root))
    return providers(installed.folders(), open_names), tuple(installed.looked_at)
