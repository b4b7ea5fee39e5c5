"""The project that a command works on: the one around the working folder."""

from __future__ import annotations

from pathlib import Path

from modelops_bundle.workspace.project import Project, find_project


def current_project() -> Project:
    """The project at the working folder or above it.

    Raises:
        ProjectNotFoundError: there is none.
    """
    return find_project(Path.cwd())
