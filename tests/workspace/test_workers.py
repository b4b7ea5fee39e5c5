"""Work on all processors: the same results in the same order, whatever becomes of the helpers."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from modelops_bundle.workspace import workers
from modelops_bundle.workspace.workers import in_processes, may_fork

LARGE = workers.WORTH_FORKING_BYTES
ITEMS = list(range(40))


@pytest.fixture(autouse=True)
def _three_processors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    started: list[int] = []
    fork = getattr(os, "fork", None)

    def noted() -> int:
        assert fork is not None
        started.append(fork())
        return started[-1]

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    if fork is not None:
        monkeypatch.setattr(os, "fork", noted)
    yield
    for process in started:  # nobody is left
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


def doubled(item: int) -> bytes | None:
    return None if item % 7 == 3 else str(item * 2).encode()


def in_which_process(_: int) -> bytes:
    return str(os.getpid()).encode()


def test_results_are_in_the_order_of_the_items() -> None:
    expected = [doubled(item) for item in ITEMS]
    assert in_processes(doubled, ITEMS, [LARGE] * 40) == expected
    assert in_processes(doubled, ITEMS, [(item * 37) % 11 * LARGE for item in ITEMS]) == expected
    assert in_processes(doubled, ITEMS, [1] * 40) == expected
    assert in_processes(doubled, [], []) == []


def test_all_processors_take_part_in_large_work_only() -> None:
    assert len(set(in_processes(in_which_process, ITEMS, [LARGE] * 40))) == (3 if may_fork() else 1)
    assert set(in_processes(in_which_process, ITEMS, [1] * 40)) == {str(os.getpid()).encode()}


def test_what_is_better_done_here_is_done_here() -> None:
    done: list[int] = []

    def here(item: int) -> bytes | None:
        done.append(item)
        return doubled(item)

    expected = [doubled(item) for item in ITEMS]
    assert in_processes(doubled, ITEMS, [LARGE] * 40, here, [30, 2]) == expected
    assert done == ([ITEMS[30], ITEMS[2]] if may_fork() else [])
    done.clear()
    # Not more than the share of one process.
    assert in_processes(doubled, ITEMS, [LARGE] * 40, here, range(40)) == expected
    assert len(done) < 40


def test_results_larger_than_a_pipe_holds_come_through() -> None:
    content = bytes(range(256)) * 4096
    assert in_processes(lambda _: content, ITEMS[:9], [LARGE] * 9) == [content] * 9


@pytest.mark.parametrize("lost", [1, 20, 39])
def test_what_a_lost_process_did_is_done_again(lost: int) -> None:
    here = os.getpid()

    def work(item: int) -> bytes | None:
        if item >= lost and os.getpid() != here:
            os._exit(9)
        return doubled(item)

    assert in_processes(work, ITEMS, [LARGE] * 40) == [doubled(item) for item in ITEMS]


def test_a_failure_is_raised_here() -> None:
    def work(item: int) -> bytes:
        raise ValueError(f"item {item}")

    with pytest.raises(ValueError, match="item 0"):
        in_processes(work, ITEMS, [LARGE] * 40)


def test_an_interruption_ends_the_helpers() -> None:
    here = os.getpid()
    waiting = threading.Event()

    def work(item: int) -> bytes:
        if os.getpid() == here:
            raise KeyboardInterrupt
        waiting.wait()  # for ever
        return b""

    with pytest.raises(KeyboardInterrupt):
        in_processes(work, ITEMS, [LARGE] * 40)


def test_a_process_with_other_threads_is_not_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        found = in_processes(in_which_process, ITEMS, [LARGE] * 40)
    finally:
        done.set()
        thread.join()
    assert set(found) == {str(os.getpid()).encode()}


def test_without_more_processes_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refused, raising=False)
    assert in_processes(doubled, ITEMS, [LARGE] * 40) == [doubled(item) for item in ITEMS]
    monkeypatch.delattr(os, "fork", raising=False)
    assert in_processes(doubled, ITEMS, [LARGE] * 40) == [doubled(item) for item in ITEMS]
