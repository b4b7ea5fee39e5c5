"""`login`: remember who you are to a registry."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle login registry.example --username ada --password-stdin"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("host", metavar="HOST", help="the registry: host[:port]")
    parser.add_argument("--username", "-u", default="", metavar="NAME", help="who you are")
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    parser.add_argument("--insecure", action="store_true", help="the registry may do without TLS")


def run(args: Namespace, out: Output) -> int:
    """Check the login with the registry, and keep it where Docker does."""
    from modelops_bundle.cli.render.setup import render_login
    from modelops_bundle.operations.setup_documents import login_document
    from modelops_bundle.storage.login import log_in
    from modelops_bundle.storage.registry_address import parse_host

    address = parse_host(args.host)
    username, password = _asked(args, out)
    login = log_in(address, username, password, insecure=args.insecure)
    out.show(login_document(login), render_login)
    return 0


def _asked(args: Namespace, out: Output) -> tuple[str, str]:
    """User name and password: as they were given, or from a person at a terminal."""
    import sys

    from modelops_bundle.errors import UsageError

    username = args.username
    if args.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    elif out.interactive:
        import getpass

        if not username:
            out.write("User name: ")
            username = sys.stdin.readline().strip()
        password = getpass.getpass("Password: ")
    else:
        raise UsageError(
            "nobody can be asked for a password here",
            not_done="nothing was remembered",
            hint="give --username NAME --password-stdin, and the password on standard input",
        )
    if not username or not password or ":" in username:
        raise UsageError(
            "a user name without ':' and a password are needed", not_done="nothing was remembered"
        )
    return username, password
