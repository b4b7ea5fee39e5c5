"""`status` for people: what differs, why, what is wrong, and what to do next."""

from __future__ import annotations

from modelops_bundle.cli.render.environment import environment_lines, has_details
from modelops_bundle.cli.render.findings import preflight_blocks, preflight_line
from modelops_bundle.cli.render.layout import (
    WIDE,
    cells,
    counted,
    labelled,
    padded,
    place,
    right_aligned,
    spaced,
)
from modelops_bundle.cli.render.reasons import status_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from modelops_bundle.operations.documents import (
        EntryDocument,
        RemoteDocument,
        SectionDocument,
        StatusDocument,
    )

_LABEL_CELLS = 10
_REMOTE_STATES = {
    "never-pushed": "never pushed",
    "synced": "pushed",
    "ahead": "changes not pushed",
    "behind": "behind: the remote has a newer bundle",
    "diverged": "diverged: both sides changed",
    "unreachable": "unreachable",
    "unauthorized": "not logged in",
}


def render_status(document: StatusDocument, columns: int, *, verbose: bool = False) -> list[str]:
    """Lines of `status`.

    Args:
        document: `mops-bundle.status/1`.
        columns: Width of the terminal.
        verbose: Unchanged entries and notes too.
    """
    return stacked(
        [
            *status_head(document),
            entry_lines(document, columns, verbose=verbose),
            *status_rest(document, columns, verbose=verbose),
        ]
    )


def stacked(blocks: Iterable[list[str]]) -> list[str]:
    """The lines of these blocks, with an empty line between two; empty blocks are passed over."""
    lines: list[str] = []
    for block in blocks:
        if block:
            lines += [*([""] if lines else []), *block]
    return lines


def status_head(document: StatusDocument) -> list[list[str]]:
    """Blocks: the project and its remote, the verdict, what git's two sides declared."""
    return [
        [_headline(document), *_problem(document["remote"])],
        [_verdict(document)],
        conflict_block(document),
    ]


def status_rest(document: StatusDocument, columns: int, *, verbose: bool) -> list[list[str]]:
    """Blocks: what differs or is wrong besides entries; the last one is what to do next."""
    return [
        _sections(document),
        _files(document),
        _unregistered(document, columns),
        *preflight_blocks(document["preflight"], columns, verbose=verbose),
        _next(document),
    ]


def in_sync_line(document: StatusDocument) -> str:
    """`In sync: 1 model, 2 targets. Preflight ok (2 notes, -v).`"""
    after = document["after"]
    counts = f"{counted(after['models'], 'model')}, {counted(after['targets'], 'target')}"
    return f"In sync: {counts}. {preflight_line(document['preflight'])}"


def _headline(document: StatusDocument) -> str:
    remote = document["remote"]
    if not remote["url"]:
        return f"{document['project']['name']}  (no remote)"
    return f"{document['project']['name']} -> {remote['url']}{_remote(remote)}"


def _remote(remote: RemoteDocument) -> str:
    state = _REMOTE_STATES.get(remote["state"])
    return f"  ({state})" if state else ""


def conflict_block(document: StatusDocument) -> list[str]:
    """What both sides of a git merge declared differently."""
    lines: list[str] = []
    for conflict in document["conflicts"]:
        ours, theirs = conflict["ours"] or "none", conflict["theirs"] or "none"
        row = (conflict["field"], f"ours {ours}, theirs {theirs}")
        kind, _, name = conflict["entity"].partition(":")
        lines.append(f"  ! {kind.replace('_', ' ')} {name}".rstrip())
        lines += labelled([row], 6, _LABEL_CELLS)
    return ["Registry conflict: both branches declared these.", *lines] if lines else []


def _problem(remote: RemoteDocument) -> list[str]:
    return [f"      {remote['problem']}"] if remote["problem"] else []


def _verdict(document: StatusDocument) -> str:
    entries = document["entries"]
    if document["conflicted"]:
        return f"Registry is stale: {document['project']['registry']} holds a git conflict."
    differing = [entry for entry in entries if entry["state"] != "fresh"]
    if document["in_sync"]:
        if not entries:
            return f"No models or targets are registered. {preflight_line(document['preflight'])}"
        return in_sync_line(document)
    broken = [entry for entry in differing if entry["state"] != "cosmetic"]
    total = counted(len(entries), "entry", "entries")
    idle = all(entry["action"] == "none" and entry["state"] != "unparsed" for entry in broken)
    if idle and broken and not document["additions"] and not document["sections"]:
        return f"Not in sync: {len(broken)} of {total} {lacking(len(broken))}."
    parts = []
    if broken:
        verb = "differs" if len(broken) == 1 else "differ"
        parts.append(f"{len(broken)} of {total} {verb} from the code")
    if document["additions"]:
        parts.append(f"{len(document['additions'])} new in registered files")
    if document["environment"]["state"] == "stale":
        parts.append("the environment changed")
    if parts:
        return f"Registry is stale: {', '.join(parts)}."
    if any(not section["cosmetic"] for section in document["sections"]):
        return "Registry is stale: its description of the project differs."
    if differing:
        return f"Only digests differ: {len(differing)} of {total}; behaviour is the same."
    return "Only the registry's form differs; behaviour is the same."


def lacking(number: int) -> str:
    """What is wrong with this many entries that a sync cannot cure."""
    return "lacks files that it needs" if number == 1 else "lack files that they need"


