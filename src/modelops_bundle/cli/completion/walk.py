"""Where the cursor stands among a command's arguments: at an option, its value, or an argument."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterable

    from modelops_bundle.cli.arguments import CommandParser

    Given = dict[str, list[str]]

_MANY = ("*", "+")


class Place(NamedTuple):
    """What can stand at the cursor.

    Attributes:
        action: The argument or option whose value stands there; None for an option's name.
        lead: What stands before the value in the same word, such as `--format=`.
        value: The value so far.
    """

    action: Action | None
    lead: str
    value: str


class Walk:
    """Reads a command's words one by one, as its parser will."""

    def __init__(self, parser: CommandParser) -> None:
        self.given: Given = {}
        self._options = parser.options()
        self._arguments = parser.positionals()
        self._pending: Action | None = None
        self._bare = False

    def feed(self, words: Iterable[str]) -> Walk:
        """Read words that are complete."""
        for word in words:
            self._feed(word)
        return self

    def at(self, word: str) -> Place | None:
        """What stands at the cursor if this is the word so far; None where nothing can follow."""
        if self._pending is not None:
            return Place(self._pending, "", word)
        if not self._bare and word.startswith("-"):
            action, lead, value = self._attached(word)
            return Place(action if lead else None, lead, value if lead else word)
        if self._arguments:
            return Place(self._arguments[0], "", word)
        return None if self._bare or word else Place(None, "", word)

    def _feed(self, word: str) -> None:
        if self._pending is not None:
            self._record(self._pending, word)
            self._pending = None
        elif self._bare or not word.startswith("-") or word == "-":
            self._argument(word)
        elif word == "--":
            self._bare = True
        else:
            action, lead, value = self._attached(word)
            if action is None:
                return
            if lead:
                self._record(action, value)
            elif action.nargs == 0:
                self._record(action, "")
            else:
                self._pending = action

    def _attached(self, word: str) -> tuple[Action | None, str, str]:
        """The option of a word, and a value in the same word with what stands before it."""
        name, equals, value = word.partition("=")
        action = self._options.get(name)
        if word.startswith("--"):
            takes = action is not None and action.nargs != 0
            return (action, name + equals if equals and takes else "", value)
        short = self._options.get(word[:2])
        if len(word) > 2 and short is not None and short.nargs != 0:
            return short, word[:2], word[2:]
        return action, "", ""

    def _argument(self, word: str) -> None:
        if not self._arguments:
            return
        action = self._arguments[0]
        self._record(action, word)
        if action.nargs not in _MANY:
            self._arguments = self._arguments[1:]

    def _record(self, action: Action, value: str) -> None:
        self.given.setdefault(action.dest, []).append(value)
