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
    """One finding per ignored path that an entry names, at the first that does.

    What is ignored inside a data folder is left out on purpose. An ignored file that the code
    imports is reported, under this code too, by whoever resolves the import.
    """
    ignored = context.observed.project.ignored
    if not ignored:
        return
    users: dict[BundlePath, list[EntryKey]] = {}
    for key, entry in settled_entries(context):
        for path in dict.fromkeys((entry.path, *entry.code, *entry.data)):
            if path in ignored:
                users.setdefault(path, []).append(key)
    for path, keys in sorted(users.items()):
        needed_by = listed([described(key) for key in keys])
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(keys[0]),
            message=(
                f"'{path}' is ignored by .modelopsignore and would not travel "
                f"(needed by {needed_by})"
            ),
            hint=f"Take the pattern that matches {path} out of .modelopsignore",
            location=Location(_IGNORE_FILE),
        )


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
