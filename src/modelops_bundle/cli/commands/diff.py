"""`diff`: what differs from a published bundle."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.diff import Side

EXAMPLE = "mops-bundle diff v1"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_remote_option

    parser.add_argument(
        "refs",
        nargs="*",
        metavar="REF",
        help="a bundle to compare this folder with (the project's tag), or two to compare: "
        "tags, digests, or full references",
    )
    add_remote_option(parser)
    parser.legacy(
        "--tag", "--ref", hint="say `mops-bundle diff REF`", takes="values", dest="old_refs"
    )


def run(args: Namespace, out: Output) -> int:
    """Print entries and files that differ."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.diff import render_diff
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.diff import diff, working_side
    from modelops_bundle.operations.status import status
    from modelops_bundle.operations.transfer_documents import diff_document

    refs = [*args.refs, *args.old_refs]
    if len(refs) > 2:
        raise UsageError("diff compares two bundles at most", hint="give one or two references")
    if len(refs) == 2:
        old, new = (_published(reference, args.remote) for reference in refs)
    else:
        project = current_project()
        old = _published(refs[0] if refs else None, args.remote)
        new = working_side(status(project))
    out.show(diff_document(diff(old, new)), render_diff)
    return 0


def _published(reference: str | None, override: str | None) -> Side:
    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.operations.diff import published_side
    from modelops_bundle.storage.full_reference import parse_full_reference

    # A full reference says where it is; `--remote` is for the other.
    full = reference is not None and parse_full_reference(reference) is not None
    remote, wanted = bundle_of(reference, None if full else override)
    return published_side(remote, wanted, label=reference or wanted)
