"""`add`: let further files travel."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle add notebooks/fit.ipynb"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, or a folder for the files now below it"
    )
    parser.add_argument(
        "--force", action="store_true", help="also a file that .modelopsignore leaves out"
    )


def run(args: Namespace, out: Output) -> int:
    """Add to the list of tracked files."""
    from pathlib import Path

    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.files import render_tracked
    from modelops_bundle.operations.setup_documents import tracked_document
    from modelops_bundle.operations.tracked import add

    outcome = add(current_project(), args.paths, base=Path.cwd(), force=args.force)
    out.show(
        tracked_document(outcome, "add"), lambda document, columns: render_tracked(document, "+")
    )
    return 0
