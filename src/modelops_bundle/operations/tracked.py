"""Further files that travel: added by a person, whatever the registry says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.codec.config import encode_tracked
from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.portability import check_path
from modelops_bundle.errors import InvalidPathError, UsageError
from modelops_bundle.operations.places import no_such_file, project_path
from modelops_bundle.operations.settings import read_tracked
from modelops_bundle.workspace.atomic import write_atomic
from modelops_bundle.workspace.locks import exclusive
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.root import PROJECT_FOLDER
from modelops_bundle.workspace.scan import Scan, scan


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedOutcome:
    """What changed: `unchanged` were tracked, or not tracked, before."""

    changed: tuple[BundlePath, ...]
    unchanged: tuple[BundlePath, ...]
    tracked: tuple[BundlePath, ...]


def add(
    project: Project, names: Iterable[str], *, base: Path, force: bool = False
) -> TrackedOutcome:
    """Track files; a folder stands for the files that are below it now.

    Args:
        base: The folder that relative names start from.
        force: Also what `.modelopsignore` leaves out, where it is named itself.

    Raises:
        UsageError: no such file, outside the project, ignored, or a file of the program's own.
    """
    looked = scan(project)
    wanted: list[BundlePath] = []
    for name in names:
        wanted += _files(project, looked, project_path(project, base, name), force)
    with exclusive(project.lock):
        known = set(read_tracked(project))
        added = tuple(dict.fromkeys(path for path in wanted if path not in known))
        tracked = _write(project, {*known, *added})
    unchanged = tuple(dict.fromkeys(path for path in wanted if path in known))
    return TrackedOutcome(changed=added, unchanged=unchanged, tracked=tracked)


def remove(
    project: Project, names: Iterable[str], *, base: Path, delete: bool = False
) -> TrackedOutcome:
    """Stop tracking files; a folder stands for the tracked files below it.

    Args:
        delete: Delete them from the disk as well.

    Raises:
        UsageError: nothing tracked there.
    """
    with exclusive(project.lock):
        known = read_tracked(project)
        gone: list[BundlePath] = []
        for name in names:
            path = project_path(project, base, name)
            found = [item for item in known if item.is_within(path)]
            if not found:
                raise UsageError(
                    f"{path}: not tracked",
                    not_done="nothing was removed",
                    hint=did_you_mean(path, known, "run `mops-bundle files` for what travels"),
                )
            gone += found
        tracked = _write(project, set(known) - set(gone))
        if delete:
            for path in gone:
                if project.is_elsewhere(path):
                    continue  # another project's file
                project.path(path).unlink(missing_ok=True)
    return TrackedOutcome(changed=tuple(dict.fromkeys(gone)), unchanged=(), tracked=tracked)


def _files(project: Project, looked: Scan, path: BundlePath, force: bool) -> list[BundlePath]:
    if path.is_within(BundlePath(PROJECT_FOLDER)):
        raise UsageError(f"{path}: a file of mops-bundle's own", not_done="nothing was added")
    if looked.is_dir(path) or path == ROOT:
        return [item for item in looked.files_below(path) if not item.startswith(PROJECT_FOLDER)]
    if not looked.exists(path):
        raise no_such_file(project, path, not_done="nothing was added")
    if looked.is_ignored(path) and not force:
        raise UsageError(
            f"{path}: left out by .modelopsignore",
            not_done="nothing was added",
            hint="take it out of .modelopsignore",
        )
    try:
        check_path(path)
    except InvalidPathError as error:
        raise UsageError(f"{path}: {error.message}", not_done="nothing was added") from error
    return [path]


def _write(project: Project, paths: set[BundlePath]) -> tuple[BundlePath, ...]:
    tracked = tuple(sorted(paths))
    content = encode_tracked(tracked)
    if tracked or project.tracked.exists():
        write_atomic(project.tracked, content)
    return tracked
