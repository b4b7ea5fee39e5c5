"""What `--help` prints: the overview of all commands, one command, one action of a command."""

from __future__ import annotations

import argparse

from modelops_bundle.cli import catalogue
from modelops_bundle.cli.action_words import ARGUMENT
from modelops_bundle.cli.arguments import HELP, PROGRAM
from modelops_bundle.cli.output import terminal_columns
from modelops_bundle.cli.render.layout import wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_bundle.cli.action_words import ActionWord
    from modelops_bundle.cli.arguments import CommandParser

#: Wider text is hard to read.
_WIDEST = 100


def overview() -> str:
    """All commands, in groups."""
    columns = _columns()
    lines = [f"usage: {PROGRAM} COMMAND [OPTION]... [ARGUMENT]..."]
    lines += [f"       {PROGRAM} --version", ""]
    lines += wrapped("Keeps a model bundle's registry true to its code, and publishes it.", columns)
    width = max(map(len, catalogue.listed()))
    for title, commands in catalogue.GROUPS.items():
        lines += ["", f"{title}:", *_listed(commands, width)]
    options = "Every command takes --json, -C DIR, --no-color, --debug and --help."
    more = [f"`{PROGRAM} {HELP} COMMAND` tells more.", "", "example:", f"  {PROGRAM} status", ""]
    return "\n".join([*lines, "", *wrapped(options, columns), *more])


def describe(parser: CommandParser, word: str | None) -> str:
    """The help of a command, or of one of its actions.

    Args:
        word: The action that was named besides `--help`, if one was.
    """
    words = parser.action_words
    if word is not None:
        return _of_action(parser, word, words[word])
    parser.description = "\n".join(wrapped(_sentence(parser.summary), _columns()))
    if words:
        summaries = {name: action.summary for name, action in words.items()}
        listed = _listed(summaries, max(map(len, words)))
        parser.description += "\n\n" + "\n".join([f"{ARGUMENT}s:", *listed])
    parser.epilog = _example(parser.example)
    return parser.format_help()


def _of_action(parser: CommandParser, name: str, word: ActionWord) -> str:
    for action in parser.own():
        if action.dest not in word.takes:
            action.help = argparse.SUPPRESS
    parser.prog += f" {name}"
    parser.description = "\n".join(wrapped(_sentence(word.summary), _columns()))
    parser.epilog = _example(word.example)
    return parser.format_help()


def _listed(summaries: Mapping[str, str], width: int) -> list[str]:
    """Names and what they are for, in two columns."""
    lines: list[str] = []
    for name, summary in summaries.items():
        lines += wrapped(summary, _columns(), f"  {name:<{width}}  ", " " * (width + 4))
    return lines


def _example(example: str) -> str:
    """The example, broken before options as a shell reads it where it is too long."""
    lines = [" "]
    for part in example.replace(" --", "\n--").split("\n"):
        if lines[-1].strip() and len(f"{lines[-1]} {part} \\") > _columns():
            lines[-1] += " \\"
            lines.append(" " * 5)
        lines[-1] += f" {part}"
    return "\n".join(["example:", *lines])


def _sentence(summary: str) -> str:
    return f"{summary[:1].upper()}{summary[1:]}." if summary else ""


def _columns() -> int:
    return min(terminal_columns(), _WIDEST)
