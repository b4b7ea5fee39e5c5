"""`push`: publish the bundle."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.push import PushOutcome
    from modelops_bundle.operations.sync import SyncOutcome
    from modelops_bundle.workspace.project import Project

EXAMPLE = "mops-bundle push --tag v1"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_remote_option
    from modelops_bundle.cli.verifying import add_verify_options

    parser.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="TAG",
        help="what to call it (repeat for more); without it the project's tag, `latest`",
    )
    parser.add_argument("--sync", action="store_true", help="sync first, under sync's own rules")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="run what would be published first, as `verify` does, and publish nothing if it fails",
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be sent")
    parser.add_argument("--force", action="store_true", help="set the tag whatever it holds")
    add_remote_option(parser)
    add_verify_options(parser, "with --verify")
    parser.legacy("--no-confirm", hint="push never asks")


def run(args: Namespace, out: Output) -> int:
    """Publish; refused while the registry is stale or preflight has errors."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.remote import remote_of
    from modelops_bundle.cli.verifying import prover_of
    from modelops_bundle.operations.push import PushRequest, push
    from modelops_bundle.operations.settings import read_config
    from modelops_bundle.operations.status import status

    prove = prover_of(args, wanted=args.verify)
    project = current_project()
    remote = remote_of(project, read_config(project), args.remote)
    if args.sync:
        synced = _synced(project, out, dry_run=args.dry_run)
        if synced.refused is not None:
            return _refuse(synced, out, url=remote.url, dry_run=args.dry_run)
        report = synced.after or synced.report
    else:
        report = status(project)
    verification = None if prove is None else prove(report)
    request = PushRequest(tags=tuple(args.tag), force=args.force, dry_run=args.dry_run)
    outcome = push(report, remote, request, verification)
    _show(outcome, out, url=remote.url, dry_run=args.dry_run)
    return outcome.exit_code


def _synced(project: Project, out: Output, *, dry_run: bool) -> SyncOutcome:
    from modelops_bundle.cli.commands.sync import show_outcome
    from modelops_bundle.operations.sync import SyncRequest, sync

    synced = sync(project, SyncRequest(write=not dry_run))
    if not out.json and (synced.written or synced.refused is not None):
        show_outcome(synced, out)
    return synced


def _refuse(synced: SyncOutcome, out: Output, *, url: str, dry_run: bool) -> int:
    """Tell that the sync was refused, and with it the push; sync's own exit code."""
    from modelops_bundle.errors import StaleError
    from modelops_bundle.operations.push import PushOutcome
    from modelops_bundle.operations.remedy import remedy
    from modelops_bundle.operations.transfer_documents import push_document

    error = StaleError(
        f"the sync was refused ({synced.refused})",
        not_done="nothing was uploaded",
        hint=f"{remedy(synced.report)}, then push again",
    )
    if out.json:
        outcome = PushOutcome(report=synced.report, refused="stale", error=error)
        out.document(push_document(outcome, url=url, dry_run=dry_run))
    else:
        out.complain([f"error: {error}", f"help: {error.hint}"])
    return synced.exit_code


def _show(outcome: PushOutcome, out: Output, *, url: str, dry_run: bool) -> None:
    from modelops_bundle.cli.render.push import render_push, render_refusal
    from modelops_bundle.operations.transfer_documents import push_document

    document = push_document(outcome, url=url, dry_run=dry_run)
    if outcome.refused is not None and not out.json:
        out.complain(render_refusal(document, out.columns))
    else:
        out.show(document, render_push)
