"""How content stands to what is published, with and without asking."""

from __future__ import annotations

import pytest

from modelops_bundle.core.settings import SyncPoint
from modelops_bundle.operations.publish_state import (
    PublishState,
    checked_state,
    offline_state,
)
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import digest_of, put_bundle, states_of

OLD, NEW = {"a.py": b"1"}, {"a.py": b"2"}
OTHER = {"a.py": b"somebody else's"}


def point(contents: dict[str, bytes]) -> SyncPoint:
    files = {path: state.digest for path, state in states_of(contents).items()}
    return SyncPoint(put_bundle(MemoryRemote(), contents), files)


@pytest.mark.parametrize(
    ("recorded", "here", "expected"),
    [
        (None, OLD, "never-pushed"),
        (None, None, "never-pushed"),
        (OLD, OLD, "synced"),
        (OLD, NEW, "ahead"),
        (OLD, {**OLD, "b.py": b""}, "ahead"),
        (OLD, {}, "ahead"),
        (OLD, None, "ahead"),
    ],
)
def test_without_asking(
    recorded: dict[str, bytes] | None, here: dict[str, bytes] | None, expected: str
) -> None:
    known = None if recorded is None else point(recorded)
    assert offline_state(known, None if here is None else states_of(here)) == expected


@pytest.mark.parametrize(
    ("recorded", "here", "held", "expected"),
    [
        (None, OLD, None, "never-pushed"),
        (OLD, OLD, None, "never-pushed"),
        (OLD, OLD, OLD, "synced"),
        (OLD, NEW, OLD, "ahead"),
        (OLD, None, OLD, "ahead"),
        (OLD, OLD, OTHER, "behind"),
        (OLD, NEW, OTHER, "diverged"),
        (OLD, None, OTHER, "diverged"),
        (None, OLD, OTHER, "diverged"),
        (None, OLD, OLD, "synced"),
        (OLD, NEW, NEW, "synced"),
    ],
)
def test_when_the_remote_was_asked(
    recorded: dict[str, bytes] | None,
    here: dict[str, bytes] | None,
    held: dict[str, bytes] | None,
    expected: str,
) -> None:
    known = None if recorded is None else point(recorded)
    there = None if held is None else point(held)
    state = checked_state(
        known,
        None if here is None else states_of(here),
        there and there.manifest,
        there and there.files,
    )
    assert state == expected


def test_a_bundle_that_cannot_be_read_is_not_taken_for_this_one() -> None:
    assert checked_state(point(OLD), states_of(OLD), digest_of(b"x")) == "behind"
    assert checked_state(point(OLD), states_of(NEW), digest_of(b"x")) == "diverged"


def test_states_are_those_of_the_contract() -> None:
    """Beside `unreachable` and `unauthorized`, which say nothing of content."""
    assert {state.value for state in PublishState} == {
        "unknown",
        "never-pushed",
        "synced",
        "ahead",
        "behind",
        "diverged",
    }
