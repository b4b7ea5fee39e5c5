"""What a push did, or why it was refused, for people."""

from __future__ import annotations

from modelops_bundle.cli.render.files import size_text
from modelops_bundle.cli.render.layout import counted, place, table
from modelops_bundle.cli.render.reasons import said
from modelops_bundle.cli.render.verify import render_verify, verify_summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_bundle.operations.documents import EntryDocument, ReasonDocument, StatusDocument
    from modelops_bundle.operations.transfer_documents import PushDocument

_PACKED = "packed: workers need this tool (`layout: files` in config.yaml serves older ones)"
_CHANGED = {
    "model_output": "output changed",
    "outputs": "outputs changed",
    "scenarios": "scenarios changed",
    "parameters": "parameters changed",
    "class_name": "class changed",
    "data": "data changed",
    "code": "imports changed",
}


def render_push(document: PushDocument, columns: int) -> list[str]:
    """What was published; the last line is the digest alone."""
    uploaded, reused = document["uploaded"], document["reused"]
    lines = []
    verification = document.get("verification")
    if verification is not None:
        lines += [verify_summary(verification)]
    if document["recorded"]:
        would = "Would record" if document["dry_run"] else "Recorded"
        lines.append(f"{would} digests in the registry first: they changed, behaviour did not.")
    if not document["entries"]:
        lines.append("No models or targets are registered: only tracked files travel.")
        lines.append("  to register one: mops-bundle register-model PATH")
    verb = "Would push" if document["dry_run"] else "Pushed"
    lines += [
        f"{verb} {counted(document['files'], 'file')} to {document['url']}",
        f"  tags      {', '.join(document['tags'])}",
        f"  uploaded  {counted(uploaded['blobs'], 'blob')}, {size_text(uploaded['bytes'])}",
        f"  reused    {counted(reused['blobs'], 'blob')}, {size_text(reused['bytes'])}",
    ]
    if document["layout"] == "packed":
        lines.append(f"  layout    {_PACKED}")
    if document["unrecorded"]:
        lines.append(f"  not recorded: who published it and when ({document['unrecorded']})")
    return [*lines, document["digest"] or ""]


def render_refusal(document: PushDocument, columns: int) -> list[str]:
    """Why nothing was published, for stderr."""
    status, verification = document.get("status"), document.get("verification")
    lines = [f"error: {document['message']}"]
    if status is not None and document["refused"] == "stale":
        lines = [f"error: {_how_stale(status)}; nothing was uploaded", *_stale(status)]
    elif status is not None:
        errors = [f for f in status["preflight"] if f["severity"] == "error"]
        number = len(errors)
        lines = [f"error: preflight has {counted(number, 'error')}; nothing was uploaded"]
        for finding in errors:
            where = place(finding["path"], finding["line"])
            lines.append(f"  {finding['code']} {finding['message']}{where and f' ({where})'}")
    if verification is not None and document["refused"] == "verify":
        if verification["refused"] is None:
            lines = [*render_verify(verification, columns), "", *lines]
        else:
            lines += [f"  {line}" for line in verification["output"]]
    return [*lines, *([f"help: {document['hint']}"] if document["hint"] else [])]


def _how_stale(status: StatusDocument) -> str:
    states = [entry["state"] for entry in status["entries"]]
    unparsed = states.count("unparsed")
    if unparsed:
        return f"the source of {counted(unparsed, 'entry', 'entries')} cannot be parsed"
    number = sum(state not in ("fresh", "cosmetic") for state in states)
    number += len(status["additions"])
    if number:
        return f"registry is stale ({counted(number, 'entry', 'entries')})"
    return "registry holds a git conflict" if status["conflicted"] else "registry is stale"


def _stale(status: StatusDocument) -> list[str]:
    rows = [
        (f"{entry['kind']} {entry['id']}", ", ".join(_changes(entry)))
        for entry in status["entries"]
        if entry["state"] not in ("fresh", "cosmetic")
    ]
    rows += [(f"{new['kind']} {new['id']}", "not registered") for new in status["additions"]]
    rows += [
        (section["section"].replace("_", " "), ", ".join(section["messages"]))
        for section in status["sections"]
        if not section["cosmetic"] and section["section"] != "target_set"
    ]
    return table(rows) if rows else []


def _changes(entry: EntryDocument) -> Iterator[str]:
    for reason in said(entry):
        yield _change(entry, reason)


def _change(entry: EntryDocument, reason: ReasonDocument) -> str:
    if entry["state"] == "unparsed":
        return f"{place(reason['path'], reason['line'])} {reason['message']}"
    if reason["new"] and reason["field"] in ("entrypoint", "path"):
        return {"rename": "renamed", "move": "moved"}.get(entry["action"], reason["message"])
    return _CHANGED.get(reason["field"], reason["message"])
