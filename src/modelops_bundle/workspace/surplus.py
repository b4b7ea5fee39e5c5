"""What a folder holds beside a bundle. No link is followed, and nothing outside is looked at."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import BUNDLE_FOLDER, check_path
from modelops_bundle.errors import InvalidPathError

#: Never looked into: what they hold cannot be fetched again.
_KEPT = frozenset({".git", ".hg", ".svn", ".bzr"})


@dataclass(frozen=True, slots=True)
class Surplus:
    """What is there and not in the bundle.

    Attributes:
        files: Regular files that a bundle could hold, sorted.
        others: All else: links, devices, names that no bundle has. Sorted.
    """

    files: tuple[BundlePath, ...] = ()
    others: tuple[BundlePath, ...] = ()


def find_surplus(root: str, wanted: Collection[BundlePath]) -> Surplus:
    """Look through a folder.

    The program's own folder and those of version control are passed over.

    Args:
        root: Real absolute path.
        wanted: The files of the bundle.
    """
    files: list[BundlePath] = []
    others: list[BundlePath] = []
    needed = {str(folder) for path in wanted for folder in _above(path)}
    for path, mode in _below(root, ""):
        if path in wanted and stat.S_ISREG(mode):
            continue
        if stat.S_ISLNK(mode) and (path in needed or path in wanted):
            # A link that stands for a folder or a file of the bundle: settled with that.
            continue
        (files if stat.S_ISREG(mode) and _is_portable(path) else others).append(BundlePath(path))
    return Surplus(tuple(sorted(files)), tuple(sorted(others)))


def remove_surplus(root: str, surplus: Surplus) -> tuple[str, ...]:
    """Remove what cannot be a step of a pull, and folders that nothing is left in.

    Returns:
        What was removed beside folders, sorted.

    Raises:
        OSError: the system refuses.
    """
    for path in surplus.others:
        with suppress(FileNotFoundError):
            os.unlink(f"{root}/{path}")
    _remove_empty(root, top=True)
    return tuple(str(path) for path in surplus.others)


def _below(root: str, folder: str) -> Iterator[tuple[str, int]]:
    """Everything but folders, with its mode."""
    with os.scandir(f"{root}/{folder}") as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _KEPT and path != BUNDLE_FOLDER:
                yield from _below(root, path)
        else:
            yield path, entry.stat(follow_symlinks=False).st_mode


def _remove_empty(folder: str, *, top: bool = False) -> None:
    with os.scandir(folder) as entries:
        inner = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    for entry in inner:
        if entry.name not in _KEPT and not (top and entry.name == BUNDLE_FOLDER):
            _remove_empty(entry.path)
    if not top:
        with suppress(OSError):
            os.rmdir(folder)


def _above(path: BundlePath) -> Iterator[BundlePath]:
    folder = path.parent
    while folder != ".":
        yield folder
        folder = folder.parent


def _is_portable(path: str) -> bool:
    try:
        check_path(path)
    except InvalidPathError:
        return False
    return True
