"""Where packages are installed: virtual environments by custom, and what files there add.

Found by looking; nothing is run that an environment holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

#: Where a virtual environment of a project is, by custom.
ENVIRONMENTS = (".venv", "venv", "env")
_ADDING = (".pth", ".egg-link")
_MAX_BYTES = 1 << 16


def is_environment(folder: str) -> bool:
    """Whether a folder is a virtual environment (PEP 405)."""
    return os.path.isfile(os.path.join(folder, "pyvenv.cfg"))


def site_packages(environment: str) -> list[str]:
    """The folders of an environment that packages are installed in, sorted."""
    below = os.path.join(environment, "lib")
    places = [os.path.join(below, version, "site-packages") for version in listed(below)]
    places.append(os.path.join(environment, "Lib", "site-packages"))
    return [place for place in places if os.path.isdir(place)]


def adding_files(folder: str) -> list[str]:
    """The names of the files in a folder of packages that add others to it, sorted."""
    return [name for name in listed(folder) if name.endswith(_ADDING)]


def added_folders(path: str) -> Iterator[str]:
    """The folders that such a file adds and that are there, normalised.

    Lines that Python would run add nothing here; of an `.egg-link` the first one counts.
    """
    try:
        with open(path, "rb") as stream:
            lines = stream.read(_MAX_BYTES).decode("utf-8", "ignore").splitlines()
    except OSError:
        return
    for line in lines[:1] if path.endswith(".egg-link") else lines:
        if line.strip() and not line.startswith(("import ", "import\t", "#")):
            added = os.path.normpath(os.path.join(os.path.dirname(path), line.strip()))
            if os.path.isdir(added):
                yield added


def listed(folder: str) -> list[str]:
    """What a folder holds, sorted; nothing where it cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
