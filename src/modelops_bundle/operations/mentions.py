"""Job specifications of the project that still name an entrypoint that a sync renames."""

from __future__ import annotations

import re

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.plan import Change, SyncPlan
from modelops_bundle.core.registry import Entry
from modelops_bundle.operations.observe import Session

_SUFFIXES = (".json", ".yaml", ".yml")
#: Job specifications are written by hand or by a script; what is larger is data.
_LARGEST_BYTES = 1 << 20


def stale_mentions(session: Session, plan: SyncPlan) -> tuple[Finding, ...]:
    """A warning for each JSON or YAML file that names an old entrypoint.

    Registry ids do not change in a rename, but a job specification may name the entrypoint, and
    no sync rewrites files that people or other programs own.
    """
    moved = {
        _whole(change.before.entrypoint): change
        for change in plan.changes
        if isinstance(change.before, Entry)
        and isinstance(change.after, Entry)
        and change.before.entrypoint != change.after.entrypoint
    }
    if not moved:
        return ()
    findings = []
    for path in session.scan.files_below(ROOT):
        if path.suffix not in _SUFFIXES or path.startswith(".modelops-bundle/"):
            continue
        content = _content(session, path)
        for pattern, change in moved.items():
            match = pattern.search(content)
            if match is not None:
                findings.append(_finding(path, content, match, change))
    return tuple(findings)


def _content(session: Session, path: BundlePath) -> bytes:
    try:
        file = session.project.path(path)
        return b"" if file.stat().st_size > _LARGEST_BYTES else file.read_bytes()
    except OSError:
        return b""


def _whole(entrypoint: str) -> re.Pattern[bytes]:
    """The entrypoint as such, and not as a part of a longer one."""
    return re.compile(rb"(?<![\w.])" + re.escape(entrypoint.encode()) + rb"(?!\w|\.\w)")


def _finding(path: BundlePath, content: bytes, match: re.Match[bytes], change: Change) -> Finding:
    line = content[: match.start()].count(b"\n") + 1
    after = change.after
    new = after.entrypoint if isinstance(after, Entry) else ""
    return Finding(
        code="MB131",
        severity=Severity.WARNING,
        key=str(change.key),
        message=f"{path} names {match.group().decode()}, which is now {new}",
        hint=f"Edit {path}: a sync does not change files outside the registry",
        location=Location(path, line),
    )
