"""What differs between two bundles, for people: entries first, then files."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import counted, labelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.transfer_documents import (
        BehaviorDocument,
        DiffDocument,
        EntryDifferenceDocument,
        FileDifferenceDocument,
        SideDocument,
    )

_SYMBOLS = {"add": "+", "update": "~", "rename": ">", "move": ">", "remove": "-"}
_LABEL_CELLS = 14


def render_diff(document: DiffDocument, columns: int) -> list[str]:
    """Both sides, each entry that differs and how, each file that differs."""
    lines = [f"{_side(document['old'])} -> {_side(document['new'])}", ""]
    if document["equal"]:
        return [*lines, "No difference."]
    for entry in document["entries"]:
        lines += _entry(entry)
    lines += [f"  ~ target set {name}" for name in document["target_sets"]]
    lines += [f"  ~ environment {path}" for path in document["environment"]]
    if document["files"]:
        gap = [""] if lines[-1] else []
        lines += [*gap, "Files:", *(_file(file) for file in document["files"])]
    entries = counted(len(document["entries"]), "entry", "entries")
    lines += ["", *_results(document["behavior"]), ""]
    return [*lines, f"{entries} and {counted(len(document['files']), 'file')} differ."]


def _results(behavior: BehaviorDocument) -> list[str]:
    """Which results that were computed with the older side stay valid."""
    lines = []
    if behavior["unchanged"]:
        lines.append(f"Results stay valid: {_names(behavior['unchanged'])}")
    if behavior["changed"]:
        lines.append(f"Results are outdated: {_names(behavior['changed'])}")
    if behavior["unknown"]:
        lines.append(f"Results may be outdated: {_names(behavior['unknown'])} (no digest)")
    return lines


def _names(keys: list[str]) -> str:
    return ", ".join(key.replace(":", " ", 1) for key in keys)


def _side(side: SideDocument) -> str:
    return f"{side['label']} ({side['digest'][7:15]})" if side["digest"] else side["label"]


def _entry(entry: EntryDifferenceDocument) -> list[str]:
    rows = [
        (field["field"], f"{field['old'] or 'none'} -> {field['new'] or 'none'}")
        for field in entry["fields"]
    ]
    rows += [("data", f"{path} differs") for path in entry["data"]]
    if entry["change"] not in ("add", "remove"):
        same = entry["cosmetic"]
        old, new = (_short(entry["old_behavior"]), _short(entry["new_behavior"]))
        rows.append(("behavior", "the same" if same else f"{old} -> {new}"))
    name = f"{entry['old_id']} -> {entry['id']}" if entry["old_id"] else entry["id"]
    head = f"  {_SYMBOLS[entry['change']]} {entry['kind']} {name}"
    return [head, *labelled(rows, 6, _LABEL_CELLS)]


def _file(file: FileDifferenceDocument) -> str:
    if file["old"] is None:
        return f"  + {file['path']}"
    if file["new"] is None:
        return f"  - {file['path']}"
    return f"  ~ {file['path']}  {_short(file['old'])} -> {_short(file['new'])}"


def _short(digest: str | None) -> str:
    return digest.rpartition(":")[2][:8] if digest else "none"
