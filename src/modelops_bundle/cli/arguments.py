"""How command lines are read: global options, legacy options, and what to say of mistakes."""

from __future__ import annotations

import argparse

from modelops_bundle import __version__
from modelops_bundle.cli import catalogue
from modelops_bundle.cli.output import terminal_columns
from modelops_bundle.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal, NoReturn, Protocol

    from modelops_bundle.cli.output import Output

    class CommandModule(Protocol):
        """What a file in `cli/commands/` provides."""

        #: One command line, shown in the command's help.
        EXAMPLE: str

        def add_arguments(self, parser: CommandParser) -> None:
            """Declare the command's arguments."""

        def run(self, args: argparse.Namespace, out: Output) -> int:
            """Do the work and return the exit code."""


PROGRAM = "mops-bundle"
#: The same program under the distribution's name.
OTHER_NAME = "modelops-bundle"
#: `mops-bundle help COMMAND` is `mops-bundle COMMAND --help`.
HELP = "help"


class GlobalOptions(argparse.Namespace):
    """Options that every command takes, before its name or after it."""

    json: bool = False
    directory: str | None = None
    no_color: bool = False
    debug: bool = False


class HelpShown(Exception):
    """Help or the version was asked for; `text` is what to print."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class CommandParser(argparse.ArgumentParser):
    """A parser that raises `UsageError`, with the nearest option where one was mistyped."""

    def __init__(self, command: str, example: str, summary: str) -> None:
        super().__init__(
            prog=f"{PROGRAM} {command}".rstrip(),
            description=summary[:1].upper() + summary[1:] + "." if summary else None,
            epilog=f"example:\n  {example}" if example else None,
            formatter_class=_HelpText,
            allow_abbrev=False,
            add_help=False,
        )
        self._help_words = f"run `{self.prog} --help`"
        self._visible: list[str] = []

    def legacy(
        self,
        *names: str,
        hint: str,
        takes: Literal["nothing", "value", "values"] = "nothing",
        dest: str = "ignored",
    ) -> None:
        """Accept options that scripts for the existing tool use, unlisted, and say something.

        Args:
            hint: What to do instead, or why it is not needed.
            takes: Whether a value follows, and whether several add up to a list.
            dest: The attribute to set; by default the option has no effect.
        """
        self.add_argument(
            *names,
            dest=dest,
            action=_Legacy,
            hint=hint,
            takes=takes,
            help=argparse.SUPPRESS,
        )

    def parse(self, arguments: Sequence[str], into: GlobalOptions) -> argparse.Namespace:
        """Read a command's arguments.

        Raises:
            UsageError: they cannot be understood.
            HelpShown: help was asked for.
        """
        # Intermixed parsing lets options stand among arguments, and loses what follows a `--`.
        parse = self.parse_known_args if "--" in arguments else self.parse_known_intermixed_args
        args, rest = parse(list(arguments), into)
        if rest:
            unknown = next((word for word in rest if word.startswith("-")), None)
            if unknown is None:
                raise UsageError(f"unexpected argument: {rest[0]}", hint=self._help_words)
            option = unknown.partition("=")[0]
            near = nearest(option, self._visible) if option.startswith("--") else None
            raise UsageError(
                f"no such option: {option}",
                hint=f"did you mean {near}?" if near else self._help_words,
            )
        return args

    def error(self, message: str) -> NoReturn:
        """Raise what `argparse` would print."""
        raise UsageError(message, hint=self._help_words)

    def print_help(self, file: object = None) -> NoReturn:
        """End parsing with the text of the help."""
        raise HelpShown(self.format_help())

    def remember_options(self) -> None:
        """Note which options may be suggested for a mistyped one."""
        self._visible = [name for name, action in self.options().items() if is_listed(action)]

    def options(self) -> dict[str, argparse.Action]:
        """Every option by each of its names, unlisted ones too."""
        return {name: action for action in self._actions for name in action.option_strings}

    def positionals(self) -> list[argparse.Action]:
        """The arguments that are no options, in order."""
        return [action for action in self._actions if not action.option_strings]


def is_listed(action: argparse.Action) -> bool:
    """Whether help lists it; what scripts for the existing tool use is accepted without."""
    return action.help != argparse.SUPPRESS


class _HelpText(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal; asking `argparse` to find out would load `shutil`."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=terminal_columns() - 2)


class _Legacy(argparse.Action):
    """Stores what was given, and collects the hint in `legacy_hints`."""

    def __init__(
        self, option_strings: Sequence[str], dest: str, *, hint: str, takes: str, help: str
    ) -> None:
        nargs = 0 if takes == "nothing" else None
        default: object = [] if takes == "values" else None
        super().__init__(option_strings, dest, nargs=nargs, default=default, help=help)
        self.hint = hint
        self.takes = takes

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        given: object = True if self.takes == "nothing" else values
        if self.takes == "values":
            given = [*(getattr(namespace, self.dest) or ()), values]
        setattr(namespace, self.dest, given)
        namespace.legacy_hints = [
            *getattr(namespace, "legacy_hints", ()),
            f"{option_string}: {self.hint}",
        ]


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command takes; those already set are kept if not given again."""
    options = parser.add_argument_group("global options")
    options.add_argument("-h", "--help", action="help", help="show this help")
    for names, dest, text in (
        (("--json",), "json", "print one JSON document on standard output"),
        (("--no-color",), "no_color", "no colour"),
        (("--debug",), "debug", "show what is done, and the traceback of an error"),
    ):
        options.add_argument(
            *names, dest=dest, action="store_true", default=argparse.SUPPRESS, help=text
        )
    options.add_argument(
        "-C",
        dest="directory",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="work in this folder",
    )


