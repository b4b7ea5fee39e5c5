"""Files for people: what travels, and how files stand to the registry."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import counted, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_bundle.operations.file_documents import FilesDocument, FileStateDocument
    from modelops_bundle.operations.setup_documents import TrackedDocument

_SYMBOLS = {"unchanged": "=", "changed": "!", "new": "+", "missing": "-"}
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def render_files(document: FilesDocument, columns: int) -> list[str]:
    """What travels: path, size, and what it travels for."""
    rows = [
        (file["path"], size_text(file["size_bytes"]), ", ".join(file["entries"]) or file["why"])
        for file in document["files"]
    ]
    lines = table(rows) if rows else []
    lines += [f"  - {path}  (missing)" for path in document["missing"]]
    number = counted(len(rows), "file travels", "files travel")
    return [*lines, *([""] if lines else []), f"{number}: {size_text(document['total_bytes'])}."]


def render_file_states(files: Sequence[FileStateDocument]) -> list[str]:
    """Each file that an entry uses, with its state and its entries."""
    rows = [
        (f"{_SYMBOLS[file['state']]} {file['path']}", file["state"], ", ".join(file["entries"]))
        for file in files
    ]
    return table(rows) if rows else []


def render_tracked(document: TrackedDocument, symbol: str) -> list[str]:
    """What `add` or `remove` changed."""
    lines = [f"  {symbol} {path}" for path in document["changed"]]
    lines += [f"  = {path} (travelled already)" for path in document["unchanged"]]
    number = counted(len(document["tracked"]), "further file travels", "further files travel")
    return [*lines, f"{number}; what the registry names travels by itself."]


def size_text(size_bytes: int) -> str:
    """A size in the largest binary unit that leaves at least one whole."""
    size, unit = float(size_bytes), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size_bytes} B" if unit == 0 else f"{size:.1f} {_UNITS[unit]}"
