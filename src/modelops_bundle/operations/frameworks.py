"""Names that a project imports from its framework and the installed framework does not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_bundle.analysis.outcome import Analysis, FrameworkUse
from modelops_bundle.core.findings import Finding, Severity
from modelops_bundle.preflight.closest import Closest
from modelops_bundle.workspace.installed import InstalledPackages
from modelops_bundle.workspace.project import Project

if TYPE_CHECKING:  # it loads most of what analyses
    from modelops_bundle.analysis.framework_uses import Framework

CODE = "MB329"


@dataclass(frozen=True, slots=True)
class FrameworkNames:
    """What was found.

    Attributes:
        findings: A warning for each name and the first place that uses it.
        depends_on: Absolute paths outside the scan that they depend on.
    """

    findings: tuple[Finding, ...] = ()
    depends_on: tuple[str, ...] = ()


def framework_names(project: Project, analysis: Analysis) -> FrameworkNames:
    """Compare what is imported with the framework's source; silent where it is not installed.

    Another version may be installed where the bundle runs, so it is no more than a warning.
    """
    packages = InstalledPackages(str(project.root))
    sources: dict[str, tuple[Framework, str] | None] = {}
    findings = []
    for use in analysis.framework_uses:
        top = use.dotted.partition(".")[0]
        if top not in sources:
            sources[top] = _source_of(top, packages)
        source = sources[top]
        lacked = source[0].lacks(use.dotted) if source is not None else None
        if source is not None and lacked is not None:
            findings.append(_finding(use, *lacked, source[0]))
    return FrameworkNames(tuple(findings), tuple(packages.looked_at))


def _source_of(package: str, packages: InstalledPackages) -> tuple[Framework, str] | None:
    tree = packages.find(package)
    if tree is None:
        return None
    from modelops_bundle.analysis.framework_uses import Framework

    return Framework(tree), tree.folder


def _finding(use: FrameworkUse, module: str, name: str, framework: Framework) -> Finding:
    close = Closest(framework.names(module)).to(name)
    hint = f"is it {' or '.join(repr(one) for one in close)}?" if close else ""
    return Finding(
        code=CODE,
        severity=Severity.WARNING,
        key=use.location.path,
        message=f"{module} has no {name!r} in the version that is installed here: "
        "importing this file would fail",
        hint=hint or f"Look {name!r} up in the framework, or install the version that has it",
        location=use.location,
    )
