"""`diff`: what differs from a published bundle."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle diff v1"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_remote_option

    parser.add_argument(
        "refs",
        nargs="*",
        metavar="REF",
        help="a tag or digest to compare this folder with (`latest`), or two to compare",
    )
    add_remote_option(parser)
    parser.legacy(
        "--tag", "--ref", hint="say `mops-bundle diff REF`", takes="values", dest="old_refs"
    )


def run(args: Namespace, out: Output) -> int:
    """Print entries and files that differ."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.remote import remote_of
    from modelops_bundle.cli.render.diff import render_diff
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.diff import diff, published_side, working_side
    from modelops_bundle.operations.settings import read_config
    from modelops_bundle.operations.status import status
    from modelops_bundle.operations.transfer_documents import diff_document

    refs = [*args.refs, *args.old_refs]
    if len(refs) > 2:
        raise UsageError("diff compares two bundles at most", hint="give one or two references")
    project = current_project()
    config = read_config(project)
    remote = remote_of(project, config, args.remote)
    old = published_side(remote, refs[0] if refs else config.tag)
    new = published_side(remote, refs[1]) if len(refs) == 2 else working_side(status(project))
    out.show(diff_document(diff(old, new)), render_diff)
    return 0
