"""`versions`: what is published, and under which tags."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle versions"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_remote_option

    parser.add_argument(
        "url", nargs="?", metavar="URL", help="where to look; the project's remote without it"
    )
    add_remote_option(parser)


def run(args: Namespace, out: Output) -> int:
    """List bundles with their tags, and where they come from."""
    from modelops_bundle.cli.remote import bundle_of
    from modelops_bundle.cli.render.published import render_versions
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.published_documents import versions_document
    from modelops_bundle.operations.versions import list_versions, with_provenance
    from modelops_bundle.storage.full_reference import parse_full_reference

    if args.url and parse_full_reference(args.url) is None:
        raise UsageError(
            f"no URL of a remote: {args.url}",
            hint=f"run `mops-bundle inspect {args.url}` to look at one bundle",
        )
    remote, _ = bundle_of(args.url, args.remote)
    versions = with_provenance(remote, list_versions(remote))
    out.show(versions_document(remote.url, versions), render_versions)
    return 0
