"""Files and folders that a path that is not there may stand for: typed wrong, or elsewhere."""

from __future__ import annotations

import itertools
import os

from modelops_bundle.core.closest import closest
from modelops_bundle.workspace.ignore import FOREIGN_MARKERS, excluded_by_name

#: Names of one folder that are compared; in a larger one nothing is suggested.
_NAMES = 5_000
#: Folders that are looked into for a file of the same name.
_FOLDERS = 500


def nearby_path(base: str, path: str) -> str | None:
    """The path that is there instead of one that is not: each name as it is, or the closest one.

    Args:
        base: The folder that a relative path starts from.
    """
    found: list[str] = []
    for part in path.split("/"):
        folder = os.path.join(base, "/".join(found) or ("/" if path.startswith("/") else "."))
        if part in ("", ".", "..") or os.path.lexists(os.path.join(folder, part)):
            found.append(part)
            continue
        near = closest(part, _names(folder), number=1)
        if not near:
            return None
        found += near
    return "/".join(found)


def namesake(root: str, path: str) -> str | None:
    """The one file of a project whose path ends as this one does, as far as any does.

    Args:
        root: The project's folder.
        path: Relative to it; nothing is there.

    Returns:
        The path relative to the root; None where there is no such file, or several are as like.
    """
    wanted = path.split("/")
    found: dict[int, list[str]] = {}
    for folder, folders, names in itertools.islice(os.walk(root), _FOLDERS):
        if folder != root and any(marker in (*folders, *names) for marker in FOREIGN_MARKERS):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not excluded_by_name(name))
        if wanted[-1] in names:
            parts = os.path.relpath(os.path.join(folder, wanted[-1]), root).split(os.sep)
            pairs = zip(reversed(wanted), reversed(parts), strict=False)
            same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
            found.setdefault(same, []).append("/".join(parts))
    best = found[max(found)] if found else []
    return best[0] if len(best) == 1 else None


def meant_path(base: str, path: str, otherwise: str = "") -> str:
    """A hint for an error about a file or folder that is not there."""
    near = nearby_path(base, path)
    return otherwise if near is None else f"did you mean {near!r}?"


def _names(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(names) if len(names) <= _NAMES else []
