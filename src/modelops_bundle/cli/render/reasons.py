"""What is said of one difference, in `status` and in the plan of `sync`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_bundle.operations.documents import EntryDocument, ReasonDocument

    Row = tuple[str, str]

_STATUS_LABELS = {
    "model_output": "output",
    "class_name": "class",
    "parameters": "params",
    "data_digests": "data",
    "code_digests": "code",
    "model_digest": "code",
    "target_digest": "code",
}
_PLAN_LABELS = {
    "data_digests": "data",
    "code_digests": "code",
    "model_digest": "file",
    "target_digest": "file",
}
_SETTLING = {"remove": "gone", "decide": "gone"}
#: Fields that tell of bytes, not of what they mean.
_OWN_FILE = ("model_digest", "target_digest")
_BYTES = (*_OWN_FILE, "code_digests", "data_digests")


def status_rows(entry: EntryDocument, *, verbose: bool = False) -> Iterator[Row]:
    """(label, text) for each reason of an entry, for `status`."""
    moved = entry["action"] in ("rename", "move")
    for reason in said(entry, verbose=verbose):
        field = reason["field"]
        evidence = f" ({reason['evidence']})" if reason["evidence"] else ""
        if field == "entrypoint" and moved and reason["new"]:
            yield "renamed", f"-> {reason['new'].partition(':')[2]}{evidence}"
        elif field == "path" and moved and reason["new"]:
            yield "moved", f"-> {reason['new']}{evidence}"
        elif field in ("entrypoint", "path"):
            yield _settling_label(entry), _gone_text(entry, reason)
        else:
            yield _STATUS_LABELS.get(field, field), _status_text(reason)
    yield from _candidates(entry)


def plan_rows(entry: EntryDocument) -> Iterator[Row]:
    """(label, text) for each reason of an entry, for the plan of `sync`.

    The new symbol or path stands in the entry's headline.
    """
    for reason in said(entry):
        field = reason["field"]
        if field in ("entrypoint", "path"):
            if entry["action"] not in ("rename", "move"):
                yield _settling_label(entry), _gone_text(entry, reason)
        else:
            yield _PLAN_LABELS.get(field, field), _plan_text(reason)
    yield from _candidates(entry)


def plan_headline(entry: EntryDocument) -> str:
    """`target ID`, with what it becomes where its symbol or file changes."""
    name = f"{entry['kind']} {entry['id']}"
    new = {reason["field"]: reason["new"] or "" for reason in entry["reasons"]}
    if entry["action"] == "rename" and "entrypoint" in new:
        return f"{name} -> {new['entrypoint'].partition(':')[2]}"
    if entry["action"] == "move":
        return f"{name} -> {new.get('entrypoint') or new.get('path')}"
    return name


def gone_message(entry: EntryDocument) -> str:
    """Why an entry would be removed."""
    return next((reason["message"] for reason in entry["reasons"]), "its symbol is gone")


def said(entry: EntryDocument, *, verbose: bool = False) -> list[ReasonDocument]:
    """The reasons, without those that say less than another one does.

    Beside a difference that changes behaviour, digests alone are no news; and that a file changed
    is none beside what changed in it.
    """
    reasons = entry["reasons"]
    if verbose:
        return reasons
    serious = [reason for reason in reasons if not reason["cosmetic"]]
    explained = any(reason["field"] not in _BYTES for reason in serious)
    return [
        reason
        for reason in serious or reasons
        if not (explained and reason["field"] in _OWN_FILE)
        and not (reason["field"] == "class_name" and entry["action"] in ("rename", "move"))
    ]


def _settling_label(entry: EntryDocument) -> str:
    if entry["action"] in _SETTLING:
        return _SETTLING[entry["action"]]
    return entry["state"] if entry["state"] in ("missing", "unparsed") else "entry"


def _gone_text(entry: EntryDocument, reason: ReasonDocument) -> str:
    if entry["candidates"]:
        return f"{(reason['old'] or '').partition(':')[2]} is gone; it may now be one of"
    return reason["message"]


def _candidates(entry: EntryDocument) -> Iterator[Row]:
    for candidate in entry["candidates"]:
        yield "", candidate


def _status_text(reason: ReasonDocument) -> str:
    if reason["field"] == "model_output" and reason["new"]:
        return f"{reason['old'] or 'none'} -> {reason['new']}"
    text = _message(reason)
    if len(reason["via"]) > 1:
        text = f"{_chain(reason)} changed"
    if reason["cosmetic"]:
        text += " (digest only)"
    return text


def _plan_text(reason: ReasonDocument) -> str:
    old, new = reason["old"], reason["new"]
    if reason["field"] in _BYTES and (old or new):
        subject = _chain(reason) if len(reason["via"]) > 1 else reason["path"] or ""
        note = "  (digest only)" if reason["cosmetic"] else ""
        return f"{subject}  {_short(old)} -> {_short(new)}{note}".strip()
    if reason["field"] == "model_output":
        return f"{old or 'none'} -> {new or 'none'}"
    return _message(reason)


def _message(reason: ReasonDocument) -> str:
    """The message without the field's name, which the label says already."""
    return reason["message"].removeprefix(f"{reason['field']} ")


def _chain(reason: ReasonDocument) -> str:
    line = f":{reason['line']}" if reason["line"] else ""
    return " -> ".join(reason["via"]) + line


def _short(digest: str | None) -> str:
    return digest.rpartition(":")[2][:8] if digest else "none"
