"""What the file system says about when something last changed, and when that can be relied on.

Two writes within one tick of the file system's clock leave equal stamps. A stamp therefore proves
that nothing has changed only if it was already in the past, by that same clock, before the thing
was looked at: then any later write gets a later stamp. Git calls the other case "racily clean"
(git, Documentation/technical/racy-git.txt).
"""

from __future__ import annotations

import os

#: Size in bytes, mtime_ns, ctime_ns, inode.
Stamp = tuple[int, int, int, int]

#: Stamps outside these bounds do not fit the caches' columns (years 1824 to 2116).
_BOUND_NS = 1 << 62
_CLOCK = "clock"


def stamp_of(found: os.stat_result) -> Stamp:
    """The part of a stat result that changes when the content does."""
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def settled(stamp: Stamp, now_ns: int) -> bool:
    """Whether what had this stamp at a moment not before `now_ns` cannot change unseen.

    Args:
        stamp: Taken before the thing was read.
        now_ns: `file_system_now_ns`, taken before the stamp.
    """
    return -_BOUND_NS < stamp[1] < now_ns and -_BOUND_NS < stamp[2] < now_ns < _BOUND_NS


def file_system_now_ns(cache: str) -> int:
    """The time with which the file system of this folder would stamp a write now.

    Asking the file system itself leaves no room for coarse stamps or for a file server whose
    clock differs from ours.

    Args:
        cache: The project's cache folder.

    Returns:
        Nanoseconds since the epoch, or 0 where the folder cannot be written: then nothing counts
        as settled, and nothing could be cached anyway.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        clock = os.open(f"{cache}/{_CLOCK}", flags, 0o666)
    except OSError:
        return 0
    try:
        os.utime(clock)
        return os.fstat(clock).st_mtime_ns
    except OSError:
        return 0
    finally:
        os.close(clock)
