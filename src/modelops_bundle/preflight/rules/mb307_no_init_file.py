"""MB307: a folder of an entry's module has no `__init__.py`."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import settled_entries


def check(context: PreflightContext) -> Iterator[Finding]:
    """One info per folder, at the first entry below it."""
    packages = context.observed.project.packages
    files = context.observed.files
    seen: set[BundlePath] = set()
    for key, entry in settled_entries(context):
        for folder in _package_folders(entry):
            if folder in seen or folder in packages or entry.path not in files:
                continue
            seen.add(folder)
            yield Finding(
                code=RULE.code,
                severity=RULE.severity,
                key=str(key),
                message=f"Folder '{folder}' has no __init__.py: it imports as a namespace package",
                hint=f"Create an empty {folder}/__init__.py",
                location=Location(entry.path),
            )


def _package_folders(entry: ModelEntry | TargetEntry) -> Iterator[BundlePath]:
    """The folders that stand for the packages of an entry's module, innermost first."""
    folder = entry.path.parent
    is_package = entry.path.name == "__init__.py"
    for _ in range(entry.entrypoint.module.count(".") + is_package):
        if folder == ROOT:
            return
        yield folder
        folder = folder.parent


RULE = Rule(
    code="MB307",
    title="Folder without `__init__.py`",
    severity=Severity.INFO,
    explanation=(
        "A folder on the way to an entry's module has no `__init__.py`. Python imports it as a "
        "namespace package, so this is no error; but a folder of the same name elsewhere on the "
        "path would be merged with it, and some build and test tools leave it out. An empty "
        "file settles it."
    ),
    check=check,
)
