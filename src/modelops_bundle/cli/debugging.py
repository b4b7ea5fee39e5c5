"""What `--debug` shows: the program's events on stderr, with the milliseconds since its start."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from modelops_bundle.cli.output import printable
from modelops_bundle.log import ROOT_LOGGER


class _Line(logging.Formatter):
    """One line for an event, with nothing in it that could steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """`debug:   12 ms storage.http_client: GET ... -> 200`."""
        name = record.name.removeprefix(f"{ROOT_LOGGER}.")
        said = f"{record.relativeCreated:6.0f} ms  {name}: {record.getMessage()}"
        return printable(f"debug: {said}")


@contextmanager
def shown_events() -> Iterator[None]:
    """Show events for the length of the block; logging is as it was after it."""
    logger = logging.getLogger(ROOT_LOGGER)
    handler = logging.StreamHandler()
    handler.setFormatter(_Line())
    level, propagates = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates
