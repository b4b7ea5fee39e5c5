"""Which files code opens beside its bundle: the project's own, and others of this machine.

Loaded by `run.py` in the user's interpreter: standard library of Python 3.9 only.
"""

from __future__ import annotations

import os
import sys
import types
from typing import Protocol

Json = dict[str, object]

_FRAMES = 40
#: Audit events that change what their first arguments name.
_WRITING = frozenset(
    f"{module}.{name}"
    for module, names in {
        "os": "chmod chown link mkdir remove rename rmdir symlink truncate utime",
        "shutil": "move rmtree",
        "sqlite3": "connect",
    }.items()
    for name in names.split()
)
_OPENED_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
#: What every machine has.
_SYSTEM = (
    *("/bin/", "/dev/", "/etc/", "/lib/", "/lib64/", "/nix/", "/proc/", "/run/", "/sbin/"),
    *("/sys/", "/usr/", "/opt/homebrew/", "/Library/", "/System/"),
)
_CODE = (".py", ".pyc", ".so")


class Places(Protocol):
    """Where the bundle is, and what belongs to its project or to the interpreter."""

    folder: str

    def holds(self, path: str) -> bool:
        """Whether a path belongs to the project and not to the bundle."""
        ...

    def is_apart(self, path: str) -> bool:
        """Whether a path is private to the bundle's folder, or belongs to the interpreter."""
        ...


class Watch:
    """An audit hook: which files of the project were read beside the bundle; none is written.

    Args:
        own: Where the bundle is, and its project.
    """

    def __init__(self, own: Places) -> None:
        self._own = own
        self.reads: list[Json] = []
        self.writes: list[Json] = []
        #: Files that were read and are neither in the bundle nor in the project.
        self.outside: list[Json] = []
        folders = [os.path.realpath(one) for one in sys.path if one]
        self._usual = (*(one + os.sep for one in folders), *_SYSTEM)
        #: What the code itself has written may be read by it.
        self._made: set[str] = set()

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note what concerns the project.

        Raises:
            PermissionError: it would have been written to.
        """
        if event == "open":
            paths, flags = arguments[:1], arguments[2]
            writes = isinstance(flags, int) and bool(flags & _OPENED_TO_WRITE)
        elif event in _WRITING:
            paths, writes = arguments[:2], True
        else:
            return
        for path in paths:
            if isinstance(path, (str, bytes, os.PathLike)):
                self._note(_absolute(os.fsdecode(path)), writes=writes)

    def _note(self, path: str, *, writes: bool) -> None:
        if path.startswith(self._own.folder + os.sep):
            return
        if not self._own.holds(path):
            self._note_outside(path, writes=writes)
            return
        seen = self.writes if writes else self.reads
        if len(seen) < _FRAMES and all(one["path"] != path for one in seen):
            seen.append({"path": path, "frames": _stack(self._own.folder)})
        if writes:
            raise PermissionError(13, "the project is not to be written to", path)

    def _note_outside(self, path: str, *, writes: bool) -> None:
        """A worker has such a file only where somebody has put it in the same place."""
        if writes:
            self._made.add(path)
            return
        if len(self.outside) >= _FRAMES or path in self._made or not os.path.isfile(path):
            return
        if os.path.realpath(path).startswith(self._usual) or self._own.is_apart(path):
            return
        if path.endswith(_CODE) and not path.startswith(_entries()):
            return  # an editable installation: judged by what installs it
        shown = path.partition(f"{os.sep}__pycache__{os.sep}")[0]
        frames = _stack(self._own.folder)
        if frames and all(one["path"] != shown for one in self.outside):
            self.outside.append({"path": shown, "frames": frames})


def _entries() -> tuple[str, ...]:
    """Where modules are looked for now: the code may have added to it."""
    return tuple(os.path.abspath(one) + os.sep for one in sys.path if isinstance(one, str) and one)


def _absolute(path: str) -> str:
    """Also where code has changed the working folder."""
    try:
        return os.path.abspath(path)
    except (OSError, ValueError):
        return path  # the working folder is gone


def _stack(folder: str) -> list[Json]:
    """Where the user's code is, innermost last."""
    frames: list[Json] = []
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None and len(frames) < _FRAMES:
        code = frame.f_code
        if code.co_filename.startswith(folder):
            frames.insert(
                0, {"file": code.co_filename, "line": frame.f_lineno or 0, "function": code.co_name}
            )
        frame = frame.f_back
    return frames
