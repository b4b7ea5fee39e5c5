"""`delete`: remove a published bundle."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle delete v1"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_reference, add_remote_option

    add_reference(parser)
    parser.add_argument("--force", action="store_true", help="also where other tags name it")
    add_remote_option(parser)


def run(args: Namespace, out: Output) -> int:
    """Delete the bundle with its tags; refused where a tag that was not given names it."""
    from modelops_bundle.cli.here import current_project, in_project
    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.cli.render.published import render_delete
    from modelops_bundle.operations.published_documents import delete_document
    from modelops_bundle.operations.push import forget
    from modelops_bundle.operations.tagging import delete_bundle

    remote, reference = bundle_of(args.ref, args.remote)
    deleted = delete_bundle(remote, reference, force=args.force)
    if in_project():
        forget(current_project(), deleted.url, deleted.digest)
    out.show(delete_document(deleted), render_delete)
    return 0
