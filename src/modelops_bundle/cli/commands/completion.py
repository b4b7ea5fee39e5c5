"""`completion`: the script that lets a shell complete this program's command lines."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from modelops_bundle.cli.arguments import CommandParser
    from modelops_bundle.cli.output import Output

EXAMPLE = "mops-bundle completion bash"
SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "shell", choices=SHELLS, help="the shell; the script begins with how to install it"
    )


def run(args: Namespace, out: Output) -> int:
    """Print the script; no file of the shell's is written."""
    from modelops_bundle.cli.completion.scripts import script_of

    script = script_of(args.shell)
    if out.json:
        out.document({"schema": "mops-bundle.completion/1", "shell": args.shell, "script": script})
    else:
        out.write(script)
    return 0
