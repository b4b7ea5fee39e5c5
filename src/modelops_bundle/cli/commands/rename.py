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
    parser.add_argument(
        "kind",
        nargs="?",
        choices=("model", "target"),
        help="what the entry is, where the id does not tell",
    )
    parser.add_argument("old", metavar="OLD", help="the id that it has")
    parser.add_argument("new", metavar="NEW", help="the id that it gets")


def run(args: Namespace, out: Output) -> int:
    """Rename an id; target sets follow."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.core.registry import EntryKey, Kind
    from modelops_bundle.operations.document import read_registry
    from modelops_bundle.operations.entries import rename_id
    from modelops_bundle.operations.registry_documents import rename_document
    from modelops_bundle.operations.sync import entry_key

    project = current_project()
    if args.kind is None:
        key = entry_key(args.old, read_registry(project).record)
    else:
        key = EntryKey(Kind(args.kind), args.old)
    kind = key.kind
    rename_id(project, kind, key.id, args.new)
    sets = read_registry(project).record.sets_with(args.new) if kind is Kind.TARGET else ()
    out.show(
        rename_document(key, args.new, sets),
        lambda document, columns: [
            f"  > {kind.value} {key.id} -> {args.new}",
            *(f"      target set    {name}" for name in sets),
        ],
    )
    return 0
