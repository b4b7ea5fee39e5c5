"""`files`: what a push would publish."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle files"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments: there are none of its own."""


def run(args: Namespace, out: Output) -> int:
    """Print each file that travels, its size, and what it travels for."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.cli.render.files import render_files
    from modelops_bundle.core.observation import FileState
    from modelops_bundle.core.travel import plan_travel, with_registry
    from modelops_bundle.operations.file_documents import files_document
    from modelops_bundle.operations.observe import observe
    from modelops_bundle.workspace.project import REGISTRY

    session = observe(current_project())
    travel = plan_travel(session.record, session.observed)
    files, missing = travel.files, travel.missing
    if session.file.content:
        registry = FileState(REGISTRY, session.file.digest, len(session.file.content))
        files = with_registry(travel, registry)
    else:
        missing = (REGISTRY, *missing)
    document = files_document(session.record, session.observed, files, missing, REGISTRY)
    out.show(document, render_files)
    return 0
