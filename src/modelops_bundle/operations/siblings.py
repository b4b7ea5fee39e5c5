"""Imports that work here by chance: packages outside the project, files that are found by luck."""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from modelops_bundle.analysis.outcome import Analysis
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.preflight.distributions import is_provided
from modelops_bundle.workspace.local_packages import LocalPackages, local_packages
from modelops_bundle.workspace.project import PYPROJECT, Project
from modelops_bundle.workspace.scan import Scan

CODE = "MB312"
NOT_FOUND = "MB304"


@dataclass(frozen=True, slots=True)
class Siblings:
    """What was found.

    Attributes:
        findings: An error for each module and the first place that imports it.
        depends_on: Absolute paths outside the scan that they depend on.
        named: The modules: nothing else need be said of them.
    """

    findings: tuple[Finding, ...] = ()
    depends_on: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()


def siblings(
    project: Project,
    files: Set[BundlePath],
    analysis: Analysis,
    looked: Scan,
    distributions: Set[str],
) -> Siblings:
    """Look for what the entries import, and neither the project nor Python provides, on this disk.

    Packages from an index are no matter here: only what was installed from a folder is, and files
    that an import nearly means.

    Args:
        files: Those that entries are defined in, or are about to be.
        distributions: Normalised names of what `pyproject.toml` installs.
    """
    findings = [*_mounted(project)]
    places = _imports(files, analysis)
    if not places:
        return Siblings(tuple(findings))
    packages = local_packages(str(project.root))
    found = dict(_imported(project, packages, places))
    for name, place in sorted(places.items()):
        if name not in found and not is_provided(name, distributions):
            nearly = next(_nearly(looked, analysis.source_roots, name, place), None)
            if nearly is not None:
                found[name] = nearly
    return Siblings(
        (*findings, *found.values()),
        tuple(dict.fromkeys(packages.looked_at)),
        frozenset(found),
    )


def _imports(files: Set[BundlePath], analysis: Analysis) -> dict[str, Location]:
    """What these files import from elsewhere, with the first place of each."""
    places: dict[str, Location] = {}
    for path in files:
        closure = analysis.closures.get(path)
        for name, place in closure.third_party.items() if closure is not None else ():
            if name not in places or place < places[name]:
                places[name] = place
    return places


def _mounted(project: Project) -> Iterator[Finding]:
    """Extra roots that are nowhere, and those that are in two places."""
    for root in project.extra_roots.configured:
        message = hint = ""
        if root.place is None and not (project.root / root.mount).is_dir():
            message = f"extra root {root.written} is not there, and neither is {root.mount}"
            hint = "Bring the folder back, or run 'mops-bundle pull' for the bundle's copy of it"
        elif root.place is not None and (project.root / root.mount).exists():
            message = f"{root.mount} is a folder of the project, and extra root {root.written} "
            message += "takes its place"
            hint = f"Remove the folder, or give the extra root another name in {PYPROJECT}"
        if message:
            yield Finding(
                code=CODE,
                severity=Severity.ERROR,
                key=root.mount,
                message=message,
                hint=hint,
                location=Location(PYPROJECT),
            )


def without(analysis: Analysis, named: Set[str]) -> Analysis:
    """An analysis in which these modules are no packages to be installed."""
    closures = {
        path: replace(
            closure,
            third_party={n: at for n, at in closure.third_party.items() if n not in named},
        )
        for path, closure in analysis.closures.items()
    }
    return replace(analysis, closures=closures) if named else analysis


def _nearly(
    looked: Scan, roots: tuple[BundlePath, ...], name: str, place: Location
) -> Iterator[Finding]:
    """A file beside the importing one, or one whose name differs in case."""
    beside = place.path.parent
    if beside not in roots:
        for child in (beside.joined(f"{name}.py"), beside.joined(name, "__init__.py")):
            if looked.is_file(child):
                dotted = ".".join((*_below(beside, roots), name))
                yield _error(
                    f"'{name}' is imported, and {child} is not found under that name: workers "
                    f"import it as {dotted}",
                    f"Write 'import {dotted}' or a relative import, or name {beside} in "
                    "source-roots",
                    place,
                )
                return
    for root in roots:
        for child in looked.children(root) if looked.is_dir(root) or root == ROOT else ():
            stem = child.name.removesuffix(".py")
            is_module = stem != child.name or looked.is_file(child.joined("__init__.py"))
            if is_module and stem.casefold() == name.casefold():
                message = f"'{name}' is imported, and {child} is not found under that name: case"
                yield _error(f"{message} counts", f"Write '{stem}'", place)
                return


def _below(folder: BundlePath, roots: tuple[BundlePath, ...]) -> tuple[str, ...]:
    root = max((one for one in roots if folder.is_within(one)), key=lambda one: len(one.parts))
    return folder.parts[len(root.parts) :]


def _error(message: str, hint: str, place: Location) -> Finding:
    return Finding(
        code=NOT_FOUND,
        severity=Severity.ERROR,
        key=place.path,
        message=message,
        hint=hint,
        location=place,
    )


def _imported(
    project: Project, packages: LocalPackages, places: dict[str, Location]
) -> Iterator[tuple[str, Finding]]:
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
        finding = Finding(
            code=CODE,
            severity=Severity.ERROR,
            key=place.path,
            message=f"'{name}' is imported from {shown} ({source}): {why}, so workers would not "
            "find it",
            hint=f"In {PYPROJECT}, under [tool.modelops-bundle]: {setting}",
            location=place,
        )
        yield name, finding
