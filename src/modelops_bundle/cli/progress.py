"""Progress of long transfers: a bar on a terminal, one line per phase elsewhere."""

from __future__ import annotations

import sys
import time

from modelops_bundle.cli.render.files import size_text

#: Shorter work says nothing (experience.md, "Progress and logs").
QUIET_S = 0.5
_REDRAW_S = 0.1
_BAR_CELLS = 24


class ByteProgress:
    """Called with the bytes done and in all; draws on stderr.

    Args:
        phase: What is going on, such as "Uploading".
    """

    def __init__(self, phase: str) -> None:
        self._phase = phase
        self._terminal = sys.stderr.isatty()
        self._started = time.monotonic()
        self._drawn = self._started
        self._shown = False

    def __call__(self, done_bytes: int, total_bytes: int) -> None:
        """Tell how far the work is."""
        now = time.monotonic()
        if now - self._started < QUIET_S:
            return
        if not self._terminal:
            if not self._shown:
                sys.stderr.write(f"{self._phase} {size_text(total_bytes)}\n")
                self._shown = True
        elif now - self._drawn >= _REDRAW_S or done_bytes >= total_bytes:
            self._drawn = now
            self._shown = True
            sys.stderr.write("\r" + self._bar(done_bytes, total_bytes, now) + "\x1b[K")
            sys.stderr.flush()

    def close(self) -> None:
        """Leave the terminal's line empty."""
        if self._terminal and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _bar(self, done_bytes: int, total_bytes: int, now: float) -> str:
        share = done_bytes / total_bytes if total_bytes else 1.0
        full = round(share * _BAR_CELLS)
        rate = done_bytes / (now - self._started)
        left_s = (total_bytes - done_bytes) / rate if rate else 0.0
        return (
            f"{self._phase} [{'#' * full}{'.' * (_BAR_CELLS - full)}] "
            f"{size_text(done_bytes)} of {size_text(total_bytes)}, "
            f"{size_text(round(rate))}/s, {left_s:.0f} s left"
        )
