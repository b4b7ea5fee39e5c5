"""`tag`: let a name mean a published bundle."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle tag production v1"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_reference, add_remote_option

    parser.add_argument("name", metavar="NAME", help="the tag to set")
    add_reference(parser)
    add_remote_option(parser)


def run(args: Namespace, out: Output) -> int:
    """Set the tag, whatever it held before."""
    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.cli.render.published import render_tag
    from modelops_bundle.operations.published_documents import tag_document
    from modelops_bundle.operations.tagging import tag_bundle

    remote, reference = bundle_of(args.ref, args.remote)
    out.show(tag_document(tag_bundle(remote, args.name, reference)), render_tag)
    return 0
