"""What is wrong or noteworthy in a project, with the place and the cure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from modelops_bundle.core.paths import BundlePath


class Severity(StrEnum):
    """How much a finding weighs: an error blocks a push, a warning and an info do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a project file; `line` and `column` are 1-based, 0 where they are not known.

    Columns count characters. A file outside the project stands relative to its root, with `..`.
    """

    path: BundlePath
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause, found once.

    Attributes:
        code: Stable rule code, `MB` and three digits.
        key: What it is about: `model:ID`, `target:ID`, `target_set:NAME`, a path, or "" for
            the project.
        message: One sentence without a full stop.
        hint: What mends it, or "".
    """

    code: str
    severity: Severity
    message: str
    key: str = ""
    hint: str = ""
    location: Location | None = None


_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def finding_order(finding: Finding) -> tuple[int, str, str, str, int, str]:
    """Sort key: errors first, then by code, entity, place and text."""
    location = finding.location
    return (
        _WEIGHT[finding.severity],
        finding.code,
        finding.key,
        location.path if location else "",
        location.line if location else 0,
        finding.message,
    )
