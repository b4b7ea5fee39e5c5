"""`manifest`: published tags and digests, for scripts of the existing tool."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.storage.base import Remote

EXAMPLE = "mops-bundle manifest --tags-only"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    from modelops_bundle.cli.remote import add_remote_option

    parser.add_argument("ref", nargs="?", metavar="REF", help="a tag or digest; all tags without")
    parser.add_argument("--full", action="store_true", help="whole digests")
    parser.add_argument("--tags-only", action="store_true", help="tags without digests")
    add_remote_option(parser)
    parser.legacy("--all", hint="all tags are listed")
    parser.legacy("-n", hint="all tags are listed", takes="value")


def run(args: Namespace, out: Output) -> int:
    """Print tags with their digests, or what one reference names."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.remote import remote_of
    from modelops_bundle.cli.render.layout import table
    from modelops_bundle.operations.settings import read_config

    out.complain(["hint: manifest is kept for scripts; use `mops-bundle versions`"])
    project = current_project()
    remote = remote_of(project, read_config(project), args.remote)
    tags = _tags(remote, args.ref)
    if out.json:
        out.document({"schema": "mops-bundle.manifest/1", "url": remote.url, "tags": tags})
    elif args.tags_only:
        out.lines(tags)
    else:
        shown = {tag: digest if args.full else digest[7:19] for tag, digest in tags.items()}
        out.lines(table(list(shown.items()), indent=0) if shown else ["Nothing is published yet."])
    return 0


def _tags(remote: Remote, reference: str | None) -> dict[str, str]:
    if reference is not None:
        return {reference: str(remote.resolve(reference))}
    held = remote.held(remote.tags())
    return {tag: str(held[tag]) for tag in sorted(held)}
