"""Phases of long work: told in order, to the end, and given up at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from modelops_bundle.workspace.hashing import hash_all
from modelops_bundle.workspace.phases import (
    Phase,
    StoppedError,
    listening,
    phase,
    saying_what_stays,
)
from support.listener import Heard


def test_a_phase_is_told_from_its_beginning_to_its_end() -> None:
    heard = Heard()
    with listening(heard), phase("Hashing", 30) as told:
        told.add(10)
        told.add(20)
    assert heard.phases == [("Hashing", 30, [10, 30])]
    assert heard.ended == 1


def test_a_phase_inside_another_is_a_part_of_it() -> None:
    heard = Heard()
    with listening(heard), phase("Verifying", 3) as outer, phase("Hashing", 1) as inner:
        inner.add(1)
        outer.add(2)
    assert heard.phases == [("Verifying", 3, [1, 3])]
    assert heard.ended == 1


def test_a_phase_that_fails_has_ended_too() -> None:
    heard = Heard()
    with pytest.raises(ValueError), listening(heard), phase("Copying", 1):
        raise ValueError
    assert heard.ended == 1


def test_nobody_needs_to_listen() -> None:
    with phase("Hashing", 1) as told:
        told.add(1)


def test_many_threads_are_told_one_after_the_other() -> None:
    heard = Heard()
    with listening(heard), phase("Uploading", 4000) as told:
        threads = [
            threading.Thread(target=lambda: [told.add(1) for _ in range(500)]) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert heard.phases[0][2] == list(range(1, 4001))


def test_a_phase_that_was_given_up_ends_who_works_on_it() -> None:
    given_up = Phase(10)
    given_up.stop()
    with pytest.raises(StoppedError):
        given_up.add(1)


def test_an_interrupt_carries_what_stays() -> None:
    with pytest.raises(KeyboardInterrupt) as caught, saying_what_stays(lambda: "2 of 3"):
        raise KeyboardInterrupt
    assert caught.value.__notes__ == ["2 of 3"]


@pytest.mark.parametrize("count", [1, 100])
def test_hashing_tells_every_byte(count: int, tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(count)]
    for path in paths:
        path.write_bytes(b"x" * 3_000_000 if path.name == "0" else b"y" * 100)
    total = 3_000_000 + 100 * (count - 1)
    heard = Heard()
    with listening(heard):
        hash_all([str(path) for path in paths], total)
    (title, told_total, told), *rest = heard.phases
    assert (title, told_total, rest) == ("Hashing", total, [])
    assert told == sorted(told)
    assert told[-1] == total
    assert len(told) >= 3


def test_what_was_hashed_before_an_interrupt_is_there(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(name.encode())

    class Pressed(Heard):
        def moved(self, done_bytes: int) -> None:
            super().moved(done_bytes)
            if done_bytes == 2:
                raise KeyboardInterrupt

    outcomes: list[object] = [None] * 3
    with pytest.raises(KeyboardInterrupt), listening(Pressed()):
        hash_all([str(tmp_path / name) for name in "abc"], 3, outcomes)  # type: ignore[arg-type]
    assert outcomes[0] is not None
    assert outcomes[1:] == [None, None]
