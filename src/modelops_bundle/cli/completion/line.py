"""A command line as shells split it: words without their quotes, and what the cursor stands at."""

from __future__ import annotations

from typing import NamedTuple

_BLANKS = " \t\n"
#: Unquoted, they end a command: what follows is the line of another one.
_ENDS = "|;&()"
_REDIRECTIONS = "<>"


class Line(NamedTuple):
    """What stands on a command line up to some place in it.

    Attributes:
        words: The whole words, without quotes.
        current: The word that the place is in or at the end of, without quotes; "" between words.
        quote: The quotation mark that is open there, or "".
        settled: How many characters of `current` bash leaves as they are: it replaces what
            follows the last of its word breaks, or the quotation mark that is open.
        redirected: `current` names a file to read or write, whatever the command.
    """

    words: tuple[str, ...]
    current: str
    quote: str = ""
    settled: int = 0
    redirected: bool = False


def split_line(text: str, *, breaks: str = "", fish: bool = False) -> Line:
    """Split the beginning of a command line, which may end inside a quoted text.

    Args:
        text: From the command's first word, or from before it.
        breaks: The characters at which bash breaks words for completion (`COMP_WORDBREAKS`).
        fish: Read quotes as fish does: a backslash in single quotes may quote.
    """
    splitter = _Splitter(breaks, fish)
    for character in text:
        splitter.take(character)
    return splitter.line()


class _Splitter:
    def __init__(self, breaks: str, fish: bool) -> None:
        self._breaks = frozenset(breaks) - frozenset(_BLANKS)
        self._fish = fish
        self._words: list[str] = []
        self._word: list[str] | None = None
        self._quote = ""
        self._escaped = False
        self._settled = 0
        #: As before the quotation mark: a text in closed quotes breaks nowhere.
        self._before_quote = 0
        self._redirected = False

    def line(self) -> Line:
        current = "".join(self._word or ())
        return Line(tuple(self._words), current, self._quote, self._settled, self._redirected)

    def take(self, character: str) -> None:
        if self._escaped:
            self._take_escaped(character)
        elif character == "\\" and (self._quote != "'" or self._fish):
            self._begin()
            self._escaped = True
        elif self._quote:
            if character == self._quote:
                self._quote = ""
                self._settled = self._before_quote
            else:
                self._add(character)
        elif character in "'\"":
            self._quote = character
            self._begin()
            self._before_quote, self._settled = self._settled, len(self._word or ())
        elif character in _BLANKS:
            self._end()
        elif character in _ENDS and not self._fish:
            self._end()
            self._words.clear()
        elif character in _REDIRECTIONS:
            self._redirect()
        else:
            self._add(character)
            self._settle_after(character)

    def _take_escaped(self, character: str) -> None:
        self._escaped = False
        special = {'"': '"\\$`', "'": "\\'"}.get(self._quote)
        if special is not None and character not in special:
            self._add("\\")
        if character != "\n":
            self._add(character)

    def _begin(self) -> None:
        if self._word is None:
            self._word = []

    def _add(self, character: str) -> None:
        self._begin()
        if self._word is not None:
            self._word.append(character)

    def _settle_after(self, character: str) -> None:
        if character in self._breaks:
            self._settled = len(self._word or ())

    def _end(self) -> None:
        if self._word is not None and not self._redirected:
            self._words.append("".join(self._word))
        if self._word is not None:
            self._redirected = False
        self._word = None
        self._settled = 0

    def _redirect(self) -> None:
        number = "".join(self._word or ())
        if number.isdigit():
            self._word = None  # the stream that is redirected
        self._end()
        self._redirected = True
