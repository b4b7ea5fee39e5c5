"""The program as a Typer application, for the ModelOps platform to mount among its commands.

Typer is no dependency of ours: where the platform is, it is. Each command takes the words that
follow it as they are, so that it behaves as it does by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Protocol

from modelops_bundle.cli import catalogue

_AS_THEY_ARE = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
    "help_option_names": [],
}


class _Context(Protocol):
    """What Typer knows of a call."""

    @property
    def args(self) -> list[str]: ...


def typer_attribute(name: str) -> object:
    """An attribute of the Typer application.

    Raises:
        AttributeError: it has none of that name, or Typer is not installed.
    """
    if not name.startswith("__"):
        try:
            return getattr(_application(), name)
        except ImportError:
            pass
    raise AttributeError(f"module 'modelops_bundle.cli.app' has no attribute {name!r}")


@cache
def _application() -> object:
    typer = import_module("typer")
    application = typer.Typer(
        name="bundle",
        help="Keep a model bundle's registry true to its code, and publish it.",
        no_args_is_help=True,
        add_completion=False,
    )
    groups = {**catalogue.GROUPS, "": catalogue.HIDDEN}
    for title, commands in groups.items():
        for name, summary in commands.items():
            application.command(
                name,
                help=summary[:1].upper() + summary[1:] + ".",
                context_settings=_AS_THEY_ARE,
                add_help_option=False,
                hidden=not title,
                rich_help_panel=title or None,
            )(_runner(name, typer))
    return application


def _runner(name: str, typer: ModuleType) -> Callable[..., None]:
    def run(context: _Context) -> None:
        from modelops_bundle.cli.app import main

        raise typer.Exit(main([name, *context.args]))

    # Typer reads from the annotation that this is no argument of the command.
    run.__annotations__["context"] = typer.Context
    return run
