"""Moving many contents: several at a time, and no longer than somebody wants it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from modelops_bundle.workspace.phases import Phase

Item = TypeVar("Item")

#: Transfers at once (transport.md: 4 to 8); syncing a small file to disk is mostly waiting.
_THREADS = 8
#: Below this, one after the other is as quick.
_WORTH_THREADS = 8
#: How long what is under way is waited for when a person interrupts: a line may be dead.
_GRACE_S = 2.0


def transfer_each(
    work: Callable[[Item], None], items: Sequence[Item], meter: Phase | None = None
) -> None:
    """Call `work` for each item, several at a time where there are many.

    After the first failure nothing more is begun; what is under way comes to its end first. Where
    a person interrupts, it is stopped at its next piece, and left alone if none comes.

    Args:
        meter: The phase that `work` adds to.

    Raises:
        Exception: the first that `work` raised, in the order of the items.
    """
    if len(items) < _WORTH_THREADS:
        for item in items:
            work(item)
        return
    _Transfers(work, items, meter).run()


class _Transfers(Generic[Item]):
    """Items on their way, and what went wrong with them."""

    def __init__(
        self, work: Callable[[Item], None], items: Sequence[Item], meter: Phase | None
    ) -> None:
        self._work = work
        self._items = items
        self._meter = meter
        # A range iterator hands out each place once, whatever thread asks.
        self._places: Iterator[int] = iter(range(len(items)))
        self._failures: dict[int, BaseException] = {}
        self._given_up = False

    def run(self) -> None:
        """Move all of them."""
        # Nobody waits for such a thread at the end of the process.
        threads = [threading.Thread(target=self._share, daemon=True) for _ in range(_THREADS)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except BaseException:
            self._give_up(threads)
            raise
        if self._failures:
            raise self._failures[min(self._failures)]

    def _share(self) -> None:
        for place in self._places:
            if self._failures or self._given_up:
                return
            try:
                self._work(self._items[place])
            except BaseException as error:
                self._failures[place] = error
                return

    def _give_up(self, threads: Sequence[threading.Thread]) -> None:
        self._given_up = True
        if self._meter is not None:
            self._meter.stop()
        end_s = time.monotonic() + _GRACE_S
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, end_s - time.monotonic()))