def is_program(word: str) -> bool:
    """Whether a word of a command line calls this program, by either name."""
    return word.rpartition("/")[2] in (PROGRAM, OTHER_NAME)


def split_command(arguments: Sequence[str]) -> tuple[GlobalOptions, str | None, list[str]]:
    """Read what stands before the command's name.

    Returns:
        The options so far, the command (None if there is none), and its arguments.

    Raises:
        UsageError: an option that is none of the global ones.
        HelpShown: help or the version was asked for.
    """
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] == "-C" else 1
    parser = CommandParser("", "", "")
    add_global_options(parser)
    parser.add_argument("--version", action="store_true")
    parser.remember_options()
    if "-h" in arguments[:at] or "--help" in arguments[:at]:
        raise HelpShown(overview())
    options = GlobalOptions()
    if parser.parse(arguments[:at], options).version:
        raise HelpShown(f"{PROGRAM} {__version__}\n")
    command = arguments[at] if at < len(arguments) else None
    return options, command, list(arguments[at + 1 :])


def overview() -> str:
    """The text of `--help`: all commands, in groups."""
    width = max(map(len, catalogue.listed()))
    lines = [f"usage: {PROGRAM} COMMAND [OPTION]… [ARGUMENT]…".replace("…", "..."), ""]
    lines.append("Keeps a model bundle's registry true to its code, and publishes it.")
    for title, commands in catalogue.GROUPS.items():
        lines += ["", f"{title}:"]
        lines += [f"  {name:<{width}}  {summary}" for name, summary in commands.items()]
    lines += [
        "",
        "Every command takes --json, -C DIR, --no-color, --debug and --help.",
        f"example:\n  {PROGRAM} status",
    ]
    return "\n".join(lines) + "\n"


def unknown_command(name: str) -> UsageError:
    """The error for a command that does not exist, with the nearest one that does."""
    near = nearest(name, catalogue.listed())
    hint = f"did you mean `{PROGRAM} {near}`?" if near else f"run `{PROGRAM} --help`"
    return UsageError(f"no such command: {name}", hint=hint)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, if any is."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), n=1)), None)


def help_for(command: str, module: CommandModule) -> CommandParser:
    """The parser of a command."""
    parser = CommandParser(command, module.EXAMPLE, catalogue.summary_of(command) or "")
    module.add_arguments(parser)
    add_global_options(parser)
    parser.remember_options()
    return parser
