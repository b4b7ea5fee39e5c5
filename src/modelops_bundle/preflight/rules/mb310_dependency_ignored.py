"""MB310: a dependency that `.modelopsignore` leaves out of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import EntryKey
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import described, listed, settled_entries

_IGNORE_FILE = BundlePath(".modelopsignore")


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per ignored path; what is ignored inside a data folder is left out on purpose."""
    ignored = context.observed.project.ignored
    if not ignored:
        return
    users: dict[BundlePath, list[EntryKey]] = {}
    folders: set[BundlePath] = set()
    for key, entry in settled_entries(context):
        folders.update(path for path in entry.data if path in context.observed.directories)
        for path in dict.fromkeys((entry.path, *entry.code, *entry.data)):
            users.setdefault(path, []).append(key)
    for path in sorted(ignored):
        if path not in users and _below_any(path, folders):
            continue
        keys = users.get(path, [])
        needed_by = f" (needed by {listed([described(key) for key in keys])})" if keys else ""
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(keys[0]) if keys else path,
            message=f"'{path}' is ignored by .modelopsignore and would not travel{needed_by}",
            hint=f"Take the pattern that matches {path} out of .modelopsignore",
            location=Location(_IGNORE_FILE),
        )


def _below_any(path: BundlePath, folders: set[BundlePath]) -> bool:
    while path.parent != path:
        path = path.parent
        if path in folders:
            return True
    return False


RULE = Rule(
    code="MB310",
    title="Dependency ignored",
    severity=Severity.ERROR,
    explanation=(
        "An entry needs a file that `.modelopsignore` leaves out. It would not travel, so the "
        "entry would fail on a worker though it runs here. Take the pattern out, or stop using "
        "the file. Files that are ignored inside a data folder are left out on purpose and raise "
        "nothing."
    ),
    check=check,
)
