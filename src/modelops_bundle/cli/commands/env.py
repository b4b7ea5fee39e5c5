"""`env`: the environments that the platform provisioned, and which one is pinned."""

from __future__ import annotations

from modelops_bundle.cli.action_words import ActionWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle env switch staging"
ACTIONS = {
    "list": ActionWord("list the environments of this user", (), "mops-bundle env list"),
    "show": ActionWord(
        "show an environment, or the pinned one", ("name",), "mops-bundle env show staging"
    ),
    "switch": ActionWord(
        "pin an environment: bundles go where it says", ("name",), "mops-bundle env switch staging"
    ),
}


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("action", choices=tuple(ACTIONS), help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the environment")


def run(args: Namespace, out: Output) -> int:
    """List or show environments without their secrets, or pin one."""
    from modelops_bundle.cli.here import current_project, in_project
    from modelops_bundle.cli.render.setup import render_environment, render_environments
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.environments import list_environments, show_environment
    from modelops_bundle.operations.settings import pin_environment, pinned_name
    from modelops_bundle.operations.setup_documents import environments_document

    project = current_project() if args.action == "switch" or in_project() else None
    if args.action == "list":
        out.show(environments_document(list_environments(project)), render_environments)
        return 0
    name = args.name or (pinned_name(project) if project and args.action == "show" else "")
    if not name:
        raise UsageError(
            f"env {args.action} needs the name of an environment", hint="run `mops-bundle env list`"
        )
    if project is not None and args.action == "switch":
        pin_environment(project, name)
    document = environments_document((show_environment(project, name),))
    out.show(document, render_environment)
    return 0
