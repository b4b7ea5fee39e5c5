"""The loop of `watch`: look, show, wait."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Sequence

from modelops_bundle.cli.interrupts import Ended, ending_in_order, exit_code_of
from modelops_bundle.cli.lookout import Lookout, Outcome
from modelops_bundle.cli.output import Output, encodable, printable
from modelops_bundle.cli.render.colour import paint
from modelops_bundle.cli.render.watch import clock, frame, has_news, screen_lines
from modelops_bundle.cli.screen import Hangup, Screen, can_draw
from modelops_bundle.errors import BundleError
from modelops_bundle.operations.documents import StatusDocument
from modelops_bundle.operations.watch_documents import WatchDocument, watch_document

_HUNG_UP = 128 + signal.SIGHUP


def watch(root: str, out: Output, *, until_fresh: bool = False) -> int:
    """Show the status of a project, again and again.

    Args:
        root: Real absolute path.
        until_fresh: End as soon as the registry is in sync.

    Returns:
        0 where a person ended it; 143 and 129 for SIGTERM and SIGHUP.
    """
    lookout = Lookout(root)
    try:
        with ending_in_order() as ending:
            if out.json or not can_draw():
                return _print(lookout, out, until_fresh=until_fresh)
            with Screen() as screen:
                return _Drawn(lookout, screen, colour=out.colour).run(until_fresh=until_fresh)
    except KeyboardInterrupt:
        return exit_code_of(Ended(ending.number)) if ending.number else 0
    except Hangup:
        return _HUNG_UP
    finally:
        lookout.close()


class _News:
    """Makes one document after the other, each compared with the last that had a status."""

    def __init__(self) -> None:
        self._last: StatusDocument | None = None
        self._outcome: object = None

    def of(self, outcome: Outcome) -> WatchDocument | None:
        """The document of a look; None where it shows what the one before showed."""
        told: object = str(outcome) if isinstance(outcome, BundleError) else outcome
        if told == self._outcome:
            return None
        self._outcome = told
        document = watch_document(self._last, outcome, _now())
        self._last = document["status"] or self._last
        return document


def _print(lookout: Lookout, out: Output, *, until_fresh: bool) -> int:
    """Text, or one JSON document a line, at each change."""
    news = _News()
    while True:
        document = news.of(lookout.look())
        if document is not None:
            if out.json:
                out.write(json.dumps(document) + "\n")
            else:
                out.lines([*_printed(document, out.columns), ""])
            if until_fresh and _is_fresh(document):
                return 0
        lookout.remember()
        while not lookout.wait(out.is_abandoned):
            if out.is_abandoned():
                raise BrokenPipeError


def _printed(document: WatchDocument, columns: int) -> list[str]:
    error = _error_lines(document)
    lines, following = screen_lines(document, document["status"], error, columns)
    start = [] if has_news(document) else [f"At {clock(document['at'])}:"]
    return [*start, *lines, *([""] if following else []), *following]


class _Drawn:
    """One calm screen."""

    def __init__(self, lookout: Lookout, screen: Screen, *, colour: bool) -> None:
        self._lookout = lookout
        self._screen = screen
        self._colour = colour
        self._news = _News()
        self._changed: WatchDocument | None = None
        self._status: StatusDocument | None = None
        self._error: list[str] = []

    def run(self, *, until_fresh: bool) -> int:
        """Show until a person quits."""
        self._draw(["Looking at the project ..."])
        while True:
            document = self._news.of(self._lookout.look())
            if document is not None:
                self._take(document)
                self._draw(None)
            if until_fresh and document is not None and _is_fresh(document):
                return 0
            self._lookout.remember()
            while not self._lookout.wait(self._screen.attended):
                if self._screen.quitting:
                    return 0
                self._draw(None)

    def _take(self, document: WatchDocument) -> None:
        self._error = _error_lines(document)
        if document["status"] is not None:
            self._status = document["status"]
        if has_news(document):
            self._changed = document

    def _draw(self, instead: Sequence[str] | None) -> None:
        columns, rows = self._screen.size
        lines, below = screen_lines(self._changed, self._status, self._error, columns)
        shown = frame(
            _safe(instead or lines), _safe(below), self._footer(), columns=columns, rows=rows
        )
        self._screen.draw([paint(line) for line in shown] if self._colour else shown)

    def _footer(self) -> str:
        problem = self._lookout.problem if self._status is not None and not self._error else ""
        return f"looking again and again ({problem}); q quits" if problem else "watching; q quits"


def _safe(lines: Sequence[str]) -> list[str]:
    return [encodable(printable(line)) for line in lines]


def _error_lines(document: WatchDocument) -> list[str]:
    error = document["error"]
    if error is None:
        return []
    hint = [f"      {error['hint']}"] if error["hint"] else []
    return [f"No status for now: {error['message']}", *hint]


def _is_fresh(document: WatchDocument) -> bool:
    return document["status"] is not None and document["status"]["in_sync"]


def _now() -> str:
    offset = time.strftime("%z")
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S')}{offset[:3]}:{offset[3:]}"
