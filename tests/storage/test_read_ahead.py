"""What is read ahead arrives as it would have without, errors included, and stops when told."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from modelops_bundle.storage.read_ahead import WORTH_BYTES, read_ahead

PIECES = [b"%d" % number for number in range(500)]


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_the_same_pieces_in_the_same_order() -> None:
    before = threads()
    assert list(read_ahead(iter(PIECES), WORTH_BYTES)) == PIECES
    assert list(read_ahead(iter(()), WORTH_BYTES)) == []
    assert threads() == before


def test_little_is_read_as_it_is_asked_for() -> None:
    pieces = iter(PIECES)
    assert read_ahead(pieces, WORTH_BYTES - 1) is pieces


def test_an_error_comes_in_its_place() -> None:
    def failing() -> Generator[bytes, None, None]:
        yield from PIECES[:3]
        raise OSError("the disk is gone")

    pieces = read_ahead(failing(), WORTH_BYTES)
    assert [next(pieces) for _ in range(3)] == PIECES[:3]
    with pytest.raises(OSError, match="the disk is gone"):
        next(pieces)


def test_nothing_more_is_read_once_it_is_closed() -> None:
    taken: list[int] = []

    def counted() -> Generator[bytes, None, None]:
        for number, piece in enumerate(PIECES):
            taken.append(number)
            yield piece

    before = threads()
    pieces = read_ahead(counted(), WORTH_BYTES)
    assert next(pieces) == PIECES[0]
    pieces.close()
    assert threads() <= before
    assert len(taken) < 10, "no further than it may be ahead"


def test_reading_goes_on_while_a_piece_is_used() -> None:
    second = threading.Event()

    def noticed() -> Generator[bytes, None, None]:
        yield b"1"
        second.set()
        yield b"2"

    pieces = read_ahead(noticed(), WORTH_BYTES)
    assert next(pieces) == b"1"
    assert second.wait(30)
    assert list(pieces) == [b"2"]
