"""What differs between two bundles, for people: entries first, then files."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import counted, labelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.transfer_documents import (
        DiffDocument,
        EntryDifferenceDocument,
        FileDifferenceDocument,
        SideDocument,
    )

_SYMBOLS = {"add": "+", "update": "~", "remove": "-"}
_LABEL_CELLS = 14


def render_diff(document: DiffDocument, columns: int) -> list[str]:
    """Both sides, each entry that differs and how, each file that differs."""
    lines = [f"{_side(document['old'])} -> {_side(document['new'])}", ""]
    if document["equal"]:
        return [*lines, "No difference."]
    for entry in document["entries"]:
        lines += _entry(entry)
    lines += [f"  ~ target set {name}" for name in document["target_sets"]]
    if document["files"]:
        gap = [""] if document["entries"] or document["target_sets"] else []
        lines += [*gap, "Files:", *(_file(file) for file in document["files"])]
    entries = counted(len(document["entries"]), "entry", "entries")
    return [*lines, "", f"{entries} and {counted(len(document['files']), 'file')} differ."]


def _side(side: SideDocument) -> str:
    return f"{side['label']} ({side['digest'][7:15]})" if side["digest"] else side["label"]


def _entry(entry: EntryDifferenceDocument) -> list[str]:
    rows = [
        (field["field"], f"{field['old'] or 'none'} -> {field['new'] or 'none'}")
        for field in entry["fields"]
    ]
    rows += [("data", f"{path} differs") for path in entry["data"]]
    if entry["change"] == "update":
        same = entry["cosmetic"]
        old, new = (_short(entry["old_behavior"]), _short(entry["new_behavior"]))
        rows.append(("behavior", "the same" if same else f"{old} -> {new}"))
    head = f"  {_SYMBOLS[entry['change']]} {entry['kind']} {entry['id']}"
    return [head, *labelled(rows, 6, _LABEL_CELLS)]


def _file(file: FileDifferenceDocument) -> str:
    if file["old"] is None:
        return f"  + {file['path']}"
    if file["new"] is None:
        return f"  - {file['path']}"
    return f"  ~ {file['path']}  {_short(file['old'])} -> {_short(file['new'])}"


def _short(digest: str | None) -> str:
    return digest.rpartition(":")[2][:8] if digest else "none"
