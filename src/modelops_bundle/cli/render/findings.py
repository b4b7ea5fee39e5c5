"""What preflight found, for people: in a few words, and in full."""

from __future__ import annotations

from modelops_bundle.cli.render.layout import counted, place, right_aligned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_bundle.operations.documents import FindingDocument


def preflight_line(findings: Sequence[FindingDocument]) -> str:
    """How preflight went, in a few words."""
    severities = [finding["severity"] for finding in findings]
    errors, warnings, notes = map(severities.count, ("error", "warning", "info"))
    if errors or warnings:
        found = [
            counted(count, name)
            for count, name in ((errors, "error"), (warnings, "warning"))
            if count
        ]
        return f"Preflight: {', '.join(found)}."
    return f"Preflight ok ({counted(notes, 'note')}, -v)." if notes else "Preflight ok."


def preflight_blocks(
    findings: Sequence[FindingDocument], columns: int, *, verbose: bool
) -> Iterator[list[str]]:
    """One block of lines for each severity; findings with the same hint share it."""
    for severity, title in (("error", "Errors"), ("warning", "Warnings"), ("info", "Notes")):
        chosen = [finding for finding in findings if finding["severity"] == severity]
        if chosen and (severity != "info" or verbose):
            yield [f"Preflight {title}:", *_findings(chosen, columns)]


def _findings(findings: Sequence[FindingDocument], columns: int) -> Iterator[str]:
    for at, finding in enumerate(findings):
        # What a sync cures (MB11x) stands with its place among the entries already.
        cured = finding["code"].startswith("MB11")
        where = "" if cured else place(finding["path"], finding["line"])
        yield from right_aligned(f"  ! {finding['message']}", where, columns)
        following = findings[at + 1]["hint"] if at + 1 < len(findings) else None
        if finding["hint"] and finding["hint"] != following:
            yield f"      {finding['hint']}"
