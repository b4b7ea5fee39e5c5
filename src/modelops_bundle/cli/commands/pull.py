"""`pull`: bring a published bundle into this folder."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle pull v1"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_reference, add_remote_option

    add_reference(parser, optional=True)
    parser.add_argument("--data", action="store_true", help="fetch only data that is absent here")
    parser.add_argument(
        "--overwrite", action="store_true", help="take the bundle's side; yours is put aside"
    )
    parser.add_argument(
        "--restore-deleted", action="store_true", help="bring back files deleted here"
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what would change")
    add_remote_option(parser)
    parser.legacy("--tag", hint="say `mops-bundle pull TAG`", takes="value", dest="tag")


def run(args: Namespace, out: Output) -> int:
    """Pull; nothing is written where local work stands against the bundle."""
    from modelops_bundle.cli.here import current_project, in_project
    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.cli.render.pull import render_conflicts, render_pull
    from modelops_bundle.errors import ProjectNotFoundError
    from modelops_bundle.operations.pull import PullRequest, pull
    from modelops_bundle.operations.transfer_documents import pull_document

    if args.ref and not in_project():
        raise ProjectNotFoundError(
            "pull brings a bundle into its project, and there is none here",
            not_done="nothing was fetched",
            hint="run `mops-bundle ensure REF --dest DIR` for a folder that is no project",
        )
    project = current_project()
    remote, reference = bundle_of(args.ref or args.tag, args.remote)
    request = PullRequest(
        reference=reference,
        data=args.data,
        overwrite=args.overwrite,
        restore_deleted=args.restore_deleted,
        dry_run=args.dry_run,
    )
    outcome = pull(project, remote, request)
    document = pull_document(outcome, dry_run=args.dry_run)
    if outcome.plan.conflicts and not out.json:
        out.complain(render_conflicts(document))
    else:
        out.show(document, render_pull)
    return outcome.exit_code
