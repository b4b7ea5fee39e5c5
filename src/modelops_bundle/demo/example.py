"""Where the example project is, and how a copy of it is made and made stale."""

from __future__ import annotations

import shutil
from pathlib import Path

from modelops_bundle.demo.story import EDITS
from modelops_bundle.errors import ConfigError

#: What a working copy of the example may hold besides the example.
_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".venv", "cache", "state.json", "lock")


def example_folder() -> Path:
    """The example project: in the installed package, else in the checkout it is run from.

    Raises:
        ConfigError: It is in neither.
    """
    here = Path(__file__).resolve()
    for folder in (here.parent / "project", here.parents[3] / "examples" / "starsim-sir"):
        if (folder / ".modelops-bundle" / "registry.yaml").is_file():
            return folder
    raise ConfigError(
        "the example project is missing from this installation",
        not_done="the demo was not started",
        hint="install modelops-bundle again",
    )


def copy_example(destination: Path) -> None:
    """Copy the example, as of its last sync, to a folder that does not exist yet."""
    shutil.copytree(example_folder(), destination, ignore=_LEFT_BEHIND)


def make_stale(project: Path) -> None:
    """Edit a copy of the example as the story tells.

    Raises:
        ValueError: The copy is not the example as of its last sync.
    """
    for edit in EDITS:
        file = project / edit.path
        file.write_bytes(edit.applied_to(file.read_bytes().decode()).encode())
