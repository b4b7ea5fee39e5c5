"""Findings as workflow commands, which GitHub shows as annotations beside the changed lines.

Source: GitHub Docs, "Workflow commands for GitHub Actions"; the escapes are those of its toolkit
(`actions/toolkit`, packages/core/src/command.ts).
"""

from __future__ import annotations

from modelops_bundle.cli.render.check import finding_line, verdict_line
from modelops_bundle.cli.render.layout import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_bundle.core.paths import BundlePath
    from modelops_bundle.operations.documents import CheckDocument, FindingDocument

#: GitHub shows this many annotations of each type for a step, and drops the others silently.
SHOWN = 10
#: Severity -> command, and what several of it are called.
_TYPES = {
    "error": ("error", "error"),
    "warning": ("warning", "warning"),
    "info": ("notice", "note"),
}


def render_github(document: CheckDocument, place: BundlePath) -> list[str]:
    """One command for each finding, errors first, then the verdict.

    Where there are more of a type than GitHub shows, the last of the shown ones says how many
    more there are, and the others follow as plain lines of the log.

    Args:
        document: `mops-bundle.check/1`.
        place: The project relative to its repository.
    """
    findings = document["findings"]
    registry = document["project"]["registry"]
    lines: list[str] = []
    left: list[str] = []
    for severity in _TYPES:
        chosen = [finding for finding in findings if finding["severity"] == severity]
        shown = chosen if len(chosen) <= SHOWN else chosen[: SHOWN - 1]
        lines += [_annotation(finding, registry, place) for finding in shown]
        rest = chosen[len(shown) :]
        if rest:
            lines.append(_more(severity, rest))
            left += [finding_line(finding, registry) for finding in rest]
    if left:
        lines += ["Not shown as annotations:", *map(_log_line, left)]
    return [*lines, verdict_line(document)]


def _log_line(text: str) -> str:
    """A line of the log in which no name of a file passes for a command, old style or new."""
    return f"- {text}".replace("\n", " ").replace("##[", "## [")


def github_error(finding: FindingDocument, place: BundlePath) -> str:
    """The command for an error that ended the check."""
    return _annotation(finding, "", place)  # it may be about no file at all


def _annotation(finding: FindingDocument, registry: str, place: BundlePath) -> str:
    where = _where(finding["path"] or registry, finding["line"], finding["column"], place)
    message = "\n".join(part for part in (finding["message"], finding["hint"]) if part)
    command, _ = _TYPES[finding["severity"]]
    return _command(command, {**where, "title": _title(finding)}, message)


def _title(finding: FindingDocument) -> str:
    from modelops_bundle.preflight.catalog import coded

    return f"{finding['code']} {coded()[finding['code']].title}"


def _more(severity: str, rest: Sequence[FindingDocument]) -> str:
    command, name = _TYPES[severity]
    told = counted(len(rest), f"more {name}")
    return _command(command, {"title": told}, f"{told}: the log of this step lists them")


def _where(
    path: str, line: int | None, column: int | None, place: BundlePath
) -> dict[str, str | int]:
    where: dict[str, str | int] = {"file": in_repository(path, place)} if path else {}
    if line:
        where["line"] = line
    if line and column:
        where["col"] = column
    return where


def in_repository(path: str, place: BundlePath) -> str:
    """A path relative to the project, as one relative to its repository."""
    if place == "." or path.startswith("/"):
        return path
    parts: list[str] = [*place.parts]
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _command(name: str, properties: dict[str, str | int], message: str) -> str:
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {given}::{_data(message)}"


_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))


def _data(text: str) -> str:
    return _escaped(text, _DATA)


def _property(text: str) -> str:
    return _escaped(text, (*_DATA, (":", "%3A"), (",", "%2C")))


def _escaped(text: str, escapes: Sequence[tuple[str, str]]) -> str:
    for character, code in escapes:
        text = text.replace(character, code)
    return text
