"""Replacing a file as a whole: after a crash it is the old one or the new one (law 9)."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from modelops_bundle.errors import FileAccessError

_PREFIX = ".mops-"
_SUFFIX = ".tmp"
#: An unfinished file this old was left by a process that is gone, on whatever machine it ran.
_ABANDONED_S = 3600


def write_atomic(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write a file aside, sync it, and move it into place.

    A link is followed, so that a registry that is kept elsewhere stays there. An existing file's
    permission bits are kept.

    Args:
        path: The file; its folder must exist.
        content: All of it.
        mode: Permission bits to set instead of the existing ones (or the umask's, for a new file).

    Raises:
        FileAccessError: the system refused; the old file is as it was.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    aside = f"{folder}/{_PREFIX}{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
    try:
        file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            with open(file, "wb") as stream:
                stream.write(content)
                bits = _existing_mode(target) if mode is None else mode
                if bits is not None:
                    os.fchmod(stream.fileno(), bits)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(aside, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(aside)
            raise
    except OSError as error:
        raise FileAccessError(
            f"cannot write {path}: {error.strerror or error}",
            not_done=f"{name} was not changed",
            hint="check the permissions of its folder and the free space of its disk",
        ) from error
    sync_folder(folder)


def sync_folder(folder: str) -> None:
    """Make the names in a folder durable, where its file system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is one that `write_atomic` has not finished."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def sweep(folder: Path) -> None:
    """Delete what writers that were killed left in a folder. Never touches a live writer's file."""
    try:
        with os.scandir(folder) as entries:
            left = [e.path for e in entries if is_unfinished(e.name) and _abandoned(e)]
        for path in left:
            os.unlink(path)
    except OSError:
        return


def _existing_mode(path: str) -> int | None:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        return None


def _abandoned(entry: os.DirEntry[str]) -> bool:
    pid = entry.name.removeprefix(_PREFIX).partition("-")[0]
    if pid.isascii() and pid.isdigit() and not _alive(int(pid)):
        return True
    return entry.stat(follow_symlinks=False).st_mtime < time.time() - _ABANDONED_S


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
