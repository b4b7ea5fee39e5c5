"""`rename`: give an entry another id everywhere."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle rename target incidence_target incidence"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("kind", choices=("model", "target"), help="what the entry is")
    parser.add_argument("old", metavar="OLD", help="the id that it has")
    parser.add_argument("new", metavar="NEW", help="the id that it gets")


def run(args: Namespace, out: Output) -> int:
    """Rename an id; target sets follow."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.core.registry import EntryKey, Kind
    from modelops_bundle.operations.document import read_registry
    from modelops_bundle.operations.entries import rename_id
    from modelops_bundle.operations.registry_documents import rename_document

    project = current_project()
    kind = Kind(args.kind)
    rename_id(project, kind, args.old, args.new)
    sets = read_registry(project).record.sets_with(args.new) if kind is Kind.TARGET else ()
    out.show(
        rename_document(EntryKey(kind, args.old), args.new, sets),
        lambda document, columns: [
            f"  > {kind.value} {args.old} -> {args.new}",
            *(f"      target set    {name}" for name in sets),
        ],
    )
    return 0
