"""The screen of `watch`: what just changed, the status, and no more lines than fit."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import cells, counted, labelled, place, right_aligned
from modelops_bundle.cli.render.reasons import status_rows
from modelops_bundle.cli.render.status import entry_lines, stacked, status_head, status_rest
from modelops_bundle.operations.watch_documents import became_fresh, became_stale

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_bundle.operations.documents import StatusDocument
    from modelops_bundle.operations.watch_documents import TransitionDocument, WatchDocument

_LABEL_CELLS = 10
#: Below this a line of the terminal is too short to be broken at words.
_WORTH_WORDS = 20


def news_lines(document: WatchDocument, columns: int) -> list[str]:
    """What changed with this look, under the time; nothing where nothing did."""
    status = document["status"]
    if status is None or not has_news(document):
        return []
    changed = {transition["entity"] for transition in document["transitions"]}
    lines = [f"Changed at {clock(document['at'])}:"]
    for head, where, reasons in _transition_rows(document["transitions"], status):
        lines += right_aligned(head, where, columns)
        lines += labelled(reasons, 6, _LABEL_CELLS, columns)
    for finding in document["found"]:
        if finding["entity"] not in changed:
            where = place(finding["path"], finding["line"])
            head = f"  ! {finding['severity']}  {finding['message']}"
            lines += right_aligned(head, where, columns)
    lines += [
        f"  = settled  {finding['message']}"
        for finding in document["settled"]
        if finding["entity"] not in changed
    ]
    return lines


def has_news(document: WatchDocument) -> bool:
    """Whether anything differs from the look before."""
    return bool(document["transitions"] or document["found"] or document["settled"])


def clock(at: str) -> str:
    """The time of day of an RFC 3339 time."""
    return at.partition("T")[2][:8]


def _transition_rows(
    transitions: Sequence[TransitionDocument], status: StatusDocument
) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """(headline, place, reasons) of each thing that changed."""
    entries = {f"{e['kind']}:{e['id']}": e for e in status["entries"]}
    additions = {f"{a['kind']}:{a['id']}": a for a in status["additions"]}
    for transition in transitions:
        name = transition["entity"]
        head = f"  {_symbol(transition)} {name.replace(':', ' ', 1)}  ({_verb(transition)})"
        entry, addition = entries.get(name), additions.get(name)
        if entry is not None and entry["state"] != "fresh":
            yield head, place(entry["path"], entry["line"]), list(status_rows(entry))
        elif addition is not None:
            where = place(addition["path"], addition["line"])
            yield head, where, [("new", addition["entrypoint"])]
        else:
            yield head, "", []


def _symbol(transition: TransitionDocument) -> str:
    if transition["after"] is None:
        return "-"
    if transition["after"] == "new":
        return "+"
    if became_fresh(transition):
        return "="
    return "~" if transition["after"] == "cosmetic" else "!"


def _verb(transition: TransitionDocument) -> str:
    before, after = transition["before"], transition["after"]
    if after is None:
        return "gone"
    if after == "new":
        return "new in the code"
    if became_fresh(transition):
        return "registered, fresh" if before in (None, "new") else "fresh again"
    if became_stale(transition):
        return f"just became {after}"
    return f"still {after}, changed again" if before == after else f"{before or 'new'} -> {after}"


def screen_lines(
    news: WatchDocument | None,
    status: StatusDocument | None,
    error: Sequence[str],
    columns: int,
) -> tuple[list[str], list[str]]:
    """The lines of a screen: what may be cut off at its end, and what stands below in any case.

    What changed last stands apart, above what differed before.

    Args:
        news: The last look with any news.
        status: The last status that there was.
        error: Why there is none now.
    """
    if status is None:
        return list(error), []
    told = news_lines(news, columns) if news else []
    changed = {one["entity"] for one in news["transitions"]} if news else set()
    before = entry_lines(status, columns, without=changed)
    *rest, following = status_rest(status, columns, verbose=False)
    if told and before:
        before = ["Before that:", *before]
    return stacked([list(error), *status_head(status), told, before, *rest]), following


def frame(
    lines: Sequence[str], below: Sequence[str], footer: str, columns: int, rows: int
) -> list[str]:
    """Exactly `rows` lines, each of which fits into `columns`; what is cut off is counted.

    The last column stays empty: terminals differ in what follows a character there.

    Args:
        lines: The report, cut off at its end where there is no room.
        below: What stands under it in any case, if there is room for anything.
        footer: The last line.
    """
    width = max(1, columns - 1)
    kept = [part for line in below for part in wrapped(line, width)]
    last = wrapped(footer, width)[:1]
    if rows < len(kept) + len(last) + 4:
        kept = []
    if rows < 4:
        last = []
    room = rows - len(last) - (len(kept) + 1 if kept else 0)
    body = _cut([part for line in lines for part in wrapped(line, width)], room, width)
    if kept:
        body += ["", *kept]
    blank = rows - len(body) - len(last)
    return [*body, *([""] * blank), *last]


def _cut(lines: list[str], room: int, width: int) -> list[str]:
    if len(lines) <= room:
        return lines
    if room < 2:
        return lines[:room]
    left = len(lines) - room + 1
    return [*lines[: room - 1], wrapped(f"... {counted(left, 'more line')}", width)[0]]


def wrapped(line: str, width: int) -> list[str]:
    """The line in parts of at most `width` cells, broken at spaces where that leaves enough."""
    parts: list[str] = []
    while cells(line) > width:
        end = _fitting(line, width)
        space = line.rfind(" ", 0, end + 1)
        indent = len(line) - len(line.lstrip(" "))
        if width >= _WORTH_WORDS and space > max(indent, end // 2):
            parts.append(line[:space].rstrip())
            line = " " * min(indent, width // 4) + line[space:].lstrip(" ")
        else:
            parts.append(line[:end])
            line = line[end:]
    return [*parts, line]


def _fitting(line: str, width: int) -> int:
    """How many characters fit; at least one, so that there is an end."""
    used = 0
    for at, character in enumerate(line):
        used += cells(character)
        if used > width:
            return max(1, at)
    return len(line)


def patch(before: Sequence[str] | None, after: Sequence[str]) -> str:
    """What to write to a terminal that shows one screen for it to show another.

    Only lines that differ are written, each in its place, so that nothing flickers or scrolls.

    Args:
        before: The lines that it shows; None where that is not known, or its size was another.
        after: The lines to show, painted or not.
    """
    start = "" if before is not None else "\x1b[0m\x1b[H\x1b[2J"
    old = before if before is not None and len(before) == len(after) else [""] * len(after)
    return start + "".join(
        f"\x1b[{row};1H{line}\x1b[K"
        for row, (was, line) in enumerate(zip(old, after, strict=True), 1)
        if was != line
    )
