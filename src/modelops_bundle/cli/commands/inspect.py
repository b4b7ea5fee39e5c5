"""`inspect`: what one published bundle holds."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle inspect v1"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_reference, add_remote_option

    add_reference(parser, optional=True)
    add_remote_option(parser)


def run(args: Namespace, out: Output) -> int:
    """Print a bundle's digest, files and entries; nothing is fetched but its documents."""
    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.cli.render.published import render_inspect
    from modelops_bundle.operations.inspection import inspect_bundle
    from modelops_bundle.operations.published_documents import inspect_document

    remote, reference = bundle_of(args.ref, args.remote)
    out.show(inspect_document(inspect_bundle(remote, reference)), render_inspect)
    return 0
