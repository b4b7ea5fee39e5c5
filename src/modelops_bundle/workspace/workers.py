"""One function over many items on all processors, in forked processes.

A forked process starts in a millisecond with all that this one has loaded. It runs only the
function, writes its results into a pipe and is gone; whatever goes wrong in it, the items of its
share are done again here, so the outcome never depends on it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

#: Below this, starting processes takes longer than they save.
WORTH_FORKING_BYTES = 192 * 1024
_MAX_PROCESSES = 8
# What a forked process loses by copying the memory that it writes to, of all work.
_FORK_PER_CENT = 3
_ENDING = frozenset((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
_LENGTH_BYTES = 8
_NOTHING = (1 << 64) - 1

T = TypeVar("T")


def in_processes(
    work: Callable[[T], bytes | None],
    items: Sequence[T],
    sizes_bytes: Sequence[int],
    here: Callable[[T], bytes | None] | None = None,
    kept: Sequence[int] = (),
) -> list[bytes | None]:
    """What the function returns for each item, in their order.

    Args:
        work: Must not depend on anything that it changes, nor start threads.
        items: What it is called with.
        sizes_bytes: How large each item is; the work is taken to grow with it.
        here: The same function for what is better done in this process; it may change things.
        kept: Places of such items. Those beyond the share of one process are done anywhere.

    Raises:
        Exception: whatever the function raises.
    """
    count = processes_for(sizes_bytes)
    if count < 2:
        return [work(item) for item in items]
    kept = _within(sum(sizes_bytes) / count, kept, sizes_bytes) if here is not None else ()
    own, *others = _shares(sizes_bytes, count, kept)
    results: dict[int, bytes | None] = {}
    children: list[tuple[_Child, list[int]]] = []
    try:
        for share in others:
            # An interrupt waits until the process is known here, and is known to be another.
            with _signals_held():
                child = _start(work, [items[place] for place in share])
                if child is not None:
                    children.append((child, share))
        if here is not None:
            results.update((place, here(items[place])) for place in kept)
        results.update((place, work(items[place])) for place in own if place not in results)
        for child, share in children:
            results.update(zip(share, child.results(), strict=False))
    finally:
        for child, _ in children:
            child.end()
    return [results[place] if place in results else work(item) for place, item in enumerate(items)]


def processes_for(sizes_bytes: Sequence[int]) -> int:
    """How many processes `in_processes` would share items of these sizes among."""
    if sum(sizes_bytes) < WORTH_FORKING_BYTES or not may_fork():
        return 1
    return min(_processors(), len(sizes_bytes))


def may_fork() -> bool:
    """Whether this process can be forked without harm.

    Not with other threads, whose locks nobody would release; and not on macOS, whose own
    frameworks do not survive it.
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    available = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return min(available, _MAX_PROCESSES)


def _within(limit_bytes: float, kept: Sequence[int], sizes_bytes: Sequence[int]) -> list[int]:
    """The first of these places, as many as one share holds."""
    found: list[int] = []
    for place in kept:
        limit_bytes -= sizes_bytes[place]
        if limit_bytes < 0:
            break
        found.append(place)
    return found


def _shares(sizes_bytes: Sequence[int], count: int, kept: Sequence[int]) -> list[list[int]]:
    """Places in shares of about equal size: the largest first, each to the smallest share.

    What is kept goes into the first.
    """
    shares: list[list[int]] = [list(kept), *([] for _ in range(count - 1))]
    head_start = sum(sizes_bytes) * _FORK_PER_CENT // 100
    loads = [sum(sizes_bytes[place] + 1 for place in kept), *([head_start] * (count - 1))]
    free = set(range(len(sizes_bytes))).difference(kept)
    for place in sorted(free, key=lambda place: (-sizes_bytes[place], place)):
        least = loads.index(min(loads))
        shares[least].append(place)
        loads[least] += sizes_bytes[place] + 1
    return shares


class _Child:
    """A process at work, and the pipe that its results come through."""

    def __init__(self, process: int, pipe: int) -> None:
        self._process = process
        self._pipe = pipe

    def results(self) -> list[bytes | None]:
        """What came through; less than was asked for where the process failed."""
        with open(self._pipe, "rb", closefd=False) as stream:
            content = stream.read()
        found: list[bytes | None] = []
        start = 0
        while len(content) - start >= _LENGTH_BYTES:
            length = int.from_bytes(content[start : start + _LENGTH_BYTES], "big")
            start += _LENGTH_BYTES
            if length == _NOTHING:
                found.append(None)
                continue
            if len(content) - start < length:
                break
            found.append(content[start : start + length])
            start += length
        return found

    def end(self) -> None:
        """Close the pipe and see the process out; one that is still at work is killed."""
        os.close(self._pipe)
        try:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        except (ProcessLookupError, ChildProcessError):
            return  # somebody else has seen it out


@contextmanager
def _signals_held() -> Iterator[None]:
    """Signals that would end the program come when the block is left."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(work: Callable[[T], bytes | None], items: Sequence[T]) -> _Child | None:
    """A process that does a share; None where there can be none."""
    try:
        source, sink = os.pipe()
    except OSError:
        return None
    try:
        with warnings.catch_warnings():
            # Threads that Python does not know of, as those of a numeric library, are not used.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
    except OSError:
        os.close(source)
        os.close(sink)
        return None
    if process == 0:
        _work_and_exit(work, items, source, sink)
    os.close(sink)
    return _Child(process, source)


def _work_and_exit(
    work: Callable[[T], bytes | None], items: Sequence[T], source: int, sink: int
) -> None:
    """What the forked process does. It leaves without any of the clean-up that is its parent's."""
    try:
        for number in _ENDING:
            # It has nothing to clear away, and is not to speak for its parent.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        os.close(source)
        parts: list[bytes] = []
        for item in items:
            result = work(item)
            length = _NOTHING if result is None else len(result)
            parts.append(length.to_bytes(_LENGTH_BYTES, "big"))
            parts.append(result or b"")
        with open(sink, "wb", closefd=False) as stream:
            stream.writelines(parts)
        os._exit(0)
    except BaseException:
        os._exit(1)
    finally:
        os._exit(1)
