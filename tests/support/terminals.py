"""Programs on a real pseudo terminal, with a screen as a terminal would show it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect
import pyte

#: Far more than any answer takes: what does not come by then does not come.
PATIENCE_S = 60.0


class Terminal:
    """One program on a terminal of a given size.

    Attributes:
        screen: What can be seen now.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        columns: int = 80,
        lines: int = 50,
        encoding: str = "utf-8",
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        if encoding != "utf-8":
            self._stream.select_other_charset("@")
        self.output = b""
        self.screen.write_process_input = self._reply  # type: ignore[method-assign]
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            cwd=cwd,
            env=dict(os.environ if env is None else env),
            dimensions=(lines, columns),
            timeout=PATIENCE_S,
            echo=True,
        )

    def _reply(self, data: str) -> None:
        self._child.send(data)

    def type(self, text: str) -> None:
        """Press these keys."""
        self._child.send(text)

    def wait_for(self, seen: Callable[[list[str]], bool], what: str = "") -> list[str]:
        """Read until the lines on the screen are as they should be, and return them."""
        deadline = time.monotonic() + PATIENCE_S
        while not seen(self.lines):
            if time.monotonic() > deadline or not self._read():
                shown = "\n".join(self.lines)
                raise AssertionError(f"not seen: {what}\n{shown}")
        return self.lines

    def finish(self) -> list[str]:
        """Read until the program ends; the lines on the screen."""
        while self._read():
            pass
        return self.lines

    def close(self) -> None:
        """End the program."""
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        self._child.close()

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without blanks at their ends and empty ones at the end."""
        shown = [line.rstrip() for line in self.screen.display]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def _read(self) -> bool:
        try:
            chunk = self._child.read_nonblocking(65536, timeout=0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.output += chunk
        self._stream.feed(chunk)
        return True
