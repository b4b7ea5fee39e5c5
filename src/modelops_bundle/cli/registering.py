"""What `register-model` and `register-target` have in common."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output
    from modelops_bundle.core.registry import Kind


def add_registration_arguments(parser: CommandParser, symbol: str) -> None:
    """Declare what both commands take.

    Args:
        symbol: What the command registers, as the metavariable of its options.
    """
    parser.add_argument("paths", nargs="+", metavar="PATH", help=f"a file, or PATH:{symbol}")
    parser.add_argument(
        "--exclude",
        "-e",
        action="append",
        default=[],
        metavar=symbol,
        help="leave this one out, now and later (repeat for more)",
    )
    parser.add_argument(
        "--data",
        "-d",
        action="append",
        default=[],
        metavar="PATH",
        help="a data file or folder that it reads (repeat for more)",
    )
    parser.add_argument(
        "--no-data",
        action="append",
        default=[],
        dest="undeclared",
        metavar="PATH",
        help="no data of it any more, of what --data named before (repeat for more)",
    )
    parser.add_argument("--id", default="", help="its id in the registry")
    parser.legacy(
        "--regen-all", "--no-regen-all", hint="run `mops-bundle sync`; it covers all files"
    )
    parser.legacy("--no-confirm", hint="registering never asks")


def register_symbols(
    args: Namespace,
    out: Output,
    kind: Kind,
    *,
    symbols: list[str],
    code: list[str],
    outputs: list[str],
) -> int:
    """Register, and print the plan with its outcome."""
    from pathlib import Path

    from modelops_bundle.cli.commands.sync import show_outcome
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.operations.register import RegisterRequest, register

    request = RegisterRequest(
        kind=kind,
        files=tuple(args.paths),
        symbols=tuple(symbols),
        exclude=tuple(args.exclude),
        data=tuple(args.data),
        undeclared=tuple(args.undeclared),
        code=tuple(code),
        outputs=tuple(outputs),
        id=args.id,
        base=Path.cwd(),
    )
    outcome = register(current_project(), request)
    show_outcome(outcome, out)
    if not out.json:
        out.complain(f"note: no {kind.value} found in {path}" for path in outcome.passed_over)
    return outcome.exit_code
