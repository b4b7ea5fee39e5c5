"""`verify`: run what would be published, as workers do, before it is published."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.verification.verify import Verification, VerifyRequest

EXAMPLE = "mops-bundle verify --call"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_remote_option
    from modelops_bundle.cli.verifying import add_verify_options

    parser.add_argument(
        "ref",
        nargs="?",
        default=".",
        metavar="REF",
        help="a published bundle: a tag, a digest or its beginning, or a full reference; this "
        "project as it would be pushed without it, or with `.`",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show tracebacks and times")
    add_remote_option(parser)
    add_verify_options(parser, "how entries are run")


def run(args: Namespace, out: Output) -> int:
    """Run the entries; 1 if one of them is not what the registry says."""
    from modelops_bundle.cli.render.verify import (
        render_unfit,
        render_verify,
        render_verify_in_full,
    )
    from modelops_bundle.cli.verifying import verify_request
    from modelops_bundle.operations.verification.documents import verify_document

    done = _verified(args, verify_request(args))
    document = verify_document(done)
    if done.refused is not None and not out.json:
        out.complain(render_unfit(document))
    else:
        out.show(document, render_verify_in_full if args.verbose else render_verify)
    return done.exit_code


def _verified(args: Namespace, request: VerifyRequest) -> Verification:
    from modelops_bundle.cli.here import current_project, in_project
    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.status import status
    from modelops_bundle.operations.verification.verify import verify_bundle, verify_project

    if args.ref == ".":
        if args.remote:
            raise UsageError("--remote is for a published bundle", hint="name one: verify REF")
        return verify_project(status(current_project()), request)
    remote, reference = bundle_of(args.ref, args.remote)
    project = current_project() if in_project() else None
    return verify_bundle(remote, reference, project, request)
