"""Where a command's output goes: text or one JSON document, prompts, colour, encodings."""

from __future__ import annotations

import os
import sys

from modelops_bundle.errors import BundleError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TextIO, TypeVar

    Document = TypeVar("Document", bound=Mapping[str, object])

#: Used where no terminal says otherwise.
DEFAULT_COLUMNS = 80


class OutputError(BundleError):
    """Standard output cannot be written."""

    code = "output"


class Output:
    """The terminal, or the pipe, of one command.

    Attributes:
        json: One document on stdout and nothing else there; no prompts.
        colour: Lines on stdout are painted.
        on_error: How an error that ends the command is shown, where it has a format of its own.
    """

    on_error: Callable[[BundleError], None] | None = None

    def __init__(self, *, json_only: bool = False, no_colour: bool = False) -> None:
        self.json = json_only
        self.colour = not (json_only or no_colour) and _wants_colour(sys.stdout)
        for stream in (sys.stdout, sys.stderr):
            _never_fail_to_encode(stream)

    @property
    def columns(self) -> int:
        """Width of the terminal in character cells; 80 for a pipe."""
        return terminal_columns()

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        # A program without a standard input has None there.
        return not self.json and bool(sys.stdin) and sys.stdin.isatty() and sys.stdout.isatty()

    def show(self, document: Document, render: Callable[[Document, int], Iterable[str]]) -> None:
        """Print a document: as it is under `--json`, else as the lines that `render` makes."""
        if self.json:
            self.document(document)
        else:
            self.lines(render(document, self.columns))

    def document(self, document: Mapping[str, object]) -> None:
        """Print JSON, in ASCII so that every terminal and reader takes it."""
        import json

        self.write(json.dumps(document, indent=2) + "\n")

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines of text on stdout; a line break in one is written out, as no name is two."""
        safe = _shown(lines, sys.stdout)
        if self.colour:
            from modelops_bundle.cli.render.colour import paint

            safe = [paint(line) for line in safe]
        self.write("".join(line + "\n" for line in safe))

    def write(self, text: str) -> None:
        """Write to stdout, at once.

        Raises:
            OutputError: it cannot be written, on a full disk for instance.
            BrokenPipeError: nobody reads any more.
        """
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            discard_output()
            raise OutputError(f"cannot write to standard output: {error.strerror}") from error

    def is_abandoned(self) -> bool:
        """Whether whoever read stdout is gone."""
        import select

        try:
            poll = select.poll()
            poll.register(sys.stdout.fileno(), 0)
            return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
        except (OSError, ValueError):
            return False

    def complain(self, lines: Iterable[str]) -> None:
        """Print lines of text on stderr."""
        sys.stderr.write("".join(line + "\n" for line in _shown(lines, sys.stderr)))

    def ask(self, question: str) -> bool:
        """Ask a yes-or-no question; no is the default, and the answer where nobody can answer."""
        if not self.interactive:
            return False
        self.write(f"{printable(question)} [y/N] ")
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def discard_output() -> None:
    """Let whatever else goes to stdout vanish."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def printable(line: str) -> str:
    """The line with everything that could steer a terminal, or is no text, written out.

    Names in a project, and the text of its sources, come from others.
    """
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() else _escaped(character) for character in line
    )


def encodable(line: str) -> str:
    """The line as standard output will show it: what its encoding lacks is written out."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if line.isascii() or encoding == "utf-8":
        return line
    return line.encode(encoding, "backslashreplace").decode(encoding)


def _escaped(character: str) -> str:
    point = ord(character)
    if 0xDC80 <= point <= 0xDCFF:  # a byte of a file name that is not UTF-8 (PEP 383)
        return f"\\x{point - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def _wants_colour(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def _never_fail_to_encode(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _shown(lines: Iterable[str], stream: TextIO) -> list[str]:
    """The lines as a stream shows them: on a terminal none is wider than it, if that can be."""
    if not stream.isatty():
        return [printable(line) for line in lines]
    from modelops_bundle.cli.render.reflow import Verbatim, reflowed

    columns = terminal_columns(stream)
    shown: list[str] = []
    for line in lines:
        safe = printable(line)
        shown += [safe] if isinstance(line, Verbatim) else reflowed(safe, columns)
    return shown


def terminal_columns(stream: TextIO | None = None) -> int:
    """The terminal's width in character cells; 80 where there is none.

    Args:
        stream: What leads to the terminal; standard output by default.
    """
    asked = os.environ.get("COLUMNS", "")
    if asked.isascii() and asked.isdigit() and int(asked) > 0:
        return int(asked)
    try:
        return os.get_terminal_size((stream or sys.stdout).fileno()).columns or DEFAULT_COLUMNS
    except (OSError, ValueError):
        return DEFAULT_COLUMNS
