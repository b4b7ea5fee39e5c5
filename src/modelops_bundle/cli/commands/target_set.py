"""`target-set`: named groups of targets."""

from __future__ import annotations

from modelops_bundle.cli.action_words import ActionWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Mapping

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.core.registry import TargetSet
    from modelops_bundle.workspace.project import Project

EXAMPLE = "mops-bundle target-set set fit --target incidence_target --weight incidence_target=2"
ACTIONS = {
    "set": ActionWord(
        "make a target set, or replace it",
        ("name", "targets", "weights"),
        "mops-bundle target-set set fit --target incidence_target --weight incidence_target=2",
    ),
    "list": ActionWord("list target sets and their targets", (), "mops-bundle target-set list"),
    "show": ActionWord("show one target set", ("name",), "mops-bundle target-set show incidence"),
    "delete": ActionWord(
        "delete a target set; its targets stay",
        ("name",),
        "mops-bundle target-set delete incidence",
    ),
}


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("action", choices=tuple(ACTIONS), help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the target set")
    parser.add_argument(
        "--target",
        "-t",
        dest="targets",
        action="append",
        default=[],
        metavar="ID",
        help="a member (repeat for more); all targets without it",
    )
    parser.add_argument(
        "--weight",
        "-w",
        dest="weights",
        action="append",
        default=[],
        metavar="ID=WEIGHT",
        help="a member's weight (repeat for more)",
    )


def run(args: Namespace, out: Output) -> int:
    """Do what was asked, and print the target sets that it was about."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.errors import UsageError
    from modelops_bundle.operations.target_sets import delete_target_set, target_set, target_sets

    project = current_project()
    if args.action == "list":
        _show(target_sets(project), out)
        return 0
    if args.name is None:
        raise UsageError(
            f"target-set {args.action} needs the name of a target set",
            hint="run `mops-bundle target-set list` for the names",
        )
    if args.action == "show":
        _show({args.name: target_set(project, args.name)}, out)
    elif args.action == "delete":
        delete_target_set(project, args.name)
        if out.json:
            _show(target_sets(project), out)
        else:
            out.lines([f"Deleted target set {args.name}; its targets stay."])
    else:
        _show({args.name: _set(project, args.name, args.targets, args.weights)}, out)
    return 0


def _set(project: Project, name: str, targets: Iterable[str], weights: Iterable[str]) -> TargetSet:
    from modelops_bundle.operations.document import read_registry
    from modelops_bundle.operations.target_sets import set_target_set

    members = list(targets) or list(read_registry(project).record.targets)
    return set_target_set(project, name, members, dict(map(_weight, weights)))


def _weight(text: str) -> tuple[str, float]:
    from modelops_bundle.errors import UsageError

    target, equals, number = text.rpartition("=")
    try:
        if equals and target:
            return target, float(number)
    except ValueError:
        pass
    raise UsageError(f"--weight {text}: not of the form ID=WEIGHT", not_done="nothing was written")


def _show(target_sets: Mapping[str, TargetSet], out: Output) -> None:
    from modelops_bundle.cli.render.registry import render_target_sets
    from modelops_bundle.operations.registry_documents import target_sets_document

    out.show(target_sets_document(target_sets), render_target_sets)
