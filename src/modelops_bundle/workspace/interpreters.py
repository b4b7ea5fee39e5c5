"""Which Python a person means when code of a project is to run."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.errors import UsageError
from modelops_bundle.workspace.site_packages import ENVIRONMENTS, is_environment

_PROGRAMS = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")


@dataclass(frozen=True, slots=True)
class Chosen:
    """An interpreter, and why this one.

    Attributes:
        executable: Absolute; links are not followed, since a virtual environment is one.
        why: For people, such as "VIRTUAL_ENV".
    """

    executable: str
    why: str


def choose_interpreter(asked: str | None, root: Path | None) -> Chosen:
    """The interpreter that has the project's packages, as far as that can be told.

    What was asked for, else the active virtual environment, the project's own, the active Conda
    environment, and last the interpreter that runs this program.

    Args:
        asked: A program's path or name, or a virtual environment's folder.
        root: The project's, if there is one.

    Raises:
        UsageError: what was asked for is no program.
    """
    if asked is not None:
        return Chosen(_program(asked), "--python")
    active = _in_environment(os.environ.get("VIRTUAL_ENV", ""))
    if active is not None:
        return Chosen(active, "VIRTUAL_ENV")
    for name in ENVIRONMENTS if root is not None else ():
        own = _in_environment(os.path.join(str(root), name))
        if own is not None and is_environment(os.path.join(str(root), name)):
            return Chosen(own, name)
    conda = _in_environment(os.environ.get("CONDA_PREFIX", ""))
    if conda is not None:
        return Chosen(conda, "CONDA_PREFIX")
    return Chosen(sys.executable, "the Python of mops-bundle")


def _in_environment(folder: str) -> str | None:
    for name in _PROGRAMS if folder else ():
        program = os.path.join(folder, name)
        if os.access(program, os.X_OK) and os.path.isfile(program):
            return os.path.abspath(program)
    return None


def _program(asked: str) -> str:
    found = _in_environment(asked) if os.path.isdir(asked) else shutil.which(asked)
    if found is None:
        raise UsageError(
            f"no Python at {asked}", hint="give --python a program, or a virtual environment"
        )
    return os.path.abspath(found)
