"""What stands at given paths of a project, and whether they are inside it at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Sequence

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_path
from modelops_bundle.core.transfer import WorkingTree
from modelops_bundle.errors import ChangedDuringUseError, FileAccessError, InvalidPathError
from modelops_bundle.workspace.extra_roots import NONE, ExtraRoots
from modelops_bundle.workspace.hashing import Hashed, UnstableFileError, hash_all

_Inode = tuple[int, int]


class Places:
    """Turns bundle paths into places on disk, and remembers which folders lie in the project."""

    def __init__(self, root: str, extra_roots: ExtraRoots = NONE) -> None:
        """Take the project's real absolute path.

        Args:
            root: The path.
            extra_roots: Folders elsewhere that are looked at for reading; none for writing.
        """
        self._root = root
        self._extra_roots = extra_roots
        self._folders: dict[BundlePath, str | None] = {}

    def of(self, path: BundlePath) -> str | None:
        """Where a file of this path is, or would be; None for a path that no bundle has.

        None also where a link leads out of the project. Links within it are followed, as the scan
        follows them, but not into the project's record or into version control.
        """
        try:
            check_path(path)
        except InvalidPathError:
            return None
        elsewhere = self._extra_roots.place_of(path)
        if elsewhere is not None:
            return elsewhere
        folder = path.parent
        if folder not in self._folders:
            self._folders[folder] = self._real(folder)
        real = self._folders[folder]
        if real is None or real == _plain(self._root, folder):
            return None if real is None else f"{real}/{path.name}"
        return f"{real}/{path.name}" if self._allowed(f"{real}/{path.name}") else None

    def end_of(self, link: str) -> os.stat_result | None:
        """What a link leads to; None where that is outside the project, or nothing."""
        try:
            return os.stat(link) if self._allowed(os.path.realpath(link)) else None
        except OSError:
            return None

    def _real(self, folder: BundlePath) -> str | None:
        real = os.path.realpath(_plain(self._root, folder))
        return real if real == self._root or real.startswith(self._root + "/") else None

    def _allowed(self, real: str) -> bool:
        if not real.startswith(self._root + "/"):
            return False
        try:
            check_path(real[len(self._root) + 1 :])
        except InvalidPathError:
            return False
        return True


def inspect_worktree(
    root: str, recorded: Iterable[BundlePath], published: Collection[BundlePath]
) -> WorkingTree:
    """Look at every path that a pull may touch.

    Args:
        root: The project's real absolute path.
        recorded: Paths of the last state.
        published: Paths of the bundle.

    Raises:
        FileAccessError: a file cannot be read.
        ChangedDuringUseError: a file is being written to.
    """
    look = _Look(root)
    for path in sorted(set(published)):
        look.at(path, published=True)
    for path in sorted(set(recorded) - set(published)):
        look.at(path, published=False)
    places = [place for place, _ in look.regular.values()]
    digests = _hashed(list(look.regular), places, sum(n for _, n in look.regular.values()))
    return WorkingTree(files=digests, folders=look.folders, obstacles=frozenset(look.obstacles))


class _Look:
    """Collects what is found; files are hashed afterwards, all together."""

    def __init__(self, root: str) -> None:
        self._places = Places(root)
        self._published: dict[_Inode, BundlePath] = {}
        self.regular: dict[BundlePath, tuple[str, int]] = {}
        self.folders: dict[BundlePath, tuple[BundlePath, ...]] = {}
        self.obstacles: set[BundlePath] = set()

    def at(self, path: BundlePath, *, published: bool) -> None:
        """Look at one path."""
        place = self._places.of(path)
        if place is None:
            self.obstacles.add(path)
            return
        try:
            found = os.lstat(place)
        except FileNotFoundError:
            return
        except NotADirectoryError:
            self._look_above(path)
            return
        except OSError as error:
            raise _unreadable(path, error) from error
        if stat.S_ISDIR(found.st_mode):
            if published:
                self.folders[path] = tuple(_files_below(place, path))
            return
        if stat.S_ISLNK(found.st_mode):
            end = self._places.end_of(place)
            if end is None:
                self.obstacles.add(path)
                return
            found = end
        if stat.S_ISREG(found.st_mode):
            self._regular(path, place, found, published=published)
        else:
            self.obstacles.add(path)

    def _regular(
        self, path: BundlePath, place: str, found: os.stat_result, *, published: bool
    ) -> None:
        inode = (found.st_dev, found.st_ino)
        if published:
            self._published[inode] = path
        elif self._published.get(inode, "").casefold() == path.casefold():
            # One file under two spellings, where case is ignored: deleting the old spelling would
            # delete the new one.
            return
        self.regular[path] = (place, found.st_size)

    def _look_above(self, path: BundlePath) -> None:
        """A file stands where the path needs a folder: find which."""
        folder = path.parent
        while folder != ".":
            place = self._places.of(folder)
            if place is not None and os.path.isfile(place):
                self.regular[folder] = (place, os.stat(place).st_size)
                return
            folder = folder.parent
        self.obstacles.add(path)


def _hashed(
    paths: Sequence[BundlePath], places: Sequence[str], total_bytes: int
) -> dict[BundlePath, Digest]:
    digests: dict[BundlePath, Digest] = {}
    for path, outcome in zip(paths, hash_all(places, total_bytes), strict=True):
        if isinstance(outcome, Hashed):
            digests[path] = Digest(f"sha256:{outcome.digest.hex()}")
        elif isinstance(outcome, UnstableFileError):
            raise ChangedDuringUseError(f"{path} is being written to", not_done="nothing was done")
        elif isinstance(outcome, OSError):
            raise _unreadable(path, outcome)
    return digests


def _files_below(place: str, path: BundlePath) -> Iterable[BundlePath]:
    """Everything below a folder that is no folder itself."""
    for folder, folders, files in os.walk(place):
        links = [name for name in folders if os.path.islink(f"{folder}/{name}")]
        below = BundlePath(path + folder[len(place) :])
        for name in files + links:
            yield BundlePath(f"{below}/{name}")


def _plain(root: str, folder: BundlePath) -> str:
    return root if folder == "." else f"{root}/{folder}"


def _unreadable(path: BundlePath, error: OSError) -> FileAccessError:
    return FileAccessError(
        f"cannot read {path}: {error.strerror or error}",
        not_done="nothing was done",
        hint="check its permissions",
    )
