"""`register-target`: register the calibration targets of a file."""

from __future__ import annotations

from modelops_bundle.cli.registering import add_registration_arguments, register_symbols

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle register-target targets/incidence.py"


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    add_registration_arguments(parser, "FUNCTION")
    parser.add_argument(
        "--function",
        "-f",
        dest="functions",
        action="append",
        default=[],
        metavar="FUNCTION",
        help="only this function (repeat for more); without it, all targets of the file",
    )
    parser.add_argument(
        "--output", metavar="NAME", help="the model output that it is compared with"
    )
    parser.legacy(
        "--target", "-t", hint="say --function, or PATH:FUNCTION", takes="values", dest="functions"
    )


def run(args: Namespace, out: Output) -> int:
    """Register targets, and print what that changed."""
    from modelops_bundle.core.registry import Kind

    outputs = [args.output] if args.output else []
    return register_symbols(
        args, out, Kind.TARGET, symbols=args.functions, code=[], outputs=outputs
    )
