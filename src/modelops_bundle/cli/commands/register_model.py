"""`register-model`: register the models of a file."""

from __future__ import annotations

from modelops_bundle.cli.registering import add_registration_arguments, register_symbols

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle register-model models/sir.py --data data/demographics.csv"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    add_registration_arguments(parser, "CLASS")
    parser.add_argument(
        "--class",
        "-c",
        dest="classes",
        action="append",
        default=[],
        metavar="CLASS",
        help="only this class (repeat for more); without it, all models of the file",
    )
    parser.add_argument(
        "--code",
        action="append",
        default=[],
        metavar="PATH",
        help="a source file that its imports do not show (repeat for more)",
    )
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="NAME",
        help="an output that the code does not show (repeat for more)",
    )
    parser.legacy("--auto-code", "--no-auto-code", hint="local imports are always followed")
    parser.legacy("--code-mode", hint="local imports are followed file by file", takes="value")


def run(args: Namespace, out: Output) -> int:
    """Register models, and print what that changed."""
    from modelops_bundle.core.registry import Kind

    return register_symbols(
        args, out, Kind.MODEL, symbols=args.classes, code=args.code, outputs=args.output
    )
