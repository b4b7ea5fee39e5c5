"""`graph`: what depends on what, with stale marks."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle graph data/observed_incidence.csv"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "subject",
        nargs="?",
        default="",
        metavar="ID|PATH",
        help="an entry, or a file to learn what depends on it; everything by default",
    )
    parser.add_argument(
        "--format",
        choices=("tree", "mermaid", "dot", "json"),
        default="tree",
        help="a tree for people, or text for a program that draws or reads it",
    )


def run(args: Namespace, out: Output) -> int:
    """Print the dependency picture."""
    from pathlib import Path

    from modelops_bundle.cli.here import current_project
    from modelops_bundle.operations.graph import picture
    from modelops_bundle.operations.graph_documents import graph_document

    project = current_project()
    document = graph_document(picture(project, args.subject, base=Path.cwd()))
    if args.format == "json":
        out.document(document)
        return 0
    from modelops_bundle.cli.render.graph import renderer_of

    out.show(document, renderer_of(args.format))
    return 0
