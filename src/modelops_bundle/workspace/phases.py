"""Phases of long work: what is going on and how far it is, told to whoever listens.

Who works does not know who listens: a bar on a terminal, a line in a log, or, as for the Python
API, nobody. Work that a person interrupts says what of it stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Listener(Protocol):
    """Is told of one phase after the other; never by two threads at once."""

    def begin(self, title: str, total_bytes: int, unit: str = "") -> None:
        """A phase begins; what is counted are bytes where no unit is given."""

    def moved(self, done_bytes: int) -> None:
        """So much of it is done, of all that is to be done."""

    def end(self) -> None:
        """It has ended, well or not."""


class StoppedError(BaseException):
    """The phase was given up; raised in the threads that still work on it, for no one to catch."""


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_current: ContextVar[Phase | None] = ContextVar("phase", default=None)


class Phase:
    """Adds up what has been done; several threads may.

    Attributes:
        total_bytes: What there is to do.
    """

    def __init__(self, total_bytes: int, listener: Listener | None = None) -> None:
        """Nothing has been done yet."""
        self.total_bytes = total_bytes
        self._listener = listener
        self._lock = threading.Lock()
        self._done_bytes = 0
        self._stopped = False

    def add(self, count_bytes: int) -> None:
        """So much more has been done.

        Raises:
            StoppedError: no more is wanted.
        """
        if self._stopped:
            raise StoppedError
        with self._lock:
            self._done_bytes += count_bytes
            if self._listener is not None:
                self._listener.moved(self._done_bytes)

    def stop(self) -> None:
        """Let every thread that works on it end at its next piece."""
        self._stopped = True


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within the block, phases are told to a listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def phase(title: str, total_bytes: int, *, unit: str = "") -> Iterator[Phase]:
    """A phase of work; one inside another counts as a part of that.

    Args:
        title: For people, such as "Hashing".
        total_bytes: What there is to do in it.
        unit: What is counted in place of bytes, such as "entries".
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    listener = _listener.get()
    made = Phase(total_bytes, listener)
    token = _current.set(made)
    if listener is not None:
        listener.begin(title, total_bytes, unit)
    try:
        yield made
    finally:
        _current.reset(token)
        if listener is not None:
            listener.end()


@contextmanager
def saying_what_stays(standing: Callable[[], str]) -> Iterator[None]:
    """Where a person interrupts the block, note on the interrupt what of it stays.

    Args:
        standing: Asked then; such as "nothing was tagged; 12 of 40 blobs are on the remote".
    """
    try:
        yield
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(standing())
        raise