def entry_lines(
    document: StatusDocument,
    columns: int,
    *,
    verbose: bool = False,
    without: Collection[str] = (),
) -> list[str]:
    """Entries that differ, each with its reasons, and symbols that a sync would register.

    Args:
        verbose: Unchanged entries too.
        without: `kind:id` of those that are left out.
    """
    rows = [
        (
            _head(entry),
            list(status_rows(entry, verbose=verbose)),
            place(entry["path"], entry["line"]),
        )
        for entry in document["entries"]
        if (verbose or entry["state"] != "fresh")
        and f"{entry['kind']}:{entry['id']}" not in without
    ]
    rows += [
        (
            f"  + {new['kind']} {new['id']}",
            [("new", new["entrypoint"])],
            place(new["path"], new["line"]),
        )
        for new in document["additions"]
        if f"{new['kind']}:{new['id']}" not in without
    ]
    return _in_columns(rows, columns) if columns >= WIDE else _stacked(rows, columns)


def _head(entry: EntryDocument) -> str:
    symbol = {"fresh": "=", "cosmetic": "~"}.get(entry["state"], "!")
    return f"  {symbol} {entry['kind']} {entry['id']}"


def _stacked(rows: list[tuple[str, list[tuple[str, str]], str]], columns: int) -> list[str]:
    lines = []
    for head, reasons, where in rows:
        lines += right_aligned(head, where, columns)
        lines += labelled(reasons, 6, _LABEL_CELLS, columns)
    return lines


def _in_columns(rows: list[tuple[str, list[tuple[str, str]], str]], columns: int) -> list[str]:
    """Entries and reasons side by side, or stacked where one of them is too long for that."""
    heads = max((cells(head) for head, _, _ in rows), default=0) + 2
    texts = 0
    for _, reasons, _ in rows:
        texts = max(
            [texts, *(cells(spaced(label, _LABEL_CELLS) + text) for label, text in reasons)]
        )
    places = max((cells(where) for _, _, where in rows), default=0)
    if heads + texts + 2 + places > columns:
        return _stacked(rows, columns)
    lines = []
    for head, reasons, where in rows:
        for at, (label, text) in enumerate(reasons or [("", "")]):
            shown = padded(head if at == 0 else "", heads) + spaced(label, _LABEL_CELLS) + text
            last = where if at == 0 else ""
            lines.append((padded(shown, heads + texts + 2) + last).rstrip())
    return lines


def _sections(document: StatusDocument) -> list[str]:
    """What differs besides entries; target sets follow their targets."""
    lines: list[str] = []
    for section in told_sections(document):
        name = section["section"].replace("_", " ")
        if name == "environment" and has_details(document):
            lines += [f"  ~ {name}", *environment_lines(document, 6)]
        elif name != "target set":
            lines.append(f"  ~ {name}: {', '.join(section['messages'])}")
    return lines


def told_sections(document: StatusDocument) -> list[SectionDocument]:
    """The sections that differ, without an environment that is recorded for the first time.

    That is news only where nothing else is.
    """
    sections = document["sections"]
    idle = all(entry["action"] == "none" for entry in document["entries"])
    if len(sections) == 1 and idle and not document["additions"]:
        return sections
    return [s for s in sections if not (s["section"] == "environment" and s["cosmetic"])]


def _files(document: StatusDocument) -> list[str]:
    if "files" not in document:
        return []
    from modelops_bundle.cli.render.files import render_file_states

    return ["Files:", *render_file_states(document["files"])]


def _unregistered(document: StatusDocument, columns: int) -> list[str]:
    candidates = {name for entry in document["entries"] for name in entry["candidates"]}
    found = [item for item in document["unregistered"] if item["entrypoint"] not in candidates]
    if not found:
        return []
    lines = ["Not registered (`mops-bundle sync --discover` adds them):"]
    for item in found:
        head = f"    {item['kind']} {item['entrypoint']}"
        lines += right_aligned(head, place(item["path"], item["line"]), columns)
    return lines


def _next(document: StatusDocument) -> list[str]:
    entries = document["entries"]
    unparsed = [entry for entry in entries if entry["state"] == "unparsed"]
    undecided = [entry for entry in entries if entry["action"] == "decide"]
    destructive = any(entry["destructive"] for entry in entries) or any(
        section["destructive"] for section in document["sections"]
    )
    if document["conflicts"]:
        return [f"Next: settle the conflict in {document['project']['registry']}"]
    if document["conflicted"]:
        return ["Next: mops-bundle sync"]
    if unparsed:
        first = unparsed[0]
        return [f"Next: mend {place(first['path'], first['line'])}"]
    if undecided:
        first = undecided[0]
        return [f"Next: mops-bundle sync --rename {first['kind']}:{first['id']}=SYMBOL"]
    if destructive:
        return ["Next: mops-bundle sync --force, or keep the entries with --keep"]
    if not document["in_sync"]:
        pending = any(entry["action"] != "none" for entry in entries) or any(
            (document["additions"], document["sections"])
        )
        return ["Next: mops-bundle sync"] if pending else []
    if not entries:
        found = [(item["kind"], item["path"]) for item in document["unregistered"]]
        kind, path = found[0] if found else ("model", "PATH")
        return [f"Next: mops-bundle register-{kind} {path}"]
    unpublished = document["remote"]["state"] in ("never-pushed", "ahead")
    if unpublished and not document["summary"]["errors"]:
        return ["Next: mops-bundle push"]
    return []
