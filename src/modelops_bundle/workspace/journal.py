"""Where a pull keeps what it has fetched until all of it can be moved into place (law 9).

While the folder has no journal, nothing of the project has been touched, and dropping the folder
undoes the pull. From the moment the journal is there the pull is decided, and whoever comes next
finishes it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from modelops_bundle.codec.journal_json import decode_journal, encode_journal
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.transfer import PullJournal
from modelops_bundle.errors import FileAccessError
from modelops_bundle.workspace import cachefiles
from modelops_bundle.workspace.atomic import sync_folder, write_atomic
from modelops_bundle.workspace.hashing import UnstableFileError, hash_file
from modelops_bundle.workspace.pending import PULL_FOLDER
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.root import PROJECT_FOLDER

_JOURNAL = "journal.json"
_BACKUP = "backup"
_FETCHED = "fetched"
#: Larger than any journal that is written: some 300 bytes for each of 200,000 files.
_LIMIT_BYTES = 256 * 1024 * 1024


def pull_lock(project: Project) -> Path:
    """Held from before a pull begins to fetch until it is done.

    The project's own lock is held only while files are moved: fetching may take long.

    Raises:
        FileAccessError: there is no place for it.
    """
    _prepare_cache(project.cache)
    return project.cache / f"{PULL_FOLDER}.lock"


class PullFolder:
    """The folder of one pull, and beside it what earlier ones fetched before they were cut off."""

    def __init__(self, project: Project) -> None:
        """Nothing is read or written yet; the caller holds `pull_lock`."""
        self._cache = project.cache
        self._folder = project.cache / PULL_FOLDER
        self._fetched = project.cache / _FETCHED
        self._complete: set[int] = set()

    def begin(self) -> None:
        """Make the folder, empty.

        Raises:
            FileAccessError: it cannot be made.
        """
        _prepare_cache(self._cache)
        try:
            self._folder.mkdir()
        except OSError as error:
            raise _unwritable(error) from error

    def staged(self, number: int) -> Path:
        """Where the new content of a step is put aside."""
        return self._folder / str(number)

    def stage(self, number: int, content: Iterable[bytes]) -> None:
        """Put the new content of a step aside, durably.

        Raises:
            FileAccessError: it cannot be written.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            file = os.open(f"{self._folder}/{number}", flags, 0o666)
        except OSError as error:
            raise _unwritable(error) from error
        with open(file, "wb", buffering=0) as stream:
            for chunk in content:
                try:
                    rest = memoryview(chunk)
                    while rest:
                        rest = rest[stream.write(rest) :]
                except OSError as error:
                    raise _unwritable(error) from error
            os.fsync(file)
        self._complete.add(number)

    def keep(self, contents: Mapping[int, Digest]) -> int:
        """Keep what was put aside to its end for the next pull.

        Args:
            contents: By the number of its step.

        Returns:
            How many of them are kept.
        """
        if self._complete and not self._fetched.is_symlink():
            with suppress(OSError):
                self._fetched.mkdir(exist_ok=True)
                for number in sorted(self._complete):
                    os.replace(self.staged(number), self._fetched / contents[number].hex)
        return sum((self._fetched / digest.hex).is_file() for digest in contents.values())

    def take(self, number: int, digest: Digest) -> bool:
        """Put aside what an earlier pull kept; False where it did not."""
        kept = self._fetched / digest.hex
        if self._fetched.is_symlink() or kept.is_symlink():
            return False
        try:
            found = hash_file(str(kept))
            if found is None or found.digest.hex() != digest.hex:
                return False
            os.replace(kept, self.staged(number))
        except (OSError, UnstableFileError):
            return False
        self._complete.add(number)
        return True

    def forget(self) -> None:
        """Drop what earlier pulls kept."""
        if self._fetched.is_symlink():
            self._fetched.unlink(missing_ok=True)
        else:
            shutil.rmtree(self._fetched, ignore_errors=True)

    def commit(self, journal: PullJournal) -> None:
        """Decide the pull: from now on it is finished, not undone."""
        sync_folder(str(self._folder))
        write_atomic(self._folder / _JOURNAL, encode_journal(journal))
        sync_folder(str(self._cache))

    def journal(self) -> PullJournal | None:
        """What is to be finished; None where the pull was cut off before it was decided.

        Raises:
            ConfigError: the journal is damaged.
        """
        if self._folder.is_symlink():
            return None
        content = cachefiles.read(str(self._folder), _JOURNAL, _LIMIT_BYTES)
        name = f"{PROJECT_FOLDER}/{self._cache.name}/{PULL_FOLDER}/{_JOURNAL}"
        return None if content is None else decode_journal(content, name)

    def backup(self) -> Path:
        """A new folder for local work that `--overwrite` replaces; kept until somebody deletes it.

        Raises:
            FileAccessError: it cannot be made.
        """
        parent = self._cache / _BACKUP
        try:
            parent.mkdir(exist_ok=True)
            taken = [int(name) for name in os.listdir(parent) if name.isascii() and name.isdigit()]
            folder = parent / str(max(taken, default=0) + 1)
            folder.mkdir()
        except OSError as error:
            raise _unwritable(error) from error
        return folder

    def close(self) -> None:
        """Remove the folder: the journal first, since without it the rest means nothing."""
        if self._folder.is_symlink():
            self._folder.unlink(missing_ok=True)
            return
        (self._folder / _JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def holds_fetched(project: Project) -> bool:
    """Whether a pull that was cut off kept something there for the next."""
    return (project.cache / _FETCHED).is_dir()


def _prepare_cache(cache: Path) -> None:
    if not cachefiles.prepare(str(cache)):
        raise FileAccessError(
            f"cannot use the folder {PROJECT_FOLDER}/{cache.name}",
            not_done="nothing was pulled",
            hint="check that it is a folder that you can write to",
        )


def _unwritable(error: OSError) -> FileAccessError:
    return FileAccessError(
        f"cannot put fetched files aside: {error.strerror or error}",
        not_done="no file of the project was changed",
        hint="check the permissions of the project's folder and the free space of its disk",
    )
