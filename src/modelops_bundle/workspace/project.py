"""A project's own files: where the registry, the configuration and the caches are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import ProjectNotFoundError
from modelops_bundle.workspace.extra_roots import NONE, ExtraRoots, read_extra_roots
from modelops_bundle.workspace.root import PROJECT_FOLDER, find_root

REGISTRY = BundlePath(f"{PROJECT_FOLDER}/registry.yaml")
CONFIG = BundlePath(f"{PROJECT_FOLDER}/config.yaml")
TRACKED = BundlePath(f"{PROJECT_FOLDER}/tracked.txt")
STATE = BundlePath(f"{PROJECT_FOLDER}/state.json")
ENV = BundlePath(f"{PROJECT_FOLDER}/env")
IGNORE = BundlePath(".modelopsignore")
PYPROJECT = BundlePath("pyproject.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder that holds `.modelops-bundle/`.

    Attributes:
        root: Real absolute path.
        extra_roots: Folders elsewhere that count as parts of it.
    """

    root: Path
    extra_roots: ExtraRoots = NONE

    @property
    def folder(self) -> Path:
        """`.modelops-bundle` itself."""
        return self.root / PROJECT_FOLDER

    @property
    def registry(self) -> Path:
        """The registry document."""
        return self.root / REGISTRY

    @property
    def config(self) -> Path:
        """Remote, tag and storage policy."""
        return self.root / CONFIG

    @property
    def tracked(self) -> Path:
        """The list of further files that travel."""
        return self.root / TRACKED

    @property
    def state(self) -> Path:
        """What the last push and pull held; not under version control."""
        return self.root / STATE

    @property
    def env(self) -> Path:
        """The name of the pinned environment."""
        return self.root / ENV

    @property
    def cache(self) -> Path:
        """Caches; safe to delete, not under version control."""
        return self.folder / "cache"

    @property
    def lock(self) -> Path:
        """Held by whoever changes the project's files; there only while it is held."""
        return self.folder / "lock"

    @property
    def ignore_file(self) -> Path:
        """`.modelopsignore`."""
        return self.root / IGNORE

    def path(self, path: BundlePath) -> Path:
        """A project path on this disk; for reading."""
        elsewhere = self.extra_roots.place_of(path)
        return self.root / path if elsewhere is None else Path(elsewhere)

    def is_elsewhere(self, path: BundlePath) -> bool:
        """Whether a path lies in an extra root, where nothing may be written."""
        return self.extra_roots.place_of(path) is not None


def find_project(start: Path) -> Project:
    """The project at this folder or above it.

    Raises:
        ProjectNotFoundError: there is none.
    """
    root = find_root(str(start))
    if root is None:
        raise ProjectNotFoundError(
            f"no {PROJECT_FOLDER} folder in {start} or above it",
            hint="run `mops-bundle init` in the project's folder",
        )
    return Project(Path(root), read_extra_roots(root))
