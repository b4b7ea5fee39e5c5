"""Findings as lines that editors and CI understand."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import counted, place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.documents import CheckDocument


def render_check(document: CheckDocument, columns: int) -> list[str]:
    """`path:line: severity CODE message` for each finding, then their number.

    Args:
        document: `mops-bundle.check/1`.
        columns: Not used: a finding is one line, whatever the terminal's width.
    """
    registry = document["project"]["registry"]
    lines = []
    for finding in document["findings"]:
        where = place(finding["path"], finding["line"]) or registry
        hint = f" [{finding['hint']}]" if finding["hint"] else ""
        lines.append(f"{where}: {finding['severity']} {finding['code']} {finding['message']}{hint}")
    counts = ", ".join(
        counted(count, name)
        for count, name in (
            (document["errors"], "error"),
            (document["warnings"], "warning"),
            (document["infos"], "note"),
        )
        if count
    )
    verdict = "ok" if document["ok"] else "failed"
    return [*lines, f"check {verdict}: {counts or 'no findings'}."]
