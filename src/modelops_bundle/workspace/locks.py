"""One writer at a time: advisory locks that the kernel releases when their holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from modelops_bundle.errors import FileAccessError, LockTimeoutError

_FIRST_PAUSE_S = 0.002
_LONGEST_PAUSE_S = 0.1


@contextmanager
def exclusive(path: Path, timeout_s: float = 10.0) -> Iterator[None]:
    """Hold a lock for the length of the block.

    The file says who holds it and is there only while it is held (or after a kill, when the next
    holder takes it over).

    Args:
        path: The lock's own file; its folder must exist.
        timeout_s: How long to wait for another holder; 0 to try once.

    Raises:
        LockTimeoutError: another process kept it all that time.
        FileAccessError: the file cannot be made.
    """
    file = _acquire(path, timeout_s)
    try:
        yield
    finally:
        # Unlinked while held: whoever waits on this file sees that its name is gone and starts
        # over with the next one.
        with suppress(OSError):
            os.unlink(path)
        os.close(file)


def _acquire(path: Path, timeout_s: float) -> int:
    deadline_s = time.monotonic() + timeout_s
    pause_s = _FIRST_PAUSE_S
    while True:
        file = _open(path)
        try:
            if _try_lock(file, path):
                if _is_current(file, path):
                    os.ftruncate(file, 0)
                    os.pwrite(file, b"%d\n" % os.getpid(), 0)
                    return file
                pause_s = 0.0
            elif time.monotonic() >= deadline_s:
                raise _timed_out(file, path, timeout_s)
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        time.sleep(min(pause_s, max(0.0, deadline_s - time.monotonic())))
        pause_s = min(max(2 * pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise _refused(path, error) from error


def _try_lock(file: int, path: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise _refused(path, error) from error
    return True


def _is_current(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False


def _timed_out(file: int, path: Path, timeout_s: float) -> LockTimeoutError:
    holder = os.pread(file, 20, 0).decode("ascii", "replace").strip()
    who = f"process {holder}" if holder.isdigit() else "another process"
    return LockTimeoutError(
        f"{path} is held by {who} (waited {timeout_s:g} s)",
        not_done="nothing was written",
        hint="wait until it has finished, then try again",
    )


def _refused(path: Path, error: OSError) -> FileAccessError:
    return FileAccessError(
        f"cannot lock {path}: {error.strerror or error}",
        not_done="nothing was written",
        hint="check the permissions of its folder",
    )
