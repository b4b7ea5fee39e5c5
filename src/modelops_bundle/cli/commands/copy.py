"""`copy`: publish elsewhere what is published here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle copy v1 oci://registry.example/team/flu"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_reference, add_remote_option

    add_reference(parser)
    parser.add_argument("target", metavar="REMOTE", help="where to: a URL, or URL:tag")
    parser.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="TAG",
        help="what to call it there (repeat for more); without it the tag that it has here",
    )
    parser.add_argument("--force", action="store_true", help="set the tag whatever it holds there")
    add_remote_option(parser)


def run(args: Namespace, out: Output) -> int:
    """Copy contents, then the manifest, then set the tags."""
    from modelops_bundle.cli.remote import bundle_of, remote_at
    from modelops_bundle.cli.render.published import render_copy
    from modelops_bundle.operations.copying import copy_bundle
    from modelops_bundle.operations.published_documents import copy_document
    from modelops_bundle.storage.full_reference import parse_full_reference

    source, reference = bundle_of(args.ref, args.remote)
    full = parse_full_reference(args.target)
    target = remote_at(full.url if full else args.target)
    tags = [*([full.reference] if full and full.reference else []), *args.tag]
    copied = copy_bundle(source, reference, target, tags, force=args.force)
    out.show(copy_document(copied), render_copy)
    return 0
