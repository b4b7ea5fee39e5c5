"""MB328: a path that cannot be unpacked on every file system."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_path, check_together
from modelops_bundle.core.travel import plan_travel
from modelops_bundle.errors import InvalidPathError
from modelops_bundle.preflight.base import PreflightContext, Rule


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per path that travels and must not, then one for the first two that collide."""
    sound: list[BundlePath] = []
    for path in plan_travel(context.registry, context.observed).files:
        try:
            sound.append(check_path(path))
        except InvalidPathError as error:
            yield _finding(path, error.message)
    try:
        check_together(sound)
    except InvalidPathError as error:
        yield _finding(None, error.message)


def _finding(path: BundlePath | None, message: str) -> Finding:
    return Finding(
        code=RULE.code,
        severity=RULE.severity,
        key=path or message.partition(": ")[2],
        message=message[:1].upper() + message[1:],
        hint="Rename it: a bundle must unpack on every file system",
        location=None if path is None else Location(path),
    )


RULE = Rule(
    code="MB328",
    title="Path that does not unpack everywhere",
    severity=Severity.ERROR,
    explanation=(
        "A file that would travel has a path that some file system cannot hold, or that is "
        "reserved: a drive letter, a name that is too long, or two paths that are one file where "
        "case is ignored. `push` would refuse it. Rename the file, or take it off the list of "
        "files that travel with `mops-bundle remove`."
    ),
    check=check,
)
