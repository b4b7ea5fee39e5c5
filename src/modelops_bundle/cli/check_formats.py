"""How `check` prints what it found, or why it could not check, in each of its formats."""

from __future__ import annotations

import os
import re
from pathlib import Path

from modelops_bundle.cli.render.check import render_check, verdict_line
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.errors import BundleError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.documents import CheckDocument, FindingDocument

#: How messages name a place where the error itself has none.
_PLACE = re.compile(r"(?P<path>[\w./-]+\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?: ")
#: One side of a git conflict in the registry: its lines are not those of the file.
_SIDE = re.compile(r" \((base|ours|theirs)\)$")
#: The check could not be made.
NOT_CHECKED = "MB001"


def format_of(name: str, out: Output) -> Callable[[CheckDocument], None]:
    """What shows the document of a check; from here on, errors are shown that way as well.

    Args:
        name: `text`, `json`, `github` or `sarif`.
    """
    if name == "github":
        return _github(out)
    if name == "sarif":
        return _sarif(out)
    return lambda document: out.show(document, render_check)


def _github(out: Output) -> Callable[[CheckDocument], None]:
    from modelops_bundle.cli.render.github import github_error, render_github

    out.colour = False
    out.on_error = lambda error: out.lines([github_error(_error_finding(error), _place())])
    return lambda document: out.lines(render_github(document, _place()))


def _sarif(out: Output) -> Callable[[CheckDocument], None]:
    from modelops_bundle.cli.render.sarif import sarif_error_log, sarif_log

    def show_error(error: BundleError) -> None:
        out.document(sarif_error_log(_error_finding(error), _place()))
        # The log goes to a file as a rule: people read the other stream.
        out.complain([f"error: {error}", *([f"help: {error.hint}"] if error.hint else [])])

    def show(document: CheckDocument) -> None:
        out.document(sarif_log(document, _place()))
        out.complain([verdict_line(document)])

    out.on_error = show_error
    return show


def _place() -> BundlePath:
    """The project, or the working folder where there is none, relative to the repository."""
    from modelops_bundle.workspace.repository import place_in_repository
    from modelops_bundle.workspace.root import find_root

    try:
        here = os.getcwd()
    except FileNotFoundError:
        return ROOT
    return place_in_repository(Path(find_root(here) or os.path.realpath(here)))


def _error_finding(error: BundleError) -> FindingDocument:
    """An error that ended the check, as a finding at the place that it is about."""
    path, line, column = error.place
    if _SIDE.search(path):
        path, line, column = _SIDE.sub("", path), 0, 0
    named = None if path else _PLACE.match(str(error))
    if named is not None:
        path = named["path"]
        line, column = int(named["line"]), int(named["column"] or 0)
    return {
        "code": NOT_CHECKED,
        "severity": "error",
        "entity": "",
        "message": str(error),
        "hint": error.hint,
        "path": path or None,
        "line": line or None,
        "column": column or None,
    }
