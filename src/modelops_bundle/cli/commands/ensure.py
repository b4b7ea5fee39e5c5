"""`ensure`: put a published bundle into a folder."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle ensure oci://registry.example/team/flu:v1 --dest run"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_reference, add_remote_option

    add_reference(parser)
    parser.add_argument(
        "--dest", required=True, metavar="DIR", help="the folder; made if it is not there"
    )
    parser.add_argument(
        "--mirror", action="store_true", help="delete what is there and not in the bundle"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace what was changed there; it is put aside"
    )
    add_remote_option(parser)


def run(args: Namespace, out: Output) -> int:
    """Write the bundle; nothing is written where that would cost somebody's work."""
    from pathlib import Path

    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.cli.render.published import render_ensure, render_ensure_conflicts
    from modelops_bundle.operations.at_hand import contents_at_hand
    from modelops_bundle.operations.materialise import EnsureRequest, ensure
    from modelops_bundle.operations.published_documents import ensure_document

    remote, reference = bundle_of(args.ref, args.remote)
    request = EnsureRequest(reference=reference, mirror=args.mirror, overwrite=args.overwrite)
    ensured = ensure(Path(args.dest), remote, request, contents_at_hand())
    document = ensure_document(ensured)
    if document["conflicts"] and not out.json:
        out.complain(render_ensure_conflicts(document))
    else:
        out.show(document, render_ensure)
    return ensured.exit_code
