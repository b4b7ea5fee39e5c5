"""`remote`: where the bundles of this project go."""

from __future__ import annotations

from modelops_bundle.cli.action_words import ActionWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle remote set oci://registry.example/team/flu"
ACTIONS = {
    "set": ActionWord(
        "write it into config.yaml, which everybody shares",
        ("url", "insecure"),
        "mops-bundle remote set oci://registry.example/team/flu",
    ),
    "show": ActionWord("tell where bundles go now", (), "mops-bundle remote show"),
}


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=tuple(ACTIONS),
        default="show",
        help="what to do; `show` without it",
    )
    parser.add_argument("url", nargs="?", metavar="URL", help="a registry, a folder, or `local`")
    parser.add_argument("--insecure", action="store_true", help="the registry may do without TLS")


def run(args: Namespace, out: Output) -> int:
    """Write the remote into `config.yaml`, or tell what is there."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.setup import render_remote
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.remote_setting import remote_setting, set_remote
    from modelops_bundle.operations.setup_documents import remote_document

    if args.action == "set" and args.url is None:
        raise UsageError("remote set needs a URL", hint="run `mops-bundle remote set --help`")
    project = current_project()
    if args.action == "set":
        setting = set_remote(project, args.url, insecure=args.insecure)
    else:
        setting = remote_setting(project)
    out.show(remote_document(setting), render_remote)
    return 0
