"""Somebody who listens to phases of long work, and remembers."""

from __future__ import annotations

import threading


class Heard:
    """What was told: each phase with its title, its total, and how far it came each time."""

    def __init__(self) -> None:
        self.phases: list[tuple[str, int, list[int]]] = []
        self.ended = 0
        self._busy = threading.Lock()

    def begin(self, title: str, total_bytes: int, unit: str = "") -> None:
        """Remember a phase."""
        self.phases.append((title, total_bytes, []))

    def moved(self, done_bytes: int) -> None:
        """Remember how far it is."""
        assert self._busy.acquire(blocking=False), "told by two threads at once"
        self.phases[-1][2].append(done_bytes)
        self._busy.release()

    def end(self) -> None:
        """Count an end."""
        self.ended += 1
