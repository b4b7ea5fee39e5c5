"""Where a project begins: the folder that holds `.modelops-bundle`, found with `os` alone."""

from __future__ import annotations

import os

#: The folder that makes its parent a project (contract.md, "On disk").
PROJECT_FOLDER = ".modelops-bundle"


def find_root(start: str) -> str | None:
    """The nearest project at this folder or above it, as a real absolute path.

    Links are resolved first, as a change of the working directory would.
    """
    try:
        folder = os.path.realpath(start)
    except OSError:
        return None
    while not os.path.isdir(f"{folder}/{PROJECT_FOLDER}"):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def cache_folder(root: str) -> str:
    """Where a project's caches are; it need not exist."""
    return f"{root}/{PROJECT_FOLDER}/cache"
