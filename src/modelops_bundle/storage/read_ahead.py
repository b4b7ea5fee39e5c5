"""Reading one large content ahead of whoever takes it: the network beside hashing and the disk."""

from __future__ import annotations

import threading
from collections.abc import Generator
from queue import Empty, Full, Queue

#: From this size on a thread of its own is worth it. With eight transfers at once it must also
#: not take up too much memory.
WORTH_BYTES = 64 * 1024 * 1024
#: Pieces that wait to be taken.
_PIECES = 2
#: How soon a thread that waits notices that nobody wants more.
_TICK_S = 0.1
#: How long a piece that is under way is waited for when nobody wants it any more.
_GRACE_S = 2.0


def read_ahead(
    pieces: Generator[bytes, None, None], size_bytes: int
) -> Generator[bytes, None, None]:
    """The same pieces, in order; where there are many bytes, fetched before they are asked for.

    What `pieces` raises comes through in its place. When the consumer stops, or closes the
    iterator, `pieces` is not advanced any more.
    """
    if size_bytes < WORTH_BYTES:
        return pieces
    return _ahead(pieces)


def _ahead(pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    ready: Queue[bytes | BaseException | None] = Queue(_PIECES)
    stopped = threading.Event()

    def put(item: bytes | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=_TICK_S)
            except Full:
                continue
            return True
        return False

    def fetch() -> None:
        try:
            for piece in pieces:
                if not put(piece):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        try:
            while True:
                ready.get_nowait()
        except Empty:
            # Where a person interrupted, a line that is dead is not waited for.
            thread.join(_GRACE_S)
