"""MB327: data that is only a pointer to data kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.core.dependencies import lies_in
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.preflight.base import PreflightContext, Rule
from modelops_bundle.preflight.entities import described, listed, settled_entries

_FETCH = {"Git LFS": "git lfs pull", "git-annex": "git annex get .", "DVC": "dvc pull"}


def check(context: PreflightContext) -> Iterator[Finding]:
    """One finding per pointer file among the data of entries, at the first that needs it."""
    pointers = context.observed.project.pointers
    if not pointers:
        return
    needs = [(key, frozenset(entry.data)) for key, entry in settled_entries(context)]
    for path, keeper in sorted(pointers.items()):
        keys = [key for key, data in needs if lies_in(path, data)]
        if not keys:
            continue
        needed_by = listed([described(key) for key in keys])
        yield Finding(
            code=RULE.code,
            severity=RULE.severity,
            key=str(keys[0]),
            message=f"'{path}' is a {keeper} pointer and holds no data (needed by {needed_by})",
            hint=_hint(path, keeper),
            location=Location(path),
        )


def _hint(path: BundlePath, keeper: str) -> str:
    then = f"and name {path.removesuffix('.dvc')} as data" if keeper == "DVC" else "then sync"
    return f"Run '{_FETCH[keeper]}', {then}"


RULE = Rule(
    code="MB327",
    title="Pointer instead of data",
    severity=Severity.ERROR,
    explanation=(
        "A file that an entry names as data is a pointer of Git LFS, DVC or git-annex. The bundle "
        "would carry the pointer, and a worker has nothing to follow it with. Fetch the data "
        "(`git lfs pull`, `dvc pull`, `git annex get`). With DVC, name the data file and not the "
        "`.dvc` file beside it."
    ),
    check=check,
)
