"""Who may write: advisory locks that the kernel releases when their holder dies.

A holder of long work shows that it is alive by touching the lock's file. Where no sign has come
for a while - a stopped process, or a machine that is gone while a file server keeps its lock - the
next in line takes the lock's name away from it. Such work must therefore be harmless when it is
done twice at once.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from modelops_bundle.errors import FileAccessError, LockTimeoutError
from modelops_bundle.log import Log

_LOG = Log(__name__)
_FIRST_PAUSE_S = 0.002
_LONGEST_PAUSE_S = 0.1
#: A holder of long work gives so many signs of life in the time after which it is passed over.
_BEATS = 30
#: A holder that has given none for so long does not hold the others up any more.
SILENCE_S = 30.0

#: What to do while somebody else has the lock: raises to give up. Gets the lock's open file.
_Wait = Callable[[int], None]


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
    file = _acquire(path, fcntl.LOCK_EX, _until(path, timeout_s))
    try:
        yield
    finally:
        _let_go(file, path)


@contextmanager
def exclusive_while_alive(path: Path, silence_s: float = SILENCE_S) -> Iterator[None]:
    """Hold a lock for long work: whoever waits does so as long as the holder is alive.

    Args:
        path: As for `exclusive`.
        silence_s: Another holder that has given no sign of life for so long is passed over.

    Raises:
        FileAccessError: the file cannot be made.
    """
    file = _acquire(path, fcntl.LOCK_EX, _Patience(path, silence_s))
    done = threading.Event()
    beat = threading.Thread(target=_show_life, args=(file, done, silence_s / _BEATS), daemon=True)
    beat.start()
    try:
        yield
    finally:
        done.set()
        beat.join()
        _let_go(file, path)


class SharedLock:
    """A lock that any number hold at once, and that keeps `exclusive` out."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        """Take it.

        Args:
            path: The lock's file, which stays.
            timeout_s: How long to wait for a holder of `exclusive`.

        Raises:
            LockTimeoutError, FileAccessError: as `exclusive`.
        """
        self._file = _acquire(path, fcntl.LOCK_SH, _until(path, timeout_s))
        self._held = True

    def __enter__(self) -> SharedLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let go; again is harmless."""
        if self._held:
            self._held = False
            os.close(self._file)


def is_held(path: Path) -> bool:
    """Whether anybody holds this lock now, shared or not."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)
    return False


def _acquire(path: Path, kind: int, wait: _Wait) -> int:
    pause_s = _FIRST_PAUSE_S
    waited = False
    while True:
        file = _open(path)
        try:
            if _try_lock(file, kind, path):
                if _is_current(file, path):
                    if kind == fcntl.LOCK_EX:
                        os.ftruncate(file, 0)
                        os.pwrite(file, b"%d\n" % os.getpid(), 0)
                    return file
                pause_s = 0.0
            else:
                if not waited:
                    _LOG.debug("waiting for %s", path)
                waited = True
                wait(file)
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        time.sleep(pause_s)
        pause_s = min(max(2 * pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)


def _until(path: Path, timeout_s: float) -> _Wait:
    deadline_s = time.monotonic() + timeout_s

    def wait(file: int) -> None:
        if time.monotonic() >= deadline_s:
            raise _timed_out(file, path, timeout_s)

    return wait


class _Patience:
    """Waits while the holder shows signs of life, told from the file's own clock alone."""

    def __init__(self, path: Path, silence_s: float) -> None:
        self._path = path
        self._silence_s = silence_s
        self._last: tuple[int, int] | None = None
        self._since_s = 0.0

    def __call__(self, file: int) -> None:
        found = os.fstat(file)
        sign = found.st_ino, found.st_mtime_ns
        now_s = time.monotonic()
        if sign != self._last:
            self._last, self._since_s = sign, now_s
        elif now_s - self._since_s >= self._silence_s:
            self._pass_over(sign)

    def _pass_over(self, sign: tuple[int, int]) -> None:
        """Take the name away, so that the silent holder's lock is nobody's any more."""
        with (
            exclusive(self._path.with_name(f"{self._path.name}.passed-over")),
            suppress(FileNotFoundError),
        ):
            found = os.stat(self._path)
            if (found.st_ino, found.st_mtime_ns) == sign:
                _LOG.info("%s: its holder gives no sign of life and is passed over", self._path)
                os.unlink(self._path)


def _show_life(file: int, done: threading.Event, pause_s: float) -> None:
    while not done.wait(pause_s):
        with suppress(OSError):
            os.utime(file)


def _let_go(file: int, path: Path) -> None:
    # Unlinked while held: whoever waits on this file sees that its name is gone and starts
    # over with the next one. A name that was taken away is another holder's by now.
    with suppress(OSError):
        if _is_current(file, path):
            os.unlink(path)
    os.close(file)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise _refused(path, error) from error


def _try_lock(file: int, kind: int, path: Path) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
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
