"""`dev env` and `dev switch`: the pinned environment, for scripts of the existing tool."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle dev switch local"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("action", choices=("env", "switch"), help="show or change it")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the environment to switch to")


def run(args: Namespace, out: Output) -> int:
    """Show the pinned environment and those there are, or pin another one."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.setup import render_environments
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.environments import list_environments
    from modelops_bundle.operations.settings import pin_environment
    from modelops_bundle.operations.setup_documents import environments_document

    now = {"env": "list", "switch": "switch"}[args.action]
    out.complain([f"hint: dev {args.action} is kept for scripts; use `mops-bundle env {now}`"])
    project = current_project()
    if args.action == "switch":
        if args.name is None:
            raise UsageError("dev switch needs the name of an environment")
        pin_environment(project, args.name)
    out.show(environments_document(list_environments(project)), render_environments)
    return 0
