"""When something is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from modelops_bundle.errors import RemoteError
from modelops_bundle.storage.http_retry import (
    Attempts,
    Patience,
    TransientFailure,
    is_transient,
    retry_after_s,
)

QUICK = Patience(first_delay_s=0.001, longest_delay_s=0.001)


def failures(attempts: Attempts) -> int:
    """How many failures are taken before it is given up."""
    count = 0
    while True:
        count += 1
        try:
            attempts.wait(TransientFailure(RemoteError("it failed")))
        except RemoteError:
            return count


def test_failures_in_a_row_are_counted_and_progress_begins_anew() -> None:
    assert failures(Attempts(QUICK, 60)) == 7
    attempts = Attempts(QUICK, 60)
    for _ in range(20):
        attempts.wait(TransientFailure(RemoteError("it failed")))
        attempts.progressed()
    assert failures(attempts) == 7


def test_data_that_were_lost_again_are_no_progress() -> None:
    attempts = Attempts(QUICK, 60)
    for _ in range(6):
        attempts.wait(TransientFailure(RemoteError("it failed")))
        attempts.moved()
    with pytest.raises(RemoteError, match="given up after 7 attempts"):
        attempts.wait(TransientFailure(RemoteError("it failed")))


def test_what_would_end_beyond_the_deadline_is_not_waited_for() -> None:
    with pytest.raises(RemoteError, match="at once"):
        Attempts(QUICK, 10).wait(TransientFailure(RemoteError("it failed"), retry_after_s=11))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", None), ("0", 0), ("120", 120), ("-1", None), ("soon", None), ("9" * 20, None)],
)
def test_seconds_to_wait(text: str, expected: float | None) -> None:
    assert retry_after_s({"Retry-After": text}) == expected


def test_a_moment_to_wait_for() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)
    found = retry_after_s({"Retry-After": format_datetime(soon, usegmt=True)})
    assert found is not None
    assert 90 < found <= 100
    assert retry_after_s({"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}) == 0


@pytest.mark.parametrize(
    ("status", "expected"), [(200, False), (401, False), (404, False), (429, True), (503, True)]
)
def test_what_may_pass(status: int, expected: bool) -> None:
    assert is_transient(status) is expected
