"""Paths that a person types, as paths of the project."""

from __future__ import annotations

import os
from pathlib import Path

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import UsageError
from modelops_bundle.workspace.nearby import meant_path, namesake
from modelops_bundle.workspace.project import Project


def no_such_file(project: Project, path: BundlePath, *, not_done: str) -> UsageError:
    """The error for a path of a project at which nothing is."""
    root = str(project.root)
    elsewhere = namesake(root, path)
    near = f"did you mean {elsewhere!r}?" if elsewhere else meant_path(root, path)
    return UsageError(f"{path}: no such file", not_done=not_done, hint=near)


def project_path(project: Project, base: Path, text: str) -> BundlePath:
    """A path as typed in a folder, relative to the project's root.

    The last component is not resolved, so that a link stands for itself.

    Raises:
        UsageError: it lies outside the project.
        InvalidPathError: its name cannot stand in a bundle.
    """
    typed = os.path.normpath(os.path.join(base, text))
    folder = os.path.realpath(os.path.dirname(typed))
    absolute = os.path.join(folder, os.path.basename(typed))
    if os.path.realpath(typed) == str(project.root):
        absolute = str(project.root)
    relative = os.path.relpath(absolute, project.root)
    if relative.split(os.sep)[0] == os.pardir:
        raise UsageError(
            f"{text}: outside the project {project.root}",
            hint="move it below the project's root: only what is there can travel",
        )
    return BundlePath.parse(relative.replace(os.sep, "/"))
