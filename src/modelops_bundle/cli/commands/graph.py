"""`graph`: what depends on what, with stale marks."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.graph_documents import GraphDocument
    from modelops_bundle.workspace.project import Project

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
        choices=("tree", "mermaid", "dot", "json", "html"),
        default="tree",
        metavar="FORMAT",
        help="tree for people; mermaid, dot or json for a program that draws or reads it; html, "
        "one page for a browser",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="write to this file instead of standard output"
    )


def run(args: Namespace, out: Output) -> int:
    """Print the dependency picture, or write it to a file."""
    from pathlib import Path

    from modelops_bundle.cli.here import current_project
    from modelops_bundle.operations.graph import picture
    from modelops_bundle.operations.graph_documents import graph_document

    project = current_project()
    form, file = args.format, args.output
    # A page can show the rest again: it holds the whole project around what was asked about.
    whole = form == "html" and (file is not None or not out.json)
    document = graph_document(picture(project, args.subject, base=Path.cwd(), whole=whole))
    if file is not None:
        _write(Path(file), _text(document, form), project, document)
        out.show(document, lambda _, columns: [f"Wrote {file}."])
    elif out.json or form == "json":
        out.document(document)
    elif form == "html":
        out.write(_text(document, form))
    else:
        from modelops_bundle.cli.render.graph import renderer_of

        out.show(document, renderer_of(form))
    return 0


def _text(document: GraphDocument, form: str) -> str:
    """What a file holds in this format."""
    if form == "json":
        import json

        return json.dumps(document, indent=2) + "\n"
    if form == "html":
        from modelops_bundle.cli.render.picture.page import html_page

        return html_page(document)
    from modelops_bundle.cli.output import DEFAULT_COLUMNS, printable
    from modelops_bundle.cli.render.graph import renderer_of

    lines = renderer_of(form)(document, DEFAULT_COLUMNS)
    return "".join(printable(line) + "\n" for line in lines)


def _write(file: Path, text: str, project: Project, document: GraphDocument) -> None:
    """Write the file, unless the picture is made from it.

    Raises:
        UsageError: it is a file of the bundle.
        FileAccessError: it cannot be written.
    """
    from modelops_bundle.errors import UsageError
    from modelops_bundle.workspace.atomic import write_atomic

    target = file.resolve()
    drawn = {project.root / node["path"] for node in document["nodes"] if node["path"]}
    own = project.registry.resolve().parent
    if own in target.parents or target in {path.resolve() for path in drawn}:
        raise UsageError(
            f"{file} is a file of the bundle; nothing was written",
            hint="give --output another name, such as picture.html",
        )
    write_atomic(file, text.encode("utf-8"))
