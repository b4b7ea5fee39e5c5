"""Imports that lead to packages outside the project: they are here by chance, and do not travel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from modelops_bundle.analysis.project import Analysis
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.workspace.local_packages import LocalPackages, local_packages
from modelops_bundle.workspace.project import PYPROJECT, Project

CODE = "MB312"


@dataclass(frozen=True, slots=True)
class Siblings:
    """What was found.

    Attributes:
        findings: An error for each module and the first place that imports it.
        depends_on: Absolute paths outside the scan that they depend on.
    """

    findings: tuple[Finding, ...] = ()
    depends_on: tuple[str, ...] = ()


def siblings(project: Project, record: BundleRegistry, analysis: Analysis) -> Siblings:
    """Look for what the entries import, and neither the project nor Python provides, on this disk.

    Packages from an index are no matter here: only what was installed from a folder is.
    """
    places: dict[str, Location] = {}
    for _, entry in record.entries():
        closure = analysis.closures.get(entry.path)
        for name, place in closure.third_party.items() if closure is not None else ():
            if name not in places or place < places[name]:
                places[name] = place
    findings = [
        Finding(
            code=CODE,
            severity=Severity.ERROR,
            key=root.mount,
            message=f"extra root {root.written} is not there, and neither is {root.mount}",
            hint="Bring the folder back, or run 'mops-bundle pull' for the bundle's copy of it",
            location=Location(PYPROJECT),
        )
        for root in project.extra_roots.configured
        if root.place is None and not (project.root / root.mount).is_dir()
    ]
    findings += [
        Finding(
            code=CODE,
            severity=Severity.ERROR,
            key=root.mount,
            message=f"{root.mount} is a folder of the project, and extra root {root.written} "
            "takes its place",
            hint=f"Remove the folder, or give the extra root another name in {PYPROJECT}",
            location=Location(PYPROJECT),
        )
        for root in project.extra_roots.configured
        if root.place is not None and (project.root / root.mount).exists()
    ]
    if not places:
        return Siblings(tuple(findings))
    packages = local_packages(str(project.root))
    findings += _imported(project, packages, places)
    return Siblings(tuple(findings), tuple(dict.fromkeys(packages.looked_at)))


def _imported(
    project: Project, packages: LocalPackages, places: dict[str, Location]
) -> Iterator[Finding]:
    root = str(project.root)
    for name, place in sorted(places.items()):
        found = packages.find(name)
        if found is None:
            continue
        path, source = found
        folder = os.path.relpath(os.path.dirname(path), root).replace(os.sep, "/")
        shown = os.path.relpath(path, root).replace(os.sep, "/")
        if folder.startswith(".."):
            why = "it is outside the project"
            setting = f'extra-roots = {{"libs/{name}" = "{folder}"}}'
        else:
            why = "no source root leads there"
            setting = f'source-roots = [".", "{folder}"]'
        yield Finding(
            code=CODE,
            severity=Severity.ERROR,
            key=place.path,
            message=f"'{name}' is imported from {shown} ({source}): {why}, so workers would not "
            "find it",
            hint=f"In {PYPROJECT}, under [tool.modelops-bundle]: {setting}",
            location=place,
        )
