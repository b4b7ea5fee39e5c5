"""Reading and writing the files of a cache folder, which may be hostile, damaged or read-only.

Nothing here raises for what it finds: a cache that cannot be used is done without.
"""

from __future__ import annotations

import os
import stat

_ASIDE = ".new"
#: A file that was being written this long ago was left by a process that is gone.
_ABANDONED_NS = 3600 * 10**9
_MARKER = "CACHEDIR.TAG"
#: https://bford.info/cachedir/, "Cache Directory Tagging Specification".
_MARKER_TEXT = b"Signature: 8a477f597d28d172789f06886806bc55\n"


def prepare(folder: str) -> bool:
    """Make the cache folder; False where there can be none.

    A link is refused: a project that came from elsewhere must not choose where we write.
    """
    try:
        os.mkdir(folder)
    except FileExistsError:
        try:
            return stat.S_ISDIR(os.lstat(folder).st_mode)
        except OSError:
            return False
    except OSError:
        return False
    write(folder, _MARKER, _MARKER_TEXT)
    write(folder, ".gitignore", b"*\n")
    return True


def seal(folder: str) -> bytes:
    """What a file of this folder is sealed with, by mixing it into its checksum.

    The folder's inode: a cache that came along with a clone or an archive is nobody's word.
    """
    try:
        return b"%d:" % os.lstat(folder).st_ino
    except OSError:
        return b""


def read(folder: str, name: str, limit_bytes: int) -> bytes | None:
    """A cache file's bytes; None if it is absent, no regular file, or larger than the limit."""
    try:
        # Without O_NONBLOCK a FIFO of that name would hold the program up for ever.
        file = os.open(
            f"{folder}/{name}", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        )
    except OSError:
        return None
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size > limit_bytes:
            return None
        parts = []
        remaining = found.st_size
        while remaining > 0:
            part = os.read(file, remaining)
            if not part:
                return None
            parts.append(part)
            remaining -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
    except OSError:
        return None
    finally:
        os.close(file)


def write(folder: str, name: str, *parts: bytes) -> bool:
    """Replace a cache file as a whole; False if that failed. Not synced: a cache may be lost."""
    aside = f"{folder}/.{name}.{os.getpid()}{_ASIDE}"
    try:
        file = os.open(
            aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666
        )
    except OSError:
        return False
    try:
        try:
            with open(file, "wb") as stream:
                stream.writelines(parts)
            os.replace(aside, f"{folder}/{name}")
        except BaseException:
            _discard(aside)
            raise
    except OSError:
        return False
    return True


def _discard(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def prune(folder: str, prefix: str, kept: int) -> None:
    """Delete all but the newest cache files of a prefix, and what killed processes left."""
    written: list[tuple[int, str]] = []
    asides: list[tuple[int, str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(prefix):
                    group = written
                elif entry.name.endswith(_ASIDE):
                    group = asides
                else:
                    continue
                group.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.path))
        written.sort(reverse=True)
        newest_ns = written[0][0] if written else 0
        doomed = written[kept:]
        doomed += [aside for aside in asides if aside[0] < newest_ns - _ABANDONED_NS]
        for _, path in doomed:
            os.unlink(path)
    except OSError:
        return
