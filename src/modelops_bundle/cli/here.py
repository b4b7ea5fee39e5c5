"""The project that a command works on: the one around the working folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from modelops_bundle.cli.output import printable
from modelops_bundle.errors import ProjectNotFoundError
from modelops_bundle.workspace.pending import is_pending
from modelops_bundle.workspace.project import Project, find_project
from modelops_bundle.workspace.root import find_root


def current_project() -> Project:
    """The project at the working folder or above it; a pull that was cut off is settled (law 9).

    Raises:
        ProjectNotFoundError: there is none.
        ConfigError: the journal of the pull that was cut off is damaged.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError as error:
        raise ProjectNotFoundError(
            "the working folder is gone", hint="go to the project's folder, or give -C DIR"
        ) from error
    project = find_project(here)
    if is_pending(project):
        from modelops_bundle.operations.pull import recover

        for path in recover(project):
            sys.stderr.write(
                f"warning: {printable(path)} was edited since a pull was cut off; left alone\n"
            )
    return project


def in_project() -> bool:
    """Whether there is a project at the working folder or above it."""
    try:
        return find_root(os.getcwd()) is not None
    except FileNotFoundError:
        return False
