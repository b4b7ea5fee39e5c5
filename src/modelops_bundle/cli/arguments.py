"""How command lines are read: global options, legacy options, and what to say of mistakes."""

from __future__ import annotations

import argparse

from modelops_bundle import __version__
from modelops_bundle.cli import catalogue
from modelops_bundle.cli.output import terminal_columns
from modelops_bundle.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Literal, NoReturn, Protocol

    from modelops_bundle.cli.action_words import ActionWord
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
#: How `argparse` begins to say that an argument is missing.
_MISSING = "the following arguments are required: "
#: The attributes of the options that every command takes.
GLOBAL = ("help", "json", "no_color", "debug", "directory")


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
            formatter_class=_HelpText,
            allow_abbrev=False,
            add_help=False,
        )
        self.command = command
        self.example = example
        self.summary = summary
        #: What the second word of a command such as `cache prune` may be.
        self.action_words: Mapping[str, ActionWord] = {}
        self._help_words = f"run `{self.prog} --help`"
        self._visible: list[str] = []
        self._arguments: Sequence[str] = ()

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
        self._arguments = arguments
        options = arguments[: arguments.index("--")] if "--" in arguments else arguments
        if "-h" in options or "--help" in options:
            self.print_help()  # now: intermixed parsing hides arguments from the usage
        # Intermixed parsing lets options stand among arguments, and loses what follows a `--`.
        parse = self.parse_known_args if "--" in arguments else self.parse_known_intermixed_args
        args, rest = parse(list(arguments), into)
        if rest:
            unknown = next((word for word in rest if word.startswith("-")), None)
            if unknown is None:
                raise UsageError(f"unexpected argument: {rest[0]}", hint=self._help_words)
            raise self._no_such_option(unknown.partition("=")[0])
        if self.action_words:
            from modelops_bundle.cli.action_words import check_action

            return check_action(self, args, self.action_words)
        return args

    def _no_such_option(self, option: str) -> UsageError:
        # `-json` was meant as `--json`; of a short option every other one is as like as the next.
        word = option if option.startswith("--") else f"-{option}"
        known = self._visible if len(word) > 3 else ()
        hint = _meant(word, known, self._help_words, shown=str)
        return UsageError(f"no such option: {option}", hint=hint)

    def _check_value(self, action: argparse.Action, value: str) -> None:
        """Refuse a value that is none of an argument's choices, in the program's own voice."""
        if action.choices is None or value in action.choices:
            return
        names = action.option_strings
        what = f"value for {names[0]}" if names else action.dest.replace("_", " ")
        choices = list(map(str, action.choices))
        hint = _meant(str(value), choices, f"choose from {', '.join(choices)}")
        raise UsageError(f"no such {what}: {value}", hint=hint)

    def error(self, message: str) -> NoReturn:
        """Raise what `argparse` would print; for what is missing, an example tells most."""
        if not message.startswith(_MISSING):
            raise UsageError(message, hint=self._help_words)
        if self.action_words and message == f"{_MISSING}action":
            words = list(self.action_words)
            hint = f"choose from {', '.join(words)}; {self._help_words}"
            raise UsageError(f"{self.prog} needs an action", hint=hint)
        raise UsageError(message, hint=f"for example `{self.example}`; {self._help_words}")

    def print_help(self, file: object = None) -> NoReturn:
        """End parsing with the text of the help."""
        from modelops_bundle.cli.help_text import describe

        named = (word for word in self._arguments if word in self.action_words)
        raise HelpShown(describe(self, next(named, None)))

    def remember_options(self) -> None:
        """Note which options may be suggested for a mistyped one."""
        self._visible = [name for name, action in self.options().items() if is_listed(action)]

    def own(self) -> list[argparse.Action]:
        """The arguments and options that are the command's own, as far as help lists them."""
        return [a for a in self._actions if is_listed(a) and a.dest not in GLOBAL]

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
        from modelops_bundle.cli.help_text import overview

        raise HelpShown(overview())
    options = GlobalOptions()
    if parser.parse(arguments[:at], options).version:
        raise HelpShown(f"{PROGRAM} {__version__}\n")
    command = arguments[at] if at < len(arguments) else None
    return options, command, list(arguments[at + 1 :])


def unknown_command(name: str) -> UsageError:
    """The error for a command that does not exist, with the nearest ones that do."""
    hint = _meant(
        name,
        [*catalogue.listed(), HELP],
        f"run `{PROGRAM} --help`",
        shown=lambda near: f"`{PROGRAM} {near}`",
    )
    return UsageError(f"no such command: {name}", hint=hint)


def _meant(
    word: str, known: Iterable[str], otherwise: str, *, shown: Callable[[str], str] = repr
) -> str:
    # Off the start-up path: only a mistake needs it.
    from modelops_bundle.core.closest import did_you_mean

    return did_you_mean(word, known, otherwise, shown=shown)


def help_for(command: str, module: CommandModule) -> CommandParser:
    """The parser of a command."""
    parser = CommandParser(command, module.EXAMPLE, catalogue.summary_of(command) or "")
    parser.action_words = getattr(module, "ACTIONS", {})
    module.add_arguments(parser)
    add_global_options(parser)
    parser.remember_options()
    return parser
