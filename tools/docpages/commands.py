"""`reference/commands.md`: every command with its options, from the parsers themselves."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Iterator

from docpages.markdown import anchor, generated_from, sentence, table
from docpages.schema_documents import DOCUMENTS
from modelops_bundle.cli import catalogue
from modelops_bundle.cli.arguments import PROGRAM, CommandParser, add_global_options, help_for

_INTRODUCTION = f"""\
# Commands

{generated_from("the commands' parsers")}

`{PROGRAM}` and `modelops-bundle` are the same program. `{PROGRAM} COMMAND --help` shows what this
page says of a command. Options may stand before or after arguments; what follows `--` is an
argument, whatever it looks like.

"""
_EXIT_CODES = """\
## Exit codes

| code | meaning |
|---|---|
| 0 | done; plain `status` gives 0 whenever it could evaluate |
| 1 | stale, or a preflight error, under `check`, `--check` or `--check-staleness`; an entry \
that `verify` finds wrong; a push that was refused for one of these |
| 2 | usage, configuration, an unreadable registry, none where one is to be checked or published, \
source that cannot be parsed where that blocks the command |
| 3 | needs a decision: `--force`, `--keep` or `--rename` |
| 4 | remote or network failure, authentication |
| 130 | interrupted: nothing is half done, and the same command goes on |
"""
_LEGACY = """\
## For scripts of the existing tool

These are accepted and do what is written here, with a hint on standard error. `--help` does not
list them. See [the page on migrating](../how-to/migrate.md).
"""
#: Names of documents that are not those of their command.
_DOCUMENTS = {
    "register-model": ("sync",),
    "register-target": ("sync",),
    "dev": ("env",),
    "cache": ("cache-info", "cache-prune", "cache-verify"),
}


def commands_page() -> str:
    """The text of the page."""
    os.environ["COLUMNS"] = "100"
    parts = [_INTRODUCTION, *_overview(), "", *_global_options(), "", _EXIT_CODES]
    for commands in catalogue.GROUPS.values():
        for name in commands:
            parts += _section(name)
    parts += [_LEGACY, *_legacy_table()]
    return "\n".join(parts).rstrip("\n") + "\n"


def _overview() -> list[str]:
    rows = [
        [title if at == 0 else "", f"[`{name}`](#{anchor(name)})", sentence(summary)]
        for title, commands in catalogue.GROUPS.items()
        for at, (name, summary) in enumerate(commands.items())
    ]
    return table(["", "command", "does"], rows)


def _global_options() -> list[str]:
    parser = CommandParser("", "", "")
    add_global_options(parser)
    return ["## Options of every command", "", *_options(parser._actions)]


def _section(name: str) -> Iterator[str]:
    parser = parser_of(name)
    module = importlib.import_module(catalogue.module_of(name))
    yield from (f"## {name}", "", sentence(catalogue.summary_of(name) or ""), "")
    yield from ("```text", usage(parser), "```", "")
    shown = _options(own_actions(parser))
    if len(shown) > 2:
        yield from (*shown, "")
    if parser.action_words:
        yield from (*_actions(parser), "")
    yield f"Example: `{module.EXAMPLE}`"
    documents = [one for one in _DOCUMENTS.get(name, (name,)) if one in DOCUMENTS]
    if documents:
        links = (f"[`mops-bundle.{one}/1`](../schemas/{one}.json)" for one in documents)
        yield from ("", f"With `--json`: {', '.join(links)}")
    yield ""


def parser_of(name: str) -> CommandParser:
    """The parser of a command."""
    return help_for(name, importlib.import_module(catalogue.module_of(name)))


def usage(parser: CommandParser) -> str:
    """How the command is called, without the options that every command takes."""
    short = CommandParser(parser.prog.removeprefix(f"{PROGRAM} "), "", "")
    known = {id(action) for action in own_actions(parser)}
    short._actions = [action for action in parser._actions if id(action) in known]
    short._mutually_exclusive_groups = parser._mutually_exclusive_groups
    return short.format_usage().removeprefix("usage: ").replace("\n" + " " * 7, "\n").rstrip("\n")


def own_actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Arguments and options of the command itself that help lists."""
    common = CommandParser("", "", "")
    add_global_options(common)
    names = {name for action in common._actions for name in action.option_strings}
    return [
        action
        for action in parser._actions
        if action.help != argparse.SUPPRESS and not names & set(action.option_strings)
    ]


def _options(actions: list[argparse.Action]) -> list[str]:
    return table(
        ["argument", "meaning"], [[_name(action), sentence(_help(action))] for action in actions]
    )


def _actions(parser: CommandParser) -> list[str]:
    rows = []
    for name, word in parser.action_words.items():
        taken = [_name(action) for action in parser.own() if action.dest in word.takes]
        rows.append([f"`{name}`", sentence(word.summary), ", ".join(taken)])
    return table(["action", "does", "takes"], rows)


def _name(action: argparse.Action) -> str:
    value = action.metavar or (
        "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()
    )
    if not action.option_strings:
        return f"`{value}`"
    takes = "" if action.nargs == 0 else f" {value}"
    return ", ".join(f"`{name}{takes}`" for name in action.option_strings)


def _help(action: argparse.Action) -> str:
    return str(action.help or "") % {"default": action.default, "prog": PROGRAM}


def _legacy_table() -> list[str]:
    rows = []
    for name in (*catalogue.listed(), *catalogue.HIDDEN):
        if name in catalogue.HIDDEN:
            rows.append([f"`{name}`", sentence(catalogue.HIDDEN[name])])
        for action in parser_of(name)._actions:
            hint = getattr(action, "hint", None)
            if action.help == argparse.SUPPRESS and isinstance(hint, str):
                takes = "" if action.nargs == 0 else " VALUE"
                options = ", ".join(f"`{name} {one}{takes}`" for one in action.option_strings)
                rows.append([options, sentence(hint)])
    return table(["call", "hint"], rows)
