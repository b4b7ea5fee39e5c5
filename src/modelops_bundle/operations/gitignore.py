"""Whether git leaves out the registry, which is to be committed."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.workspace.project import REGISTRY, Project

_IS_IGNORED = ("check-ignore", "-q", "--no-index")
_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class GitView:
    """What git says, and the absolute paths that its answer depends on."""

    findings: tuple[Finding, ...] = ()
    depends_on: tuple[str, ...] = ()


def view_git(project: Project) -> GitView:
    """A warning where git ignores the registry: a clone would have none."""
    top = _top(str(project.root))
    if top is None:
        return GitView(depends_on=(os.path.join(str(project.root), ".git"),))
    depends = tuple(_ignore_files(str(project.root), top))
    if not registry_is_ignored(project):
        return GitView((), depends)
    finding = Finding(
        code="MB330",
        severity=Severity.WARNING,
        message=f"git ignores {REGISTRY}: a clone of this project has no registry",
        hint="Run 'mops-bundle init --fix-gitignore'",
        location=Location(REGISTRY),
    )
    return GitView((finding,), depends)


def registry_is_ignored(project: Project) -> bool:
    """Whether git would leave the registry out of a commit; False where there is no git."""
    git = shutil.which("git")
    if git is None:
        return False
    try:
        done = subprocess.run(
            # core.fsmonitor could name a program of the project's choosing.
            [git, "-C", str(project.root), "-c", "core.fsmonitor=false", *_IS_IGNORED, REGISTRY],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _top(folder: str) -> str | None:
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _ignore_files(root: str, top: str) -> list[str]:
    files = [os.path.join(root, ".modelops-bundle", ".gitignore")]
    folder = root
    while True:
        files.append(os.path.join(folder, ".gitignore"))
        if folder == top:
            break
        folder = os.path.dirname(folder)
    return [*files, os.path.join(top, ".git", "info", "exclude")]
