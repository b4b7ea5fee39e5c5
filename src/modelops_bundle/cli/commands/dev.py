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
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.settings import (
        environment_names,
        pin_environment,
        pinned_environment,
    )

    out.complain([f"hint: dev {args.action} is kept for scripts; `init --env` pins one as well"])
    project = current_project()
    if args.action == "switch":
        if args.name is None:
            raise UsageError("dev switch needs the name of an environment")
        pin_environment(project, args.name)
    pinned = pinned_environment(project)
    name = pinned.name if pinned else None
    names = environment_names()
    if out.json:
        out.document({"schema": "mops-bundle.env/1", "pinned": name, "available": list(names)})
    else:
        out.lines([f"Pinned: {name or 'none'}", *(f"  = {available}" for available in names)])
    return 0
