"""What differs in what the entries run on, as lines for people."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import cells, padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_bundle.operations.documents import StatusDocument

#: More differences of one file are counted.
_TOLD = 8


def has_details(document: StatusDocument) -> bool:
    """Whether it is known what is other in any of the files that differ."""
    return any(change["details"] for change in document["environment"]["changes"])


def environment_lines(document: StatusDocument, indent: int) -> list[str]:
    """A line for each difference, behind the file that it is in."""
    changes = document["environment"]["changes"]
    width = max((cells(change["path"]) for change in changes), default=0) + 2
    lines: list[str] = []
    for change in changes:
        what = (
            "changed" if change["old"] and change["new"] else "added" if change["new"] else "gone"
        )
        label = change["path"]
        for text in shortened(change["details"]) or [what]:
            lines.append(" " * indent + padded(label, width) + text)
            label = ""
    return lines


def shortened(details: Sequence[str], limit: int = _TOLD) -> list[str]:
    """The details, the last ones as a number where there are many."""
    if len(details) <= limit:
        return list(details)
    return [*details[: limit - 1], f"and {len(details) - limit + 1} more"]
