"""Whether a pull was cut off: one look at the disk, made by every command with `os` alone."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.workspace.project import Project

#: Below the project's cache folder; see `workspace.journal`.
PULL_FOLDER = "pull"


def is_pending(project: Project) -> bool:
    """Whether a pull is under way or was cut off."""
    return os.path.lexists(project.cache / PULL_FOLDER)
