"""Where the repository around a project begins: what CI and forges take paths to be relative to."""

from __future__ import annotations

import os
from pathlib import Path

from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.errors import InvalidPathError

#: Where a GitHub runner has the repository, also where it was fetched without a `.git`
#: (docs.github.com, "Variables reference").
_WORKSPACE = "GITHUB_WORKSPACE"


def place_in_repository(root: Path) -> BundlePath:
    """A project's root relative to the root of its repository; `.` where they are the same.

    So it is where there is no repository.

    Args:
        root: Real absolute path.
    """
    given = os.environ.get(_WORKSPACE)
    workspace = Path(os.path.realpath(given)) if given else None
    if workspace is not None and root.is_relative_to(workspace):
        return _relative(root, workspace)
    for folder in (root, *root.parents):
        if (folder / ".git").exists():  # a file in a linked worktree and in a submodule
            return _relative(root, folder)
    return ROOT


def _relative(root: Path, folder: Path) -> BundlePath:
    try:
        return BundlePath.parse(root.relative_to(folder).as_posix())
    except InvalidPathError:
        return ROOT  # a folder whose name no forge can show
