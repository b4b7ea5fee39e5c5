"""What running a bundle's entries showed, for people."""

from __future__ import annotations

from modelops_bundle.cli.render.files import size_text
from modelops_bundle.cli.render.layout import counted, place, right_aligned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelops_bundle.operations.verification.documents import (
        EntryProofDocument,
        ProblemDocument,
        VerifyDocument,
    )

_NAMES = {
    "crashed": "crashed",
    "out-of-memory": "out of memory",
    "timed-out": "timed out",
    "import-error": "import error",
    "data-error": "data error",
    "fact-mismatch": "fact mismatch",
    "call-error": "call error",
    "not-run": "not run",
}
_FACTS = {"model_output": "model output"}
_FRAMES = 12
#: Of what an entry printed: so many lines, of so many characters.
_LINES, _LINE = 8, 200


def render_verify(document: VerifyDocument, columns: int) -> list[str]:
    """One line for each entry, and what is wrong with it below."""
    return [*_heading(document), *_body(document, columns, verbose=False)]


def render_verify_in_full(document: VerifyDocument, columns: int) -> list[str]:
    """The same with what was compared, tracebacks and times."""
    return [*_heading(document), *_body(document, columns, verbose=True)]


def render_unfit(document: VerifyDocument) -> list[str]:
    """Why nothing was run, for stderr."""
    return [
        f"error: {document['message']}",
        *(f"  {line}" for line in document["output"]),
        *([f"help: {document['hint']}"] if document["hint"] else []),
    ]


def _heading(document: VerifyDocument) -> Iterator[str]:
    what = "as it would travel" if document["digest"] is None else document["digest"][7:19]
    size = f"{counted(document['files'], 'file')}, {size_text(document['size_bytes'])}"
    yield f"{document['name']} {what}: {size}"
    python = document["python"]
    if python is not None:
        yield f"Python {python['version']}: {python['executable']} ({python['chosen']})"
    yield from (f"note: {note}" for note in document["notes"])
    yield ""


def _body(document: VerifyDocument, columns: int, *, verbose: bool) -> Iterator[str]:
    entries = document["entries"]
    for entry in entries:
        yield from _entry(entry, columns, verbose=verbose)
    if entries:
        yield ""
    yield from _not_compared(entries)
    yield verify_summary(document)
    hints = dict.fromkeys(p["hint"] for e in entries for p in e["problems"] if p["hint"])
    for hint in hints:
        yield f"Next: {hint}"


def _entry(entry: EntryProofDocument, columns: int, *, verbose: bool) -> Iterator[str]:
    symbol = "=" if entry["outcome"] == "ok" else "!"
    left = f"  {symbol} {entry['kind']} {entry['id']}"
    yield from right_aligned(left, place(entry["path"], entry["line"]), columns)
    for problem in entry["problems"]:
        yield from _problem(problem, verbose=verbose)
    for note in entry["notes"]:
        yield f"      note: {note}"
    if verbose:
        compared = [_FACTS.get(fact, fact) for fact in entry["compared"]]
        if compared:
            yield f"      as registered: {', '.join(compared)}"
        if entry["called"]:
            yield "      called"
        yield from _printed(entry["printed"])
        yield f"      {entry['seconds']:.1f} s"


def _printed(text: str) -> Iterator[str]:
    """The last lines that it printed."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if lines:
        yield "      printed:"
    for line in lines[-_LINES:]:
        yield f"        | {line:.{_LINE}}"


def _problem(problem: ProblemDocument, *, verbose: bool) -> Iterator[str]:
    first, *further = problem["message"].splitlines() or [""]
    yield f"      {_NAMES[problem['kind']]}: {first}"
    yield from (f"        {line}" for line in further)
    where = place(problem["path"], problem["line"])
    if where:
        yield f"        at {where}"
    for frame in problem["traceback"][-_FRAMES:] if verbose else ():
        line = f"{frame['path']}:{frame['line']}"
        yield f"          {line}{' in ' + frame['function'] if frame['function'] else ''}"


def _not_compared(entries: Iterable[EntryProofDocument]) -> Iterator[str]:
    """Facts that nobody could compare, together where the reason is one."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        for one in entry["not_compared"]:
            found.setdefault((one["fact"], one["reason"]), []).append(entry["id"])
    for (fact, reason), ids in found.items():
        of = ids[0] if len(ids) == 1 else counted(len(ids), "entry", "entries")
        yield f"Not compared: {_FACTS.get(fact, fact)} of {of} ({reason})"
    if found:
        yield ""


def verify_summary(document: VerifyDocument) -> str:
    """How many entries are sound, and what is wrong with the others."""
    entries = document["entries"]
    if not entries:
        return "No models or targets are registered: nothing was run."
    failed = [entry["outcome"] for entry in entries if entry["outcome"] != "ok"]
    if not failed:
        all_ = counted(len(entries), "entry", "entries")
        targets = [entry for entry in entries if entry["kind"] == "target"]
        called = sum(entry["called"] for entry in targets)
        if document["call"] and called < len(targets):
            return f"Verified: {all_}; {called} of {counted(len(targets), 'target')} called."
        return f"Verified{' and called' if document['call'] else ''}: {all_}."
    kinds = [_counted(failed.count(kind), name) for kind, name in _NAMES.items() if kind in failed]
    all_ = counted(len(entries), "entry", "entries")
    return f"{len(entries) - len(failed)} of {all_} verified: {', '.join(kinds)}."


def _counted(count: int, name: str) -> str:
    plural = {"fact mismatch": "fact mismatches"}.get(name, f"{name}s")
    return counted(count, name, plural if name.endswith(("error", "mismatch")) else name)
