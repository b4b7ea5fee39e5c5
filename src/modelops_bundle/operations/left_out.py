"""Dependencies that `.modelopsignore` leaves out: they are needed, and would not travel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modelops_bundle.analysis.outcome import Analysis
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.observation import Closure
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.workspace.scan import Scan


def ignored_dependencies(
    looked: Scan, record: BundleRegistry, data: Iterable[BundlePath]
) -> frozenset[BundlePath]:
    """Which of the files that entries name are ignored."""
    wanted = {*data}
    for _, entry in record.entries():
        wanted.update((entry.path, *entry.code))
    return frozenset(path for path in wanted if looked.is_ignored(path))


def ignored_imports(looked: Scan, record: BundleRegistry, analysis: Analysis) -> Iterator[Finding]:
    """An error for each ignored file that an entry's code imports.

    The analysis sees no ignored file, so that the import looks like one of an installed package.
    """
    by_path: dict[BundlePath, list[str]] = {}
    for key, entry in record.entries():
        by_path.setdefault(entry.path, []).append(str(key))
    for path, keys in sorted(by_path.items()):
        closure = analysis.closures.get(path)
        if closure is not None:
            for file in sorted(_ignored(looked, closure, analysis.source_roots)):
                yield Finding(
                    code="MB310",
                    severity=Severity.ERROR,
                    key=keys[0],
                    message=f"{path} needs {file}, which .modelopsignore leaves out: "
                    "it would not travel",
                    hint=f"Take {file} out of .modelopsignore",
                    location=Location(path),
                )


def _ignored(looked: Scan, closure: Closure, roots: tuple[BundlePath, ...]) -> Iterator[BundlePath]:
    for module in closure.dangling:
        relative = module.replace(".", "/")
        for root in roots:
            for tail in (f"{relative}.py", f"{relative}/__init__.py"):
                path = root.joined(tail)
                if looked.exists(path) and looked.is_ignored(path):
                    yield path


def own_modules(looked: Scan, record: BundleRegistry, analysis: Analysis) -> frozenset[str]:
    """Top-level names of the project's own modules: those recorded, and those that are ignored.

    One that the analysis does not see is ignored, or was moved or deleted: that is an error of
    its own, and its name none of a package that could be installed.
    """
    paths = {path for _, entry in record.entries() for path in (entry.path, *entry.code)}
    for closure in analysis.closures.values():
        paths.update(_ignored(looked, closure, analysis.source_roots))
    return frozenset(
        path.parts[len(root.parts)].removesuffix(".py")
        for path in paths
        for root in analysis.source_roots
        if path != root and path.is_within(root)
    )
