"""`watch`: `status` again at each change."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle watch"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--until-fresh", action="store_true", help="end, with 0, once the registry is in sync"
    )


def run(args: Namespace, out: Output) -> int:
    """Show the status until `q` or Ctrl-C; off a terminal, print it at each change."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.watching import watch

    return watch(str(current_project().root), out, until_fresh=args.until_fresh)
