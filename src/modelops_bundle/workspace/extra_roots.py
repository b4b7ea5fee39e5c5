"""Folders outside the project that its bundle carries: `extra-roots` of `pyproject.toml`.

```toml
[tool.modelops-bundle]
extra-roots = {"libs/shared" = "../shared/src"}
```

What `../shared/src` holds counts as if it were in the project, at `libs/shared`: there the bundle
carries it, and there workers find it, as `libs/shared` is a source root. Nothing is ever written
to it. Where there is no such folder, as on a machine that has only pulled the bundle, the
project's own `libs/shared` is what it is.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.portability import check_path
from modelops_bundle.errors import ConfigError, InvalidPathError
from modelops_bundle.workspace.ignore import excluded_by_name

KEY = "extra-roots"
_TABLE = "tool.modelops-bundle"
_FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class ExtraRoot:
    """One of them.

    Attributes:
        mount: Where the bundle has it.
        written: The folder as configured: relative to the project's root, POSIX.
        place: Its real absolute path; None where there is no such folder.
    """

    mount: BundlePath
    written: str
    place: str | None


@dataclass(frozen=True, slots=True)
class ExtraRoots:
    """All of a project's.

    Attributes:
        configured: In the order of the file.
        problem: Why the setting cannot be used, or "".
    """

    configured: tuple[ExtraRoot, ...] = ()
    problem: str = ""

    @property
    def places(self) -> Mapping[BundlePath, str]:
        """By mount, the folders that are there."""
        return {root.mount: root.place for root in self.configured if root.place is not None}

    def place_of(self, path: str) -> str | None:
        """Where a path of the project is, if that is in one of these folders."""
        for root in self.configured:
            if root.place is not None and BundlePath(path).is_within(root.mount):
                return root.place + path[len(root.mount) :]
        return None

    def require(self) -> None:
        """Raise ConfigError where the setting cannot be used."""
        if self.problem:
            raise ConfigError(
                f"{_FILE}: {_TABLE}.{KEY}: {self.problem}",
                hint='write it as {"libs/shared" = "../shared/src"}: the folder in the bundle, '
                "then the folder outside the project",
            )


NONE = ExtraRoots()


def read_extra_roots(root: str) -> ExtraRoots:
    """What the project in a folder (real absolute path) configures; its file is small."""
    try:
        with open(f"{root}/{_FILE}", "rb") as stream:
            content = stream.read()
    except OSError:
        return NONE
    return extra_roots_in(root, content)


def extra_roots_in(root: str, content: bytes) -> ExtraRoots:
    """What a `pyproject.toml` configures for a project in a folder (real absolute path)."""
    if KEY.encode() not in content:
        return NONE
    import tomllib

    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return NONE  # reported where the file is read for all else
    tool = document.get("tool", {})
    settings = tool.get("modelops-bundle", {}) if isinstance(tool, dict) else {}
    value = settings.get(KEY) if isinstance(settings, dict) else None
    if value is None:
        return NONE
    if not isinstance(value, dict):
        return ExtraRoots(problem="it must be a table")
    try:
        return ExtraRoots(tuple(_checked(root, value)))
    except InvalidPathError as error:
        return ExtraRoots(problem=error.message)


def _checked(root: str, table: Mapping[str, object]) -> Iterator[ExtraRoot]:
    mounts: list[BundlePath] = []
    for text, folder in table.items():
        mount = BundlePath.parse(text)
        if mount == ROOT or any(excluded_by_name(part) for part in mount.parts):
            raise InvalidPathError(f"{text} cannot be a folder of the bundle")
        check_path(mount)
        if any(mount.is_within(one) or one.is_within(mount) for one in mounts):
            raise InvalidPathError(f"{text} is named twice, or inside another one")
        mounts.append(mount)
        yield ExtraRoot(mount, *_located(root, folder))


def _located(root: str, folder: object) -> tuple[str, str | None]:
    if not isinstance(folder, str) or not folder or "\\" in folder or "\0" in folder:
        raise InvalidPathError(f"{folder!r} is no folder")
    if folder.startswith(("/", "~")) or folder[1:2] == ":":
        raise InvalidPathError(f"{folder} is absolute: it would mean nothing elsewhere")
    written = posixpath.normpath(folder)
    place = os.path.realpath(f"{root}/{written}")
    if not written.startswith("..") or place.startswith(f"{root}/"):
        raise InvalidPathError(f"{folder} is inside the project: name it in source-roots")
    if f"{root}/".startswith(f"{place.rstrip('/')}/"):
        raise InvalidPathError(f"{folder} holds the project itself")
    return written, place if os.path.isdir(place) else None
