"""`check`: problems with file and line, for CI and editors."""

from __future__ import annotations

from modelops_bundle.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle check --strict"
FAILED = 1


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--strict", action="store_true", help="changes that leave behaviour alone fail too"
    )
    parser.add_argument(
        "--code-only",
        action="store_true",
        help="do not fail for absent data that git ignores: CI often has no data",
    )
    parser.add_argument(
        "--job",
        action="extend",
        nargs="+",
        default=[],
        metavar="FILE",
        help="check these job specifications, JSON or YAML, too",
    )
    parser.add_argument(
        "--output-format",
        choices=("text", "json", "github", "sarif"),
        default="text",
        metavar="FORMAT",
        help="text (by default), json, github (annotations) or sarif (a log for code scanning)",
    )


def run(args: Namespace, out: Output) -> int:
    """Print findings; 1 if one of them is an error."""
    from pathlib import Path

    from modelops_bundle.cli.check_formats import format_of
    from modelops_bundle.cli.here import current_project
    from modelops_bundle.operations.check import check
    from modelops_bundle.operations.report_documents import check_document

    if args.output_format == "json":
        out.json = True
    elif out.json and args.output_format != "text":
        raise UsageError(
            f"--json and --output-format {args.output_format} exclude each other",
            hint="give one of them",
        )
    shown = format_of(args.output_format, out)
    checked = check(
        current_project(),
        strict=args.strict,
        code_only=args.code_only,
        jobs=[Path(file) for file in args.job],
    )
    shown(check_document(checked.report, checked.findings, ok=checked.ok))
    return 0 if checked.ok else FAILED
