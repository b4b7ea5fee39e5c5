"""Where an installed package's source is: found by looking, never by importing.

The project's own virtual environment comes first, then the environment that runs this program.
Folders that `.pth` files add (editable installs) count.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.workspace.site_packages import (
    ENVIRONMENTS,
    added_folders,
    adding_files,
    is_environment,
    site_packages,
)


@dataclass(slots=True)
class InstalledPackages:
    """Looks packages up.

    Attributes:
        root: Real absolute path of the project.
        looked_at: Absolute paths that the answers depend on, whether there is something or not.
    """

    root: str
    looked_at: dict[str, None] = field(default_factory=dict)
    _folders: list[str] | None = None

    def find(self, name: str) -> PackageTree | None:
        """The source of a top-level package or module; None where it is not installed."""
        for folder in self.folders():
            path = os.path.join(folder, name)
            if os.path.isfile(os.path.join(path, "__init__.py")):
                self.looked_at[path] = None
                return PackageTree(folder, name, self.looked_at)
            if os.path.isfile(f"{path}.py"):
                self.looked_at[f"{path}.py"] = None
                return PackageTree(folder, f"{name}.py", self.looked_at)
        return None

    def folders(self) -> list[str]:
        """Where packages are looked for, as absolute paths, the project's own first."""
        if self._folders is None:
            self._folders = list(dict.fromkeys(self._search()))
        return self._folders

    def _search(self) -> Iterator[str]:
        for environment in ENVIRONMENTS:
            folder = os.path.join(self.root, environment)
            self.looked_at[folder] = None
            if is_environment(folder):
                yield from self._with_added(site_packages(folder))
        inside = self.root + os.sep
        # The working directory and the project itself are no installed packages.
        own = [one for one in sys.path if os.path.isabs(one) and os.path.isdir(one)]
        yield from self._with_added(
            one for one in own if one != self.root and not one.startswith(inside)
        )

    def _with_added(self, folders: Iterable[str]) -> Iterator[str]:
        for folder in folders:
            self.looked_at[folder] = None
            yield folder
            for name in adding_files(folder):
                path = os.path.join(folder, name)
                self.looked_at[path] = None
                for added in added_folders(path):
                    self.looked_at[added] = None
                    yield added


class PackageTree:
    """One installed package as a tree of sources (`analysis.tree.SourceTree`).

    Args:
        folder: Where it is installed, such as `site-packages`.
        top: Its folder or file there.
        looked_at: Is told of every file and folder that is looked at.
    """

    def __init__(self, folder: str, top: str, looked_at: dict[str, None]) -> None:
        self.folder = folder
        self._top = top
        self._looked_at = looked_at

    def _place(self, path: BundlePath) -> str:
        place = os.path.join(self.folder, path)
        self._looked_at[place] = None
        return place

    def _is_inside(self, path: BundlePath) -> bool:
        return path.parts[:1] == (self._top,)

    def is_file(self, path: BundlePath) -> bool:
        return self._is_inside(path) and os.path.isfile(self._place(path))

    def is_dir(self, path: BundlePath) -> bool:
        return path == ROOT or (self._is_inside(path) and os.path.isdir(self._place(path)))

    def children(self, folder: BundlePath) -> Iterable[BundlePath]:
        if folder == ROOT:
            return [BundlePath(self._top)]
        if not self._is_inside(folder):
            return []
        try:
            return [
                BundlePath(f"{folder}/{name}") for name in sorted(os.listdir(self._place(folder)))
            ]
        except OSError:
            return []

    def source_files(self) -> Iterable[BundlePath]:
        if self._top.endswith(".py"):
            return [BundlePath(self._top)]
        return [one for one in self.children(BundlePath(self._top)) if one.endswith(".py")]

    def read(self, path: BundlePath) -> bytes:
        with open(self._place(path), "rb") as file:
            return file.read()

    def digest(self, path: BundlePath) -> Digest:
        return Digest.of_bytes(self.read(path))
