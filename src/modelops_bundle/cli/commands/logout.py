"""`logout`: forget who you are to a registry."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle logout registry.example"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("host", metavar="HOST", help="the registry: host[:port]")


def run(args: Namespace, out: Output) -> int:
    """Take the login out of where Docker keeps it."""
    from modelops_bundle.cli.render.setup import render_logout
    from modelops_bundle.operations.setup_documents import logout_document
    from modelops_bundle.storage.login import log_out
    from modelops_bundle.storage.registry_address import parse_host

    address = parse_host(args.host)
    out.show(logout_document(address.host, known=log_out(address)), render_logout)
    return 0
