"""Moving many contents: several at a time, and how far it has got."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

#: Told of the bytes moved so far and of all that are to be moved; never by two threads at once.
Progress = Callable[[int, int], None]

Item = TypeVar("Item")

#: Transfers at once (transport.md: 4 to 8); syncing a small file to disk is mostly waiting.
_THREADS = 8
#: Below this, one after the other is as quick.
_WORTH_THREADS = 8


class Meter:
    """Adds up what has been moved; safe to use from several threads."""

    def __init__(self, total_bytes: int, progress: Progress | None) -> None:
        """Nothing has been moved yet."""
        self._lock = threading.Lock()
        self.total_bytes = total_bytes
        self._progress = progress
        self._done_bytes = 0

    def add(self, count_bytes: int) -> None:
        """So much more has been moved."""
        with self._lock:
            self._done_bytes += count_bytes
            if self._progress is not None:
                self._progress(self._done_bytes, self.total_bytes)


def transfer_each(work: Callable[[Item], None], items: Sequence[Item]) -> None:
    """Call `work` for each item, several at a time where there are many.

    After the first failure nothing more is begun; what is under way comes to its end first.

    Raises:
        Exception: the first that `work` raised, in the order of the items.
    """
    if len(items) < _WORTH_THREADS:
        for item in items:
            work(item)
        return
    from concurrent.futures import ThreadPoolExecutor

    failed = threading.Event()

    def unless_failed(item: Item) -> None:
        if failed.is_set():
            return
        try:
            work(item)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for _ in pool.map(unless_failed, items):
                pass
        except BaseException:
            failed.set()
            raise
