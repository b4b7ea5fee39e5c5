"""The program in a real pseudo terminal, with an emulator that shows what a person would see."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

#: Becomes the program, and lets it hear Ctrl-C: what a shell starts in the background ignores it.
HEARING = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
#: The same, in a session that has this terminal.
_LAUNCH = f"import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); {HEARING}"
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
_PATIENCE_S = 60.0


class Terminal:
    """One program in a terminal.

    Attributes:
        raw: Everything that it wrote.
        writes: The same in the pieces that came.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        rows: int = 24,
        columns: int = 80,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "modelops_bundle"),
    ) -> None:
        self.raw = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, self._slave = os.openpty()
        self._resize(rows, columns)
        self.settings = termios.tcgetattr(self._slave)
        known = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *program, *arguments],
            cwd=folder,
            env={**known, "TERM": "xterm-256color", **(environment or {})},
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for file in (self._master, self._slave):
            if file >= 0:
                os.close(file)

    @property
    def lines(self) -> list[str]:
        """The screen, line by line, without blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    @property
    def cursor_hidden(self) -> bool:
        """Whether the cursor is not shown."""
        return bool(self._screen.cursor.hidden)

    def until(self, shown: str | Callable[[str], bool]) -> str:
        """Read until the screen shows something; the screen."""
        is_there = shown if callable(shown) else lambda text: shown in text
        self._read_until(lambda: is_there(self.text), str(shown))
        return self.text

    def until_written(self, text: bytes, times: int = 1) -> None:
        """Read until something has been written so often."""
        self._read_until(lambda: self.raw.count(text) >= times, repr(text))

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def resize(self, rows: int, columns: int) -> None:
        """Make the window another size; what was on it is gone, as on most terminals."""
        self._screen.resize(rows, columns)
        self._screen.reset()
        self._resize(rows, columns)

    def hang_up(self) -> None:
        """Close the window."""
        for file in (self._slave, self._master):
            os.close(file)
        self._master = self._slave = -1

    def wait(self) -> int:
        """The exit code; negative for a signal."""
        end_s = time.monotonic() + _PATIENCE_S
        while self.process.poll() is None and self._master >= 0:
            assert time.monotonic() < end_s, f"the program has not ended:\n{self.text}"
            self._read(0.05)
        code = self.process.wait(_PATIENCE_S)
        while self._master >= 0 and self._read(0):
            pass
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        self.process.send_signal(number)

    def echoes(self) -> bool:
        """Whether the terminal is set as it was before the program."""
        return termios.tcgetattr(self._slave) == self.settings

    def _read_until(self, is_there: Callable[[], bool], wanted: str) -> None:
        end_s = time.monotonic() + _PATIENCE_S
        while not is_there():
            ended = self.process.poll() is not None
            assert time.monotonic() < end_s, f"no {wanted} on the screen:\n{self.text}"
            if not self._read(0.05):
                assert not ended, f"the program ended without {wanted}:\n{self.text}"

    def _read(self, timeout_s: float) -> bool:
        if not select.select([self._master], [], [], timeout_s)[0]:
            return False
        try:
            found = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self.raw += found
        self._stream.feed(found)
        return bool(found)

    def _resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
