"""What git says of the project, where there is a git and a repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from modelops_bundle.core.paths import BundlePath

_TIMEOUT_S = 30


def ignored_by_git(root: Path, paths: Iterable[BundlePath]) -> frozenset[BundlePath]:
    """Those of the paths that git would not take up; none where it cannot be asked.

    Paths that are under version control already are not ignored, whatever the patterns say.

    Args:
        root: The project's root, in a repository or not.
        paths: Relative to it; they need not exist.
    """
    # core.fsmonitor could name a program of the project's choosing.
    command = ["git", "-c", "core.fsmonitor=false", "check-ignore", "-z", "--stdin"]
    asked = b"".join(os.fsencode(path) + b"\0" for path in paths)
    if not asked:
        return frozenset()
    try:
        answer = subprocess.run(
            command,
            cwd=root,
            input=asked,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    if answer.returncode != 0:
        return frozenset()
    return frozenset(BundlePath(os.fsdecode(name)) for name in answer.stdout.split(b"\0") if name)
