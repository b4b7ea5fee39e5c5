"""`show`: one entry of the registry in full."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle show incidence_target"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("id", metavar="ID", help="an entry's id, or model:ID or target:ID")


def run(args: Namespace, out: Output) -> int:
    """Print every field of an entry."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.registry import render_show
    from modelops_bundle.operations.document import read_registry
    from modelops_bundle.operations.registry_documents import show_document
    from modelops_bundle.operations.sync import entry_key

    record = read_registry(current_project()).record
    key = entry_key(args.id, record)
    out.show(show_document(key, record), render_show)
    return 0
