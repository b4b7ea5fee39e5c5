"""Which paths an entry needs, and whether they are there and would travel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey, ModelEntry, TargetEntry
from modelops_bundle.preflight.base import PreflightContext
from modelops_bundle.preflight.entities import settled_entries

#: Findings of the scan that say why a path could not be observed.
_WHY_NOT_OBSERVED = frozenset({"MB312", "MB313", "MB314"})


def absent(
    context: PreflightContext,
    paths: Callable[[ModelEntry | TargetEntry], Iterable[BundlePath]],
    *,
    also: Collection[BundlePath] = (),
) -> dict[BundlePath, list[EntryKey]]:
    """Paths that entries name and that are not there, with the entries that name them.

    A path that is ignored, lies outside the project or cannot be read has a finding of its own
    and is left out: one cause, one finding.

    Args:
        paths: The paths that an entry names.
        also: Paths that count as absent though there is something.
    """
    explained = explained_paths(context)
    files, directories = context.observed.files, context.observed.directories
    gone: dict[BundlePath, list[EntryKey]] = {}
    for key, entry in settled_entries(context):
        for path in dict.fromkeys(paths(entry)):
            there = (path in files or path in directories) and path not in also
            if not there and not _within(path, explained):
                gone.setdefault(path, []).append(key)
    return gone


def explained_paths(context: PreflightContext) -> set[str]:
    """Paths that are ignored, lead outside the project or cannot be read."""
    explained: set[str] = {*context.observed.project.ignored, *context.observed.project.outside}
    for finding in context.observed.findings:
        if finding.code in _WHY_NOT_OBSERVED:
            explained.add(finding.key)
            if finding.location:
                explained.add(finding.location.path)
    return explained


def _within(path: BundlePath, explained: set[str]) -> bool:
    """Whether the path or a folder above it is among the explained ones."""
    while path not in explained:
        if path.parent in (path, "."):
            return False
        path = path.parent
    return True
