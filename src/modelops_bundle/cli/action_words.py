"""What the second word of a command such as `cache prune` means, and which arguments go with it."""

from __future__ import annotations

from typing import NamedTuple

from modelops_bundle.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action, Namespace
    from collections.abc import Mapping

    from modelops_bundle.cli.arguments import CommandParser

#: The argument that holds the word.
ARGUMENT = "action"


class ActionWord(NamedTuple):
    """One action of a command.

    Attributes:
        summary: What it does, as a command's summary.
        takes: The arguments, by their attribute, that make sense with it.
        example: One command line, shown in its help.
    """

    summary: str
    takes: tuple[str, ...]
    example: str


def check_action(
    parser: CommandParser, args: Namespace, words: Mapping[str, ActionWord]
) -> Namespace:
    """The arguments, if all of them go with the action.

    Raises:
        UsageError: one does not.
    """
    word = getattr(args, ARGUMENT)
    for action in parser.own():
        given = getattr(args, action.dest) != action.default
        if given and action.dest not in (*words[word].takes, ARGUMENT):
            raise UsageError(
                f"{parser.command} {word} takes no {_name(action)}",
                hint=f"run `{parser.prog} {word} --help`",
            )
    return args


def _name(action: Action) -> str:
    return action.option_strings[0] if action.option_strings else str(action.metavar)
