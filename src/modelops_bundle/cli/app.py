"""The program: which command runs, and what becomes of its errors."""

from __future__ import annotations

import gc
import os
import sys

from modelops_bundle.cli import catalogue
from modelops_bundle.cli.output import Output, discard_output
from modelops_bundle.errors import BundleError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

#: What a shell reports for a program that SIGPIPE ended.
PIPE_CLOSED = 141
#: The word with which the scripts of `completion` call the program.
ANSWER = "__complete"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The arguments without the program's name; those of the process by default.

    Returns:
        The exit code (contract.md, "Exit codes").
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == [ANSWER]:
        return _answer_shell(arguments[1:])
    if argv is None:
        _read_file_names_as_utf8()
        _forget_working_directory()
    _provide_streams()
    try:
        return _run(arguments)
    except KeyboardInterrupt as interrupt:
        return _interrupted(interrupt, arguments, ending=argv is None)
    except BrokenPipeError:
        discard_output()  # or the interpreter would try to flush again at its end
        return PIPE_CLOSED
    finally:
        if argv is None:
            # The process is about to end: no need to look for garbage in what it leaves behind.
            gc.freeze()


def _answer_shell(arguments: list[str]) -> int:
    """Complete a word of a command line; in the locale's encoding, as the shell reads it."""
    _forget_working_directory()
    from modelops_bundle.cli.completion.answer import answer

    return answer(arguments)


def _read_file_names_as_utf8() -> None:
    """Start over in UTF-8 mode under a locale of another encoding.

    Registries and bundles hold the names of files as text: it must not depend on the locale.
    What is printed stays in the locale's encoding.
    """
    tried = os.environ.get("PYTHONUTF8") == "1"
    if tried or not sys.executable or sys.getfilesystemencoding() == "utf-8":
        return
    encoding = sys.stdout.encoding if sys.stdout is not None else "ascii"
    environment = {"PYTHONUTF8": "1", "PYTHONIOENCODING": f"{encoding}:backslashreplace"}
    arguments = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, arguments, {**os.environ, **environment})


def _provide_streams() -> None:
    """A program that was started with a closed stream has None in its place."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _forget_working_directory() -> None:
    """Import nothing from the working folder: its `yaml.py` would run in place of ours (law 8).

    Up to here only this package, `gc`, `os` and `sys` were imported.
    """
    try:
        here = os.getcwd()
    except FileNotFoundError:
        here = ""
    sys.path[:] = [entry for entry in sys.path if entry not in ("", ".", here)]


def _run(arguments: list[str]) -> int:
    before_arguments = arguments[: arguments.index("--")] if "--" in arguments else arguments
    out = Output(json_only="--json" in before_arguments, no_colour="--no-color" in before_arguments)
    try:
        if "--debug" in before_arguments:
            from modelops_bundle.cli.debugging import shown_events

            with shown_events():
                return _dispatch(arguments, out)
        return _dispatch(arguments, out)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        if "--debug" in before_arguments:
            import traceback

            from modelops_bundle.cli.render.reflow import Verbatim

            out.complain(map(Verbatim, traceback.format_exc().rstrip().split("\n")))
        return _report(error, out)


def _interrupted(interrupt: KeyboardInterrupt, arguments: Sequence[str], *, ending: bool) -> int:
    """Say what stays of what was begun, and how to go on.

    Args:
        ending: The process is about to end; nothing may interrupt that.
    """
    from modelops_bundle.cli.interrupts import exit_code_of, ignore_further, what_was_kept

    if ending:
        ignore_further()
    message = what_was_kept(interrupt) or "what was finished stays, and nothing is half done"
    hint = "run the same command again to go on"
    try:
        if "--json" in arguments:
            from modelops_bundle.operations.report_documents import error_document

            stopped = BundleError(f"interrupted: {message}", hint=hint)
            stopped.code = "interrupted"
            Output(json_only=True).document(error_document(stopped))
        else:
            sys.stderr.write(f"interrupted: {message}\nhelp: {hint}\n")
            sys.stderr.flush()
    except (OSError, BundleError):
        discard_output()  # the terminal is gone
    return exit_code_of(interrupt)


def _dispatch(arguments: list[str], out: Output) -> int:
    import importlib

    from modelops_bundle.cli.arguments import (
        HELP,
        HelpShown,
        help_for,
        split_command,
        unknown_command,
    )

    try:
        options, command, rest = split_command(arguments)
        if command is None:
            if out.json:
                raise UsageError("no command was given", hint="run `mops-bundle --help`")
            from modelops_bundle.cli.help_text import overview

            out.write(overview())
            return UsageError.exit_code
        if command == HELP:
            command, *rest = [*rest, "--help"]
            if command.startswith("-"):
                split_command([command])
        if catalogue.summary_of(command) is None:
            raise unknown_command(command)
        module = importlib.import_module(catalogue.module_of(command))
        args = help_for(command, module).parse(rest, options)
    except HelpShown as shown:
        out.write(shown.text)
        return 0
    if args.directory is not None:
        _enter(args.directory)
    for hint in getattr(args, "legacy_hints", ()):
        out.complain([f"hint: {hint}"])
    run: Callable[[Namespace, Output], int] = module.run
    if command in catalogue.QUICK:
        return run(args, out)
    from modelops_bundle.cli.progress import long_work

    with long_work():
        return run(args, out)


def _enter(directory: str) -> None:
    try:
        os.chdir(directory)
    except OSError as error:
        from modelops_bundle.workspace.nearby import meant_path

        raise UsageError(
            f"cannot work in {directory}: {error.strerror}",
            hint=meant_path("", directory, "give an existing folder to -C"),
        ) from error


def _report(error: Exception, out: Output) -> int:
    """Print an error that ended the command, and give its exit code."""
    if isinstance(error, BundleError):
        shown = error
    elif isinstance(error, OSError):
        named = isinstance(error.filename, (str, bytes))
        place = f"{os.fsdecode(error.filename)}: " if named else ""
        shown = BundleError(f"{place}{error.strerror or error}")
    else:
        shown = BundleError(
            f"unexpected {type(error).__name__}: {error}",
            hint="run the command again with --debug and report what it prints",
        )
        shown.code = "internal"
    if out.on_error is not None:
        out.on_error(shown)
    elif out.json:
        from modelops_bundle.operations.report_documents import error_document

        out.document(error_document(shown))
    else:
        out.complain([f"error: {shown}", *([f"help: {shown.hint}"] if shown.hint else [])])
    return shown.exit_code


def __getattr__(name: str) -> object:
    """What this module lacks, a Typer application has: the platform mounts it as one.

    It says `from modelops_bundle.cli import app`, which is this module.
    """
    from modelops_bundle.cli.mounted import typer_attribute

    return typer_attribute(name)
