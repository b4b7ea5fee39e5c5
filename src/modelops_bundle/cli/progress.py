"""Progress of long work: a bar on a terminal, one line per phase elsewhere; always on stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from modelops_bundle.cli.interrupts import ending_in_order
from modelops_bundle.cli.render.files import size_text
from modelops_bundle.workspace.phases import listening

#: Shorter work says nothing (experience.md, "Progress and logs").
QUIET_S = 0.5
_REDRAW_S = 0.1
_BAR_CELLS = 24
_COLUMNS = 80
_CLEAR = "\r\x1b[K"


@contextmanager
def long_work() -> Iterator[None]:
    """Work that may take long: it shows how far it is, and ends in order when it is told to."""
    with ending_in_order(), listening(Progress()):
        yield


class Progress:
    """Draws one phase after the other (a `phases.Listener`)."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._title = self._unit = ""
        self._total_bytes = 0
        self._began = self._drawn = 0.0
        self._shown = False

    def begin(self, title: str, total_bytes: int, unit: str = "") -> None:
        """A phase begins; nothing is shown of short work."""
        self._title, self._total_bytes, self._unit = title, total_bytes, unit
        self._began = self._drawn = time.monotonic()
        self._shown = False

    def moved(self, done_bytes: int) -> None:
        """Show how far it is."""
        now = time.monotonic()
        if now - self._began < QUIET_S:
            return
        if not self._terminal:
            # What is counted in entries is listed at its end anyway.
            if not self._shown and not self._unit:
                self._write(f"{self._title} {size_text(self._total_bytes)}\n")
        elif now - self._drawn >= _REDRAW_S:
            self._drawn = now
            line = self._line(done_bytes, now - self._began)
            self._write(f"\r{line}\x1b[K")
        else:
            return
        self._shown = True

    def _line(self, done: int, spent_s: float) -> str:
        if not self._unit:
            return bar(self._title, done, self._total_bytes, spent_s, self._columns())
        line = f"{self._title} {done} of {self._total_bytes} {self._unit}"
        return line[: max(0, self._columns() - 1)]

    def end(self) -> None:
        """Leave the terminal's line empty."""
        if self._terminal and self._shown:
            self._write(_CLEAR)
        self._shown = False

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            # A terminal that is gone, or a closed pipe: the work goes on without a witness.
            self._terminal = False
            self._shown = True

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(sys.stderr.fileno()).columns or _COLUMNS
        except (OSError, ValueError):
            return _COLUMNS


def bar(title: str, done_bytes: int, total_bytes: int, spent_s: float, columns: int) -> str:
    """One line, as full as there is room for, in ASCII.

    Args:
        spent_s: Since the phase began; more than 0.
        columns: Width of the terminal; the last one stays empty.
    """
    share = min(1.0, done_bytes / total_bytes) if total_bytes else 1.0
    full = int(share * _BAR_CELLS)
    rate = done_bytes / spent_s
    drawn = f"[{'#' * full}{'.' * (_BAR_CELLS - full)}]"
    amounts = f"{size_text(done_bytes)} of {size_text(total_bytes)}"
    speed = f", {size_text(round(rate))}/s"
    left = f", {_time_text((total_bytes - done_bytes) / rate)} left" if rate else ""
    per_cent = f"{int(share * 100)}%"
    for line in (
        f"{title} {drawn} {amounts}{speed}{left}",
        f"{title} {amounts}{speed}{left}",
        f"{title} {amounts}",
        f"{title} {per_cent}",
    ):
        if len(line) < columns:
            return line
    return per_cent[: max(0, columns - 1)]


def _time_text(seconds: float) -> str:
    """`8 s`, `3 min`, `2 h 05 min`."""
    left_s = max(0, round(seconds))
    if left_s < 60:
        return f"{left_s} s"
    minutes = round(left_s / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
