"""`unregister`: remove entries from the registry."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.operations.entries import Removal

EXAMPLE = "mops-bundle unregister incidence_target --force"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("ids", nargs="+", metavar="ID", help="an id, or model:ID or target:ID")
    parser.add_argument(
        "--force", action="store_true", help="do not ask; take targets out of their sets as well"
    )
    parser.legacy("--no-confirm", hint="say --force")


def run(args: Namespace, out: Output) -> int:
    """Remove entries; asks first on a terminal, target sets need `--force` elsewhere."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.operations.entries import plan_removal, unregister
    from modelops_bundle.operations.registry_documents import unregister_document

    project = current_project()
    force = args.force
    if out.interactive and not force:
        if not out.ask(_question(plan_removal(project, args.ids))):
            out.complain(["Nothing was unregistered."])
            return 3
        force = True
    removal = unregister(project, args.ids, force=force)
    out.show(unregister_document(removal), lambda document, columns: _lines(removal))
    return 0


def _question(removal: Removal) -> str:
    sets = f", and from target set {', '.join(removal.sets)}" if removal.sets else ""
    return f"Remove {', '.join(map(str, removal.keys))} from the registry{sets}?"


def _lines(removal: Removal) -> list[str]:
    lines = [f"  - {key.kind.value} {key.id}" for key in removal.keys]
    lines += [f"  - target set {name}" for name in removal.emptied]
    return [*lines, "Removed from the registry; the code stays, and no sync adds it again."]
