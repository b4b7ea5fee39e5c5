"""Files and folders whose path looks like a mistyped one."""

from __future__ import annotations

import os

from modelops_bundle.core.closest import closest

#: Names of one folder that are compared; in a larger one nothing is suggested.
_NAMES = 5_000


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
