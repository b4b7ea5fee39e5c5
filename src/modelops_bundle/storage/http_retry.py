"""How long a remote is waited for: what is tried again, when, and when it is given up."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from modelops_bundle.errors import RemoteError
from modelops_bundle.log import Log

_LOG = Log(__name__)
#: What a later attempt may cure (RFC 9110 and RFC 6585); 501 and 505 it will not.
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
#: Attempts in a row that bring nothing.
_ATTEMPTS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        metadata_s: For everything that is small, all attempts together.
        stall_s: For data: without a byte of progress, all attempts together.
        connect_s: For one connection.
        first_delay_s, longest_delay_s: Between attempts; doubled each time.
    """

    metadata_s: float = 60.0
    stall_s: float = 60.0
    connect_s: float = 10.0
    first_delay_s: float = 0.25
    longest_delay_s: float = 8.0


class TransientFailure(Exception):
    """An attempt failed in a way that another may cure.

    Attributes:
        error: What to tell when no other is made.
        retry_after_s: What the server asked for; None where it did not.
    """

    def __init__(self, error: RemoteError, retry_after_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after_s = retry_after_s


class Attempts:
    """The attempts at one thing, under one deadline."""

    def __init__(self, patience: Patience, limit_s: float) -> None:
        self._patience = patience
        self._limit_s = limit_s
        self._failed = 0
        self._deadline = time.monotonic() + limit_s

    @property
    def remaining_s(self) -> float:
        """What is left until the deadline; never 0 or less, so that it can be a time-out."""
        return max(0.001, self._deadline - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the deadline is over."""
        return time.monotonic() >= self._deadline

    def progressed(self) -> None:
        """Something new has arrived for good: the deadline and the count begin anew."""
        self._failed = 0
        self.moved()

    def moved(self) -> None:
        """Data are on their way: the deadline begins anew. Should they be lost, it counted."""
        self._deadline = time.monotonic() + self._limit_s

    def wait(self, failure: TransientFailure) -> None:
        """Wait before the next attempt.

        Raises:
            RemoteError: the failure's own, where no other attempt is made.
        """
        self._failed += 1
        delay_s = self._delay_s(failure)
        if self._failed >= _ATTEMPTS or delay_s >= self._deadline - time.monotonic():
            tries = f"after {self._failed} attempts" if self._failed > 1 else "at once"
            error = failure.error
            error.message = f"{error.message} (given up {tries})"
            raise error from failure.__cause__
        _LOG.info("%s; trying again in %.1f s", failure.error.message, delay_s)
        time.sleep(delay_s)

    def _delay_s(self, failure: TransientFailure) -> float:
        if failure.retry_after_s is not None:
            return failure.retry_after_s
        longest = self._patience.longest_delay_s
        delay_s = min(longest, self._patience.first_delay_s * 2.0 ** (self._failed - 1))
        # Clients that failed together must not come back together.
        return delay_s * random.uniform(0.5, 1.0)


def is_transient(status: int) -> bool:
    """Whether a later attempt may get another status."""
    return status in _TRANSIENT


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """When the server wants to be asked again (RFC 9110, "Retry-After")."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
