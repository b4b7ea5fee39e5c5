"""Several at a time, each once, and no more after a failure."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from modelops_bundle.operations.transfers import transfer_each


@pytest.mark.parametrize("count", [0, 1, 7, 8, 300])
def test_each_item_is_moved_once(count: int) -> None:
    seen: list[int] = []
    transfer_each(seen.append, range(count))
    assert sorted(seen) == list(range(count))


def test_few_items_are_moved_in_order_by_the_caller_itself() -> None:
    threads: set[int] = set()
    transfer_each(lambda _: threads.add(threading.get_ident()), range(7))
    assert threads == {threading.get_ident()}


def test_many_items_are_moved_several_at_a_time() -> None:
    together = threading.Barrier(4, timeout=30)
    transfer_each(lambda _: together.wait() and None, range(32))


@pytest.mark.parametrize("count", [5, 5000])
def test_the_first_failure_stops_what_has_not_begun(count: int) -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 2:
            raise ValueError("the third")

    with pytest.raises(ValueError, match="the third"):
        transfer_each(work, range(count))
    assert len(begun) < count


def test_an_interrupt_stops_what_is_under_way_and_leaves_a_dead_line_alone() -> None:
    from modelops_bundle.workspace.phases import Phase, StoppedError

    meter = Phase(0)
    dead = threading.Event()
    ended: list[str] = []
    running = threading.Barrier(8)

    def work(item: int) -> None:
        running.wait(30)
        if item == 0:
            # Pressed while the main thread waits for the others.
            os.kill(os.getpid(), signal.SIGINT)
            dead.wait(30)
            return
        try:
            while True:
                meter.add(1)
        except StoppedError:
            ended.append("stopped")
            raise

    # What a shell starts in the background ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            transfer_each(work, range(8), meter)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended == ["stopped"] * 7
    dead.set()
