"""Signals that end a command: each becomes an exception, so that what was begun is cleared away.

Ctrl-C is Python's own KeyboardInterrupt. Where a command is asked to end otherwise (SIGTERM by a
scheduler, SIGHUP by a terminal that is gone), the same happens.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: What a shell reports for a program that a signal ended: this and the signal's number.
_SIGNALLED = 128
_TURNED = (signal.SIGTERM, signal.SIGHUP)


class Ended(KeyboardInterrupt):
    """The process was told to end.

    Attributes:
        number: The signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Ending:
    """What has told the process to end, if anything has.

    Attributes:
        number: The signal's; 0 for none. Code that is not Python may lose the exception.
    """

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Handle a signal."""
        self.number = number
        raise Ended(number)


@contextmanager
def ending_in_order() -> Iterator[Ending]:
    """Within the block, SIGTERM and SIGHUP raise `Ended` in the main thread.

    A signal that is ignored, as under `nohup`, stays so; outside of the main thread nothing is
    changed.
    """
    ending = Ending()
    before: dict[signal.Signals, object] = {}
    try:
        try:
            for number in _TURNED:
                if signal.getsignal(number) is signal.SIG_DFL:
                    before[number] = signal.signal(number, ending)
        except ValueError:
            before = {}  # not the main thread
        yield ending
    finally:
        for number in before:
            signal.signal(number, signal.SIG_DFL)


def exit_code_of(interrupt: KeyboardInterrupt) -> int:
    """130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    number = interrupt.number if isinstance(interrupt, Ended) else signal.SIGINT
    return _SIGNALLED + number


def what_was_kept(interrupt: KeyboardInterrupt) -> str:
    """What the work that was cut off said of itself, the innermost first, or ""."""
    seen: BaseException | None = interrupt
    while seen is not None:
        # A second interrupt during the clearing away came with none.
        notes: list[str] = getattr(seen, "__notes__", [])
        if notes:
            return notes[0]
        seen = seen.__context__
    return ""


def ignore_further() -> None:
    """From now on the process only ends: nothing interrupts that."""
    for number in (signal.SIGINT, *_TURNED):
        try:
            signal.signal(number, signal.SIG_IGN)
        except ValueError:
            return
