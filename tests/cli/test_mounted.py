"""The program among the commands of the platform, which brings Typer.

Typer is not among our dependencies: what stands in for it here does what it does with what we
give it. The real one was tried by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import modelops_bundle.cli.app as app_module
from modelops_bundle.cli import mounted


class Exit(Exception):
    """As Typer's."""

    def __init__(self, code: int) -> None:
        self.exit_code = code


class Typer:
    """Keeps what it is given."""

    def __init__(self, **info: object) -> None:
        self.info = info
        self.registered_commands: dict[str, tuple[Callable[..., None], dict[str, Any]]] = {}

    def command(self, name: str, **options: Any) -> Callable[[Callable[..., None]], None]:
        def register(function: Callable[..., None]) -> None:
            self.registered_commands[name] = function, options

        return register


@pytest.fixture
def typer(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    module = ModuleType("typer")
    for name, value in {"Typer": Typer, "Exit": Exit, "Context": SimpleNamespace}.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, "typer", module)
    mounted._application.cache_clear()
    yield module
    mounted._application.cache_clear()


def test_every_command_is_there_and_takes_its_words_as_they_are(
    typer: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    from modelops_bundle.cli import app

    commands: Any = app.registered_commands
    assert {"status", "push", "manifest"} <= set(commands)
    run, options = commands["status"]
    assert options["context_settings"]["ignore_unknown_options"]
    assert not options["hidden"]
    assert commands["manifest"][1]["hidden"]
    assert run.__annotations__["context"] is typer.Context
    with pytest.raises(Exit) as caught:
        run(SimpleNamespace(args=["--help"]))
    assert caught.value.exit_code == 0
    assert capsys.readouterr().out.startswith("usage: mops-bundle status")
    with pytest.raises(Exit) as refused:
        run(SimpleNamespace(args=["--no-such"]))
    assert refused.value.exit_code == 2


def test_it_is_the_module_that_also_holds_the_program() -> None:
    from modelops_bundle.cli import app

    assert app is app_module
    assert callable(app.main)


def test_without_typer_the_module_is_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typer", None)
    mounted._application.cache_clear()
    for name in ("registered_commands", "__wrapped__", "nothing"):
        with pytest.raises(AttributeError, match=name):
            getattr(app_module, name)
