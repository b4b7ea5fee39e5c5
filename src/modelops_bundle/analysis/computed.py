"""What to say of imports that only the running program can tell."""

from __future__ import annotations

from collections.abc import Iterator

from modelops_bundle.analysis.links import Links
from modelops_bundle.core.findings import Finding, Location, Severity
from modelops_bundle.core.paths import BundlePath

#: An import, and a folder on `sys.path`, that the program computes.
IMPORT = "MB204"
SEARCH_PATH = "MB208"


def computed(file: BundlePath, links: Links) -> Iterator[Finding]:
    """A warning for each such line of a file that no comment settles."""
    for line in links.computed:
        yield Finding(
            code=IMPORT,
            severity=Severity.WARNING,
            key=file,
            message="an import is computed while the program runs: every file that it "
            "may mean counts as used",
            hint="Name them on that line: # mops: imports pkg.mod, pkg.other",
            location=Location(file, line),
        )
    for line, place, path in links.astray:
        where = f"{place}, which is outside the project" if place else "a folder that it computes"
        yield Finding(
            code=SEARCH_PATH,
            severity=Severity.WARNING,
            key=file,
            message=f"{path} gets {where}: what is imported from there is not followed, and "
            "would not travel",
            hint="Name what it is for on that line: # mops: imports pkg.mod (or none)",
            location=Location(file, line),
        )
