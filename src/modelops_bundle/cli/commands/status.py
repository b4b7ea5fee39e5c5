"""`status`: how the registry differs from the code, and why."""

from __future__ import annotations

from modelops_bundle.cli.remembered import remember_status, remembered_status
from modelops_bundle.cli.render.status import render_status
from modelops_bundle.log import Log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.documents import StatusDocument
    from modelops_bundle.operations.status import StatusReport

EXAMPLE = "mops-bundle status"
_LOG = Log(__name__)
FAILED = 1


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "ids", nargs="*", metavar="ID", default=[], help="only these entries: ID, or model:ID"
    )
    parser.add_argument(
        "--check", action="store_true", help="exit with 1 if stale or if preflight has errors"
    )
    parser.add_argument(
        "--check-staleness",
        action="store_true",
        help="as --check, and hash every file again instead of trusting its times",
    )
    parser.add_argument("--remote", action="store_true", help="ask the remote what it holds")
    parser.add_argument("--files", "-f", action="store_true", help="list the files of the entries")
    parser.add_argument("-v", dest="verbose", action="store_true", help="unchanged entries, notes")
    parser.legacy(
        "--details", "-d", hint="say `mops-bundle status ID -v`", takes="values", dest="details"
    )
    parser.legacy("--explain", hint="status always says why")
    for option in ("--untracked", "--untracked-only", "--include-ignored"):
        names = ("-u", option) if option == "--untracked" else (option,)
        parser.legacy(*names, hint="run `mops-bundle files` for what travels")


def run(args: Namespace, out: Output) -> int:
    """Print the state of the project; 0 whenever it could be told, unless a check was asked for."""
    ids = [*args.ids, *args.details]
    cold = args.remote or args.check_staleness or args.files
    document = None if cold else remembered_status()
    if document is None:
        document = _evaluated(args)
    else:
        _LOG.debug("nothing has changed since the last status: shown as it was")
    checked = args.check or args.check_staleness
    if checked and not document["entries"]:
        _require_registry()
    code = FAILED if checked and _fails(document) else 0
    if ids:
        document = _only(document, ids)
    verbose = args.verbose or bool(ids)
    out.show(document, lambda shown, columns: render_status(shown, columns, verbose=verbose))
    return code


def _evaluated(args: Namespace) -> StatusDocument:
    from dataclasses import replace

    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.progress import long_work
    from modelops_bundle.operations.remote_view import view_remote
    from modelops_bundle.operations.report_documents import status_document
    from modelops_bundle.operations.status import status

    with long_work():
        report = status(current_project(), trust_cache=not args.check_staleness)
        document = status_document(report)
        remember_status(document, report.session)
        if args.remote:
            view = view_remote(report.session, report.plan, ask=True)
            document = status_document(replace(report, remote=view))
    if args.files:
        _add_files(document, report)
    return document


def _require_registry() -> None:
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.operations.document import read_registry, require_registry

    require_registry(read_registry(current_project()))


def _add_files(document: StatusDocument, report: StatusReport) -> None:
    from modelops_bundle.operations.file_documents import file_states

    document["files"] = file_states(report.session.record, report.session.observed)


def _fails(document: StatusDocument) -> bool:
    """Whether a push would be refused: more than digests differ, or preflight has errors."""
    return bool(
        document["conflicted"]
        or document["summary"]["errors"]
        or document["additions"]
        or any(entry["state"] not in ("fresh", "cosmetic") for entry in document["entries"])
        or any(not section["cosmetic"] for section in document["sections"])
    )


def _only(document: StatusDocument, ids: Sequence[str]) -> StatusDocument:
    """The document with these entries, and what preflight says of them."""
    chosen = []
    for text in ids:
        found = [
            entry
            for entry in document["entries"]
            if text in (entry["id"], f"{entry['kind']}:{entry['id']}")
        ]
        if not found:
            raise _unknown(text, [entry["id"] for entry in document["entries"]])
        chosen += [entry for entry in found if entry not in chosen]
    keys = {f"{entry['kind']}:{entry['id']}" for entry in chosen}
    preflight = [finding for finding in document["preflight"] if finding["entity"] in keys]
    return {**document, "entries": chosen, "preflight": preflight}


def _unknown(text: str, known: Sequence[str]) -> Exception:
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.ids import meant_id

    return UsageError(f"no entry has the id {text!r}", hint=meant_id(text, known))
