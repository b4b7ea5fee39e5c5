"""A private folder in which a bundle's code may do what it likes, and which is gone afterwards."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import ChangedDuringUseError, FileAccessError
from modelops_bundle.workspace.hashing import Hashed, hash_all

#: Gives the bytes of a file, in pieces.
Reader = Callable[[FileState], Iterable[bytes]]
_CACHES = frozenset(("__pycache__",))
_PRIVATE = {
    "HOME": "home",
    "TMPDIR": "tmp",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
    "MPLCONFIGDIR": "home/.config/matplotlib",
    "NUMBA_CACHE_DIR": "home/.cache/numba",
}


@dataclass(frozen=True, slots=True)
class Traces:
    """What running code left in a copy of the bundle; paths are sorted.

    Attributes:
        damaged: Files of the bundle that were changed or deleted.
        added: Others.
    """

    damaged: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


class Sandbox:
    """The folder. Leave it as a context: it is removed."""

    def __init__(self) -> None:
        """Make it.

        Raises:
            FileAccessError: there is no room for temporary files.
        """
        try:
            made = tempfile.mkdtemp(prefix="mops-verify-")
            self.root = Path(os.path.realpath(made))
            for name in _PRIVATE.values():
                (self.root / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(error) from error

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        _remove(self.root)

    def environment(self) -> dict[str, str]:
        """Variables for a process in here: nothing of Python's, and no home to write to."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "__PYVENV")) and name != "VIRTUAL_ENV"
        }
        private = {name: str(self.root / place) for name, place in _PRIVATE.items()}
        return {**kept, **private, "MPLBACKEND": "Agg"}

    def copy(
        self,
        name: str,
        files: Mapping[BundlePath, FileState],
        read: Reader,
        told: Callable[[int], None] | None = None,
    ) -> BundleCopy:
        """A copy of the bundle, exactly as it travels.

        Args:
            told: Of so many bytes more that have been written.

        Raises:
            ChangedDuringUseError: a file is no longer what it was.
            FileAccessError: a file cannot be read, or there is no room.
        """
        made = BundleCopy(self.root / name, files, read)
        made.fill(told)
        return made


class BundleCopy:
    """One copy of a bundle's files; what was done to it can be told, and undone."""

    def __init__(self, folder: Path, files: Mapping[BundlePath, FileState], read: Reader) -> None:
        self.folder = folder
        self._files = files
        self._read = read
        self._stamps: dict[str, tuple[int, ...]] = {}

    def fill(self, told: Callable[[int], None] | None = None) -> None:
        """Write all files anew.

        Raises:
            ChangedDuringUseError, FileAccessError: as `Sandbox.copy`.
        """
        _remove(self.folder)
        try:
            self.folder.mkdir()
            for state in self._files.values():
                self._write(state, told)
        except OSError as error:
            raise _unwritable(error) from error
        self._stamps = dict(self._found())

    def traces(self) -> Traces:
        """What is no longer as it was written; files that only look touched are as they were."""
        found = dict(self._found())
        suspects = [path for path, stamp in self._stamps.items() if found.get(path) != stamp]
        places = [str(self.folder / path) for path in suspects]
        outcomes = hash_all(places, 0) if suspects else []
        damaged = [
            path
            for path, outcome in zip(suspects, outcomes, strict=True)
            if not isinstance(outcome, Hashed)
            or outcome.digest.hex() != self._files[BundlePath(path)].digest.hex
        ]
        return Traces(tuple(sorted(damaged)), tuple(sorted(set(found) - set(self._stamps))))

    def restore(self) -> None:
        """Be as written again, at the cost of a new copy where anything was touched."""
        if dict(self._found()) != self._stamps:
            self.fill()

    def _write(self, state: FileState, told: Callable[[int], None] | None) -> None:
        place = self.folder / state.path
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with place.open("xb") as stream:
            for piece in self._read(state):
                digest.update(piece)
                stream.write(piece)
                if told is not None:
                    told(len(piece))
        if digest.hexdigest() != state.digest.hex:
            raise ChangedDuringUseError(
                f"{state.path} changed while it was copied",
                not_done="nothing was run",
                hint="run the command again when nothing writes to the project",
            )

    def _found(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name not in _CACHES]
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            for name in (*names, *links):
                path = os.path.join(folder, name)
                try:
                    seen = os.lstat(path)
                except OSError:
                    continue
                stamp = (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_mode)
                yield os.path.relpath(path, self.folder), stamp


def _remove(folder: Path) -> None:
    """Remove a folder whatever permissions the user's code has left behind."""
    if not os.path.lexists(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    for inside, _, _ in os.walk(folder):
        try:
            os.chmod(inside, stat.S_IRWXU)
        except OSError:
            continue
    shutil.rmtree(folder, ignore_errors=True)


def _unwritable(error: OSError) -> FileAccessError:
    return FileAccessError(
        f"cannot write temporary files in {tempfile.gettempdir()}: {error.strerror or error}",
        not_done="nothing was run",
        hint="name a folder with more room in TMPDIR",
    )
