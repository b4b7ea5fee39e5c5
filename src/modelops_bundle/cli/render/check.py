"""Findings as lines that editors and CI understand."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import counted, place
from modelops_bundle.cli.render.reflow import Verbatim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelops_bundle.operations.documents import CheckDocument, FindingDocument


def render_check(document: CheckDocument, columns: int) -> list[str]:
    """`path:line: severity CODE message` for each finding, then their number.

    Args:
        document: `mops-bundle.check/1`.
        columns: Not used: a finding is one line, whatever the terminal's width.
    """
    registry = document["project"]["registry"]
    lines = [Verbatim(finding_line(finding, registry)) for finding in document["findings"]]
    return [*lines, verdict_line(document)]


def finding_line(finding: FindingDocument, registry: str) -> str:
    """One finding; one without a place is the registry's."""
    where = place(finding["path"], finding["line"]) or registry
    hint = f" [{finding['hint']}]" if finding["hint"] else ""
    return f"{where}: {finding['severity']} {finding['code']} {finding['message']}{hint}"


def verdict_line(document: CheckDocument) -> str:
    """How the check ended, and how many findings there are."""
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
    return f"check {verdict}: {counts or 'no findings'}."
