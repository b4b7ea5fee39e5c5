"""What can stand at the cursor of a command line of this program."""

from __future__ import annotations

import os
from importlib import import_module
from typing import NamedTuple

from modelops_bundle.cli import catalogue
from modelops_bundle.cli.action_words import ARGUMENT
from modelops_bundle.cli.arguments import (
    GLOBAL,
    HELP,
    CommandParser,
    add_global_options,
    help_for,
    is_listed,
    is_program,
)
from modelops_bundle.cli.completion.meanings import source_of
from modelops_bundle.cli.completion.offers import Offer, Project, paths
from modelops_bundle.cli.completion.walk import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterable, Iterator, Sequence

    from modelops_bundle.cli.completion.line import Line
    from modelops_bundle.cli.completion.walk import Given, Place


class Completion(NamedTuple):
    """The candidates for the word at the cursor.

    Attributes:
        lead: The part of the word that is no part of them: `--format=`.
        elsewhere: Paths start from the folder that `-C` names, not from that of the shell.
    """

    offers: tuple[Offer, ...] = ()
    lead: str = ""
    elsewhere: bool = False


def complete(line: Line, after: Sequence[str] = ()) -> Completion:
    """What may be typed at the end of a line.

    The working folder is changed to what `-C` names.

    Args:
        line: The line up to the cursor, the program first.
        after: The words that follow the cursor.
    """
    if line.redirected:
        return Completion(tuple(paths(line.current)))
    words = _behind_program(line.words)
    at = _command_at(words)
    if at is None:
        parser = _global_parser()
        walk = Walk(parser).feed(words)
        place = walk.at(line.current)
        if place is not None and (place.action is not None or place.value.startswith("-")):
            return _completion(place, walk.given, parser)
        return Completion(tuple(_commands()))
    command = words[at]
    if command == HELP:
        return Completion(tuple(_topics(words[at + 1 :])))
    if catalogue.summary_of(command) is None:
        return Completion()
    parser = help_for(command, import_module(catalogue.module_of(command)))
    moved = _go_to([*words, *after])
    walk = Walk(parser).feed(words[at + 1 :])
    place = walk.at(line.current)
    given = Walk(parser).feed([*words[at + 1 :], *after]).given
    return _completion(place, given, parser)._replace(elsewhere=moved)


def _completion(place: Place | None, given: Given, parser: CommandParser) -> Completion:
    if place is None or (place.action is not None and not _goes(parser, place.action, given)):
        return Completion()
    if place.action is None:
        return Completion(tuple(_options(parser, given, place.value)))
    found = _values(parser, place.action, place.value, given)
    return Completion(tuple(dict.fromkeys(found)), place.lead)


def _goes(parser: CommandParser, action: Action, given: Given) -> bool:
    """Whether an argument goes with the action that was named, as `--max-age` with `prune`."""
    word = parser.action_words.get("".join(given.get(ARGUMENT, ())[:1]))
    return word is None or action.dest in (*word.takes, *GLOBAL, ARGUMENT)


def _values(parser: CommandParser, action: Action, word: str, given: Given) -> Iterable[Offer]:
    if action.choices is not None:
        words = parser.action_words if action.dest == ARGUMENT else {}
        choices = map(str, action.choices)
        return [Offer(one, words[one].summary if one in words else "") for one in choices]
    source = source_of(parser.command, action)
    if source is None:
        return ()
    taken = set(given.get(action.dest, ())) - {word}
    return (offer for offer in source(Project(), word, given) if offer.value not in taken)


def _options(parser: CommandParser, given: Given, word: str) -> Iterator[Offer]:
    """Options that are not given yet, or may be given again."""
    for name, action in parser.options().items():
        repeated = type(action).__name__ == "_AppendAction"
        long_wanted = word.startswith("--") and not name.startswith("--")
        if not is_listed(action) or long_wanted or not _goes(parser, action, given):
            continue
        if repeated or action.dest not in given:
            yield Offer(name, (action.help or "").replace("%%", "%"))


def _commands() -> Iterator[Offer]:
    for commands in catalogue.GROUPS.values():
        for name, summary in commands.items():
            yield Offer(name, summary)
    yield Offer(HELP, "tell how a command is used")


def _topics(named: Sequence[str]) -> Iterator[Offer]:
    """What may follow `help`: a command, and then an action of it."""
    if not named:
        yield from _commands()
    elif len(named) == 1 and catalogue.summary_of(named[0]) is not None:
        module = import_module(catalogue.module_of(named[0]))
        for word, action in help_for(named[0], module).action_words.items():
            yield Offer(word, action.summary)


def _behind_program(words: Sequence[str]) -> Sequence[str]:
    """The words behind the program's name, before which `env A=1` and the like may stand."""
    at = next((at for at, word in enumerate(words) if is_program(word)), 0)
    return words[at + 1 :]


def _command_at(words: Sequence[str]) -> int | None:
    """Where the command's name stands; None if the words end before it."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] == "-C" else 1
    return at if at < len(words) else None


def _global_parser() -> CommandParser:
    parser = CommandParser("", "", "")
    add_global_options(parser)
    parser.add_argument("--version", action="store_true", help="show the version")
    return parser


def _go_to(words: Sequence[str]) -> bool:
    """Work in the folder that the last `-C` names, as the command will; whether there is one."""
    folder = ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "-C":
            folder = following
        elif word.startswith("-C"):
            folder = word[2:]
    if not folder:
        return False
    try:
        os.chdir(os.path.expanduser(folder))
    except OSError:
        return False
    return True
