"""`sync`: bring the registry in line with the code."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.core.paths import Entrypoint
    from modelops_bundle.core.plan import Verdict
    from modelops_bundle.operations.sync import SyncOutcome

EXAMPLE = "mops-bundle sync --dry-run"
STALE = 1


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
    parser.add_argument(
        "--check", action="store_true", help="as --dry-run; exit with 1 if there is a plan"
    )
    parser.add_argument(
        "--force", action="store_true", help="carry out removals and what else would be lost"
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave entries whose code is gone; apply the rest"
    )
    parser.add_argument(
        "--rename",
        action="append",
        default=[],
        metavar="ID=SYMBOL",
        help="say which symbol an entry is now (repeat for more)",
    )
    parser.add_argument(
        "--discover",
        action="store_true",
        help="also register what is found in files without a registered entry",
    )
    parser.legacy("--regen-all", hint="sync always covers all registered files")
    parser.legacy("--no-confirm", hint="sync asks only what it cannot decide, on a terminal")


def run(args: Namespace, out: Output) -> int:
    """Print the plan, and write it unless a person must decide first."""
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.operations.document import read_registry, require_registry
    from modelops_bundle.operations.sync import SyncRequest, sync

    dry = args.dry_run or args.check
    request = SyncRequest(
        force=args.force,
        keep=args.keep,
        discover=args.discover,
        write=not dry,
        renames=tuple(args.rename),
    )
    choose = _chooser(out) if out.interactive and not dry else None
    project = current_project()
    if args.check:
        require_registry(read_registry(project))
    outcome = sync(project, request, choose)
    show_outcome(outcome, out, dry_run=dry)
    if args.check and outcome.refused is None and not outcome.plan.empty:
        return STALE
    return outcome.exit_code


def show_outcome(outcome: SyncOutcome, out: Output, *, dry_run: bool = False) -> None:
    """Print what a sync or a registration did."""
    from modelops_bundle.cli.render.sync import render_sync
    from modelops_bundle.operations.report_documents import sync_document

    out.show(
        sync_document(outcome),
        lambda document, columns: render_sync(document, columns, dry_run=dry_run),
    )


def _chooser(out: Output) -> Callable[[Verdict], Entrypoint | None]:
    """Ask about each candidate in turn; no is the default."""

    def choose(verdict: Verdict) -> Entrypoint | None:
        for candidate in verdict.candidates:
            question = f"{verdict.key.kind.value} {verdict.key.id} is gone: is it now {candidate}?"
            if out.ask(question):
                return candidate
        return None

    return choose
