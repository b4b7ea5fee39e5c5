"""The plan of a `sync` for people, and what became of it."""

from __future__ import annotations

from modelops_bundle.cli.render.environment import environment_lines, has_details
from modelops_bundle.cli.render.findings import preflight_blocks, preflight_line
from modelops_bundle.cli.render.layout import counted, labelled, place, right_aligned
from modelops_bundle.cli.render.reasons import gone_message, plan_headline, plan_rows
from modelops_bundle.cli.render.status import (
    conflict_block,
    in_sync_line,
    lacking,
    told_sections,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.documents import EntryDocument, StatusDocument

_LABEL_CELLS = 14
_MARGIN = 6
_SYMBOLS = {"update": "~", "rename": ">", "move": ">", "remove": "-", "decide": "!", "none": "!"}
#: Reasons that an entry's own definition is gone.
_GONE = ("MB123", "MB124")
_UNPUSHED = {"never-pushed": " Not pushed.", "ahead": " Changes not pushed."}


def render_plan(document: StatusDocument, columns: int) -> list[str]:
    """The plan: every change, with what it changes, and their number."""
    # Of what was carried out nothing is needed any more.
    mark = "(needs --force)" if document.get("refused") else ""
    changes = [line for entry in document["entries"] for line in _entry(entry, columns, mark)]
    for new in document["additions"]:
        changes += [f"  + {new['kind']} {new['id']}", f"      {new['entrypoint']}"]
    changes += _sections(document, columns, mark)
    if not changes:
        return ["Nothing to do: the registry says what the code says."]
    return [f"Plan for {document['project']['registry']}", "", *changes, "", _summary(document)]


def render_sync(document: StatusDocument, columns: int, *, dry_run: bool = False) -> list[str]:
    """The plan and its outcome.

    Args:
        document: `mops-bundle.sync/1`.
        columns: Width of the terminal.
        dry_run: The plan was only to be shown.
    """
    lines = render_plan(document, columns) if _has_plan(document) else []
    lines += [*([""] if lines else []), *conflict_block(document)] if document["conflicts"] else []
    refusal = _refusal(document)
    if refusal:
        return [*lines, f"Nothing written: {refusal}.", *_other_name(document)]
    if dry_run:
        return [*(lines or render_plan(document, columns)), "Nothing written: this was a dry run."]
    for block in preflight_blocks(document["preflight"], columns, verbose=False):
        lines += [*([""] if lines else []), *block]
    return [*lines, *([""] if lines else []), _outcome(document)]


def _outcome(document: StatusDocument) -> str:
    broken = [entry for entry in document["entries"] if _stays_broken(entry)]
    stale = sum(_stays_stale(entry) for entry in document["entries"])
    if broken or stale:
        gone = sum(any(r["code"] in _GONE for r in entry["reasons"]) for entry in broken)
        left = len(broken) - gone
        parts = [f"{counted(gone, 'entry is', 'entries are')} missing"] if gone else []
        parts += [f"{counted(left, 'entry', 'entries')} {lacking(left)}"] if left else []
        if stale:
            parts += [f"{counted(stale, 'entry is', 'entries are')} stale, run `mops-bundle sync`"]
        return f"Not in sync: {', '.join(parts)}. {preflight_line(document['preflight'])}"
    return in_sync_line(document) + _UNPUSHED.get(document["remote"]["state"], "")


def _stays_broken(entry: EntryDocument) -> bool:
    return entry["state"] in ("missing", "unparsed", "ambiguous") and entry["action"] != "remove"


def _stays_stale(entry: EntryDocument) -> bool:
    """Whether it differs from the code and was left alone: registering is about one file."""
    return entry["state"] == "stale" and entry["action"] == "none"


def _has_plan(document: StatusDocument) -> bool:
    return (
        any(entry["action"] != "none" or entry["state"] != "fresh" for entry in document["entries"])
        or bool(document["additions"])
        or bool(document["sections"])
    )


def _entry(entry: EntryDocument, columns: int, needed: str) -> list[str]:
    if entry["action"] == "none" and entry["state"] in ("fresh", "cosmetic"):
        return []
    head = f"  {_SYMBOLS[entry['action']]} {plan_headline(entry)}"
    mark = needed if entry["destructive"] else ""
    lines = right_aligned(head, mark, min(columns, 80), _MARGIN)
    if entry["action"] == "remove":
        sets = "".join(f"; leaves target set {name}" for name in entry["target_sets"])
        return [*lines, f"      {gone_message(entry)}{sets}"]
    if entry["action"] == "none":
        return [*lines, *(f"      {reason['message']}" for reason in entry["reasons"])]
    rows = list(plan_rows(entry))
    if entry["action"] in ("rename", "move"):
        rows += [("target set", f"{name} (kept)") for name in entry["target_sets"]]
    return [*lines, *labelled(rows, 6, _LABEL_CELLS, columns)]


def _sections(document: StatusDocument, columns: int, needed: str) -> list[str]:
    """What changes besides entries; that a set loses a target is said with the target."""
    lines: list[str] = []
    for section in told_sections(document):
        if section["section"] == "target_set" and section["change"] == "update":
            continue
        title = f"{section['section'].replace('_', ' ')} {section['name']}".rstrip()
        mark = needed if section["destructive"] else ""
        head = f"  {_SYMBOLS.get(section['change'], '+')} {title}"
        lines += right_aligned(head, mark, min(columns, 80), _MARGIN)
        if section["section"] == "environment" and has_details(document):
            lines += environment_lines(document, 6)
        else:
            lines += [f"      {message}" for message in section["messages"]]
    return lines


def _summary(document: StatusDocument) -> str:
    summary = document["summary"]
    parts = [
        counted(summary["rename"], "rename"),
        counted(summary["move"], "move"),
        counted(summary["update"], "update"),
        counted(summary["add"], "addition"),
        counted(summary["remove"], "removal"),
        counted(summary["decide"], "decision"),
    ]
    shown = [part for part in parts if not part.startswith("0 ")]
    unchanged = [f"{summary['unchanged']} unchanged"] if summary["unchanged"] else []
    return f"Plan: {', '.join(shown + unchanged) or 'no entry changes'}."


def _other_name(document: StatusDocument) -> list[str]:
    """How to say that the one entry to be removed is there under a name that nothing shows."""
    removed = [entry for entry in document["entries"] if entry["action"] == "remove"]
    if document.get("refused") != "destructive" or len(removed) != 1:
        return []
    [entry] = removed
    if " is gone from " not in gone_message(entry):
        return []  # its whole file is gone
    option = f"--rename {entry['kind']}:{entry['id']}=SYMBOL"
    return [f"If it has another name now: mops-bundle sync {option}"]


def _refusal(document: StatusDocument) -> str:
    refused = document.get("refused")
    if refused == "destructive":
        removals = document["summary"]["remove"]
        if removals == 1:
            return "the removal needs --force, or keep it with --keep"
        if removals:
            return "the removals need --force, or keep them with --keep"
        return "what would be lost needs --force"
    if refused == "ambiguous":
        first = next((e for e in document["entries"] if e["action"] == "decide"), None)
        example = f" --rename {first['kind']}:{first['id']}=SYMBOL" if first else " --rename"
        return f"say which symbol is meant with{example}"
    if refused == "unparsed":
        first = next((e for e in document["entries"] if e["state"] == "unparsed"), None)
        where = place(first["path"], first["line"]) if first else "a file"
        return f"{where} cannot be parsed"
    if refused == "conflict":
        return "both branches changed what a person declared; settle it in the registry"
    return ""
