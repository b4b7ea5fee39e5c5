"""`list`: models, targets and target sets of the registry."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle list"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    for option in ("--model-label", "--target-label"):
        parser.legacy(option, hint="entries are not filtered by label", takes="value")


def run(args: Namespace, out: Output) -> int:
    """Print the registry in short."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.registry import render_list
    from modelops_bundle.operations.document import read_registry
    from modelops_bundle.operations.registry_documents import list_document

    out.show(list_document(read_registry(current_project()).record), render_list)
    return 0
