"""Files that are written aside and moved to their names when all of their content is there.

All unfinished files are in one folder. Each is locked while its writer lives, so that what killed
writers left is told from what is being written, on whatever machine.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

#: Linux, `include/uapi/linux/fs.h`: _IOW(0x94, 9, int).
_FICLONE = 0x40049409
_COPY_BYTES = 1 << 30


class Aside:
    """An unfinished file, opened for writing."""

    def __init__(self, folder: Path) -> None:
        """Make it, in a folder that exists.

        Raises:
            OSError: it cannot be made.
        """
        self._moved = False
        while True:
            self.name = folder / f"{os.getpid()}-{os.urandom(8).hex()}"
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self.file = os.open(self.name, flags, 0o666)
            fcntl.flock(self.file, fcntl.LOCK_EX)
            # Somebody may have taken it for abandoned before it was locked.
            if os.fstat(self.file).st_nlink:
                return
            os.close(self.file)

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, chunk: bytes | memoryview) -> None:
        """Append."""
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(self.file, rest) :]

    def clone(self, source: int) -> bool:
        """Share the blocks of an open file, copied when either is written to (a reflink).

        Returns:
            False where the file system cannot: nothing was written.
        """
        try:
            fcntl.ioctl(self.file, _FICLONE, source)
        except OSError:
            return False
        return True

    def copy(self, source: int) -> None:
        """Append the rest of an open file, in the kernel where that is possible."""
        try:
            while os.copy_file_range(source, self.file, _COPY_BYTES):
                pass
        except OSError:
            while chunk := os.read(source, 1 << 20):
                self.write(chunk)

    def move_to(self, path: Path, *, durably: bool) -> None:
        """Give the content its final name.

        Args:
            durably: It must be on disk before the name is.
        """
        if durably:
            os.fsync(self.file)
        os.replace(self.name, path)
        self._moved = True

    def close(self) -> None:
        """Drop what has not been moved."""
        if not self._moved:
            with suppress(OSError):
                os.unlink(self.name)
        os.close(self.file)


def sweep_asides(folder: Path) -> int:
    """Delete unfinished files whose writers are gone; returns their size in bytes."""
    freed_bytes = 0
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return 0
    for name in names:
        with suppress(OSError):
            file = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(folder / name)
                freed_bytes += os.fstat(file).st_size
            finally:
                os.close(file)
    return freed_bytes
