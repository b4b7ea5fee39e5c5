"""Taking the steps of a pull, one file at a time, so that they can be taken again (law 9)."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.transfer import PullJournal, PullStep
from modelops_bundle.workspace.atomic import sync_folder
from modelops_bundle.workspace.hashing import UnstableFileError, hash_file
from modelops_bundle.workspace.journal import PullFolder
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.worktree import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of the steps.

    Attributes:
        changed: Paths that are now as the bundle has them.
        left: Paths that were left alone, and why: most often because they were edited after the
            pull was decided.
        backup: Where the local work is that `--overwrite` replaced, or None.
    """

    changed: tuple[BundlePath, ...]
    left: tuple[tuple[BundlePath, str], ...]
    backup: Path | None


class _LeftAloneError(Exception):
    """A step that must not be taken."""


_EDITED = "edited meanwhile"
_LEADS_OUT = "leads out of the project"
_LOST = "what was fetched for it is gone"


def apply_steps(
    project: Project, journal: PullJournal, folder: PullFolder, *, again: bool
) -> Applied:
    """Take all steps that have not been taken yet.

    Each file is hashed right before it is replaced or deleted, and left alone if it is not what
    the plan was made for. May be called again after a crash at any instruction.

    Args:
        again: The pull was cut off: what was put aside is verified before it is used.
    """
    run = _Run(project, folder, verify=again)
    changed: list[BundlePath] = []
    left: list[tuple[BundlePath, str]] = []
    for number, step in enumerate(journal.steps):
        try:
            run.take(number, step)
        except _LeftAloneError as error:
            left.append((step.path, str(error)))
        except UnstableFileError:
            left.append((step.path, _EDITED))
        except OSError as error:
            left.append((step.path, error.strerror or str(error)))
        else:
            changed.append(step.path)
    run.sync()
    return Applied(changed=tuple(changed), left=tuple(left), backup=run.backup)


class _Run:
    """One pass over the steps, and the folders that it touched."""

    def __init__(self, project: Project, folder: PullFolder, *, verify: bool) -> None:
        self._root = str(project.root)
        self._places = Places(self._root)
        self._folder = folder
        self._verify = verify
        self._touched: set[str] = set()
        self.backup: Path | None = None

    def take(self, number: int, step: PullStep) -> None:
        place = self._places.of(step.path)
        if place is None:
            raise _LeftAloneError(_LEADS_OUT)
        here = self._digest(place)
        if here == (step.new.digest if step.new else None):
            return
        if here is not None and here != step.old:
            raise _LeftAloneError(_EDITED)
        staged = self._folder.staged(number)
        if step.new is not None and self._verify and _digest_of(staged) != step.new.digest:
            raise _LeftAloneError(_LOST)
        if here is not None and step.backup:
            self._back_up(place, step.path)
        if step.new is None:
            self._delete(place, step.path)
        else:
            self._place(staged, place, step.path)

    def sync(self) -> None:
        """Make the new names durable."""
        for folder in sorted(self._touched):
            sync_folder(folder)

    def _digest(self, place: str) -> Digest | None:
        """The content that stands there; None for nothing, or for an empty folder."""
        try:
            found = os.lstat(place)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISDIR(found.st_mode):
            return None
        if stat.S_ISLNK(found.st_mode) and self._places.end_of(place) is None:
            raise _LeftAloneError(_LEADS_OUT)
        digest = _digest_of(Path(place))
        if digest is None:
            raise _LeftAloneError(_EDITED)
        return digest

    def _back_up(self, place: str, path: BundlePath) -> None:
        if self.backup is None:
            self.backup = self._folder.backup()
        copy = self.backup / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(place, copy)
        with open(copy, "rb") as stream:
            os.fsync(stream.fileno())
        self._touched.add(str(copy.parent))

    def _delete(self, place: str, path: BundlePath) -> None:
        os.unlink(place)
        folder = os.path.dirname(place)
        self._touched.add(folder)
        # Folders that the bundle made go with their last file; one that is not empty stays.
        with suppress(OSError):
            for _ in path.parts[1:]:
                os.rmdir(folder)
                self._touched.discard(folder)
                folder = os.path.dirname(folder)
                self._touched.add(folder)

    def _place(self, staged: Path, place: str, path: BundlePath) -> None:
        folder = os.path.dirname(place)
        self._make_folders(folder)
        with suppress(FileNotFoundError):
            found = os.lstat(place)
            if stat.S_ISDIR(found.st_mode):
                _remove_empty_folders(place)
            elif stat.S_ISREG(found.st_mode):
                os.chmod(staged, stat.S_IMODE(found.st_mode))
        self._touched.add(folder)
        try:
            os.replace(staged, place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_across(staged, place)

    def _make_folders(self, folder: str) -> None:
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        for name in reversed(missing):
            os.mkdir(name)
            self._touched.add(os.path.dirname(name))


def _digest_of(path: Path) -> Digest | None:
    """The digest of a regular file; None where there is none."""
    hashed = hash_file(str(path))
    return None if hashed is None else Digest(f"sha256:{hashed.digest.hex()}")


def _remove_empty_folders(place: str) -> None:
    """Remove a folder that holds nothing but folders; the first file in it stops this."""
    for folder, _, _ in os.walk(place, topdown=False):
        os.rmdir(folder)


def _copy_across(staged: Path, place: str) -> None:
    """Move to another file system: copied beside its place first, so that it is never torn."""
    aside = f"{os.path.dirname(place)}/.mops-{os.getpid()}-{os.urandom(4).hex()}.tmp"
    try:
        shutil.copyfile(staged, aside)
        shutil.copymode(staged, aside)
        with open(aside, "rb") as stream:
            os.fsync(stream.fileno())
        os.replace(aside, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise
    staged.unlink()
