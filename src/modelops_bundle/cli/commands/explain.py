"""`explain`: why one entry has the state it has."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle explain incidence_target"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("id", metavar="ID", help="an entry's id, or model:ID or target:ID")


def run(args: Namespace, out: Output) -> int:
    """Print every input of an entry, and what changed since the last sync."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.explain import render_explain
    from modelops_bundle.operations.explain import explain
    from modelops_bundle.operations.explain_documents import explain_document

    out.show(explain_document(explain(current_project(), args.id)), render_explain)
    return 0
