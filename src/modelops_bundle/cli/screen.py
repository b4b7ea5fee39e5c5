"""A terminal as one screen that is drawn over, and given back as it was."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Sequence
from types import FrameType

from modelops_bundle.cli.render.watch import patch

#: The alternate screen, without a cursor and without wrapping at the edge (xterm, "Private Modes").
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
_LEAVE = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
_QUIT_KEYS = frozenset(b"qQ\x04")


def can_draw() -> bool:
    """Whether standard output is a terminal that knows how to be drawn on."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


class Hangup(Exception):
    """The terminal is gone."""


class Screen:
    """The terminal of this process while it shows a screen.

    Attributes:
        quitting: A key was pressed that ends the program.
    """

    def __init__(self) -> None:
        self.quitting = False
        self._out = sys.stdout.fileno()
        self._keys = sys.stdin.fileno() if sys.stdin is not None and sys.stdin.isatty() else None
        self._settings: list[int | list[bytes | int]] | None = None
        self._shown: Sequence[str] | None = None
        self._size = self.size
        self._stopping = False
        self._poll = select.poll()
        self._poll.register(self._out, 0)
        if self._keys is not None:
            self._poll.register(self._keys, select.POLLIN)

    def __enter__(self) -> Screen:
        signal.signal(signal.SIGTSTP, self._on_stop)
        self._enter()
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        self._leave()

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            found = os.get_terminal_size(self._out)
        except OSError:
            return 80, 24
        return found.columns or 80, found.lines or 24

    def attended(self) -> bool:
        """Whether something asks for attention: a key to quit, another size.

        Raises:
            Hangup: the terminal is gone.
        """
        for file, event in self._poll.poll(0):
            if event & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
                raise Hangup
            if file == self._keys and event & select.POLLIN:
                self._read_keys(file)
        if self._stopping:
            self._stop()
        return self.quitting or self._shown is None or self.size != self._size

    def draw(self, lines: Sequence[str]) -> None:
        """Show these lines, as many as the screen has.

        Raises:
            Hangup: the terminal is gone.
        """
        size = self.size
        before = self._shown if size == self._size else None
        self._size, self._shown = size, lines
        self._write(patch(before, lines))

    def _read_keys(self, file: int) -> None:
        try:
            keys = os.read(file, 1024)
        except BlockingIOError:
            return
        except OSError as error:
            raise Hangup from error
        if not keys:
            raise Hangup
        if not _QUIT_KEYS.isdisjoint(keys):
            self.quitting = True

    def _enter(self) -> None:
        if self._keys is not None:
            self._settings = termios.tcgetattr(self._keys)
            # Keys come one by one and are not shown; Ctrl-C and Ctrl-Z still mean what they do.
            tty.setcbreak(self._keys, termios.TCSADRAIN)
        self._shown = None
        self._write(_ENTER)

    def _leave(self) -> None:
        try:
            self._write(_LEAVE)
            if self._keys is not None and self._settings is not None:
                termios.tcsetattr(self._keys, termios.TCSADRAIN, self._settings)
        except (Hangup, termios.error):
            return

    def _on_stop(self, *_: int | FrameType | None) -> None:
        self._stopping = True

    def _stop(self) -> None:
        """Ctrl-Z: give the terminal back, stop, and take it again."""
        self._stopping = False
        self._leave()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._on_stop)
        self._enter()

    def _write(self, text: str) -> None:
        encoding = sys.stdout.encoding or "ascii"
        rest = memoryview(text.encode(encoding, "backslashreplace"))
        try:
            while rest:
                rest = rest[os.write(self._out, rest) :]
        except OSError as error:
            raise Hangup from error
