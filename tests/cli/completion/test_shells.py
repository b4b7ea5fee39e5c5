"""Tab is pressed in a real bash, zsh and fish, and what appears on the terminal is read."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle.cli.commands.completion import SHELLS
from modelops_bundle.cli.completion.scripts import script_of
from support.terminals import Terminal

_BASH = "PS1='> '\nbind 'set enable-bracketed-paste off'\nbind 'set show-all-if-ambiguous on'\n"
_ZSH = "PS1='> '\nfpath=(~ $fpath)\nautoload -Uz compinit && compinit -u -D\nunsetopt list_beep\n"
_FISH = "function fish_prompt; echo -n '> '; end; function fish_greeting; end"
_LEFT = "\x1b[D"


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, project: Path, tmp_path: Path) -> Iterator[Terminal]:
    """A shell in the project, with the script installed as its first lines say."""
    name = str(request.param)
    if shutil.which(name) is None:
        pytest.skip(f"no {name} on this machine")
    home = tmp_path / "home"
    script = script_of(name)
    if name == "bash":
        (home / "rc").write_text(_BASH + script)
        command = ["bash", "--noprofile", "--rcfile", str(home / "rc"), "-i"]
    elif name == "zsh":
        (home / ".zshrc").write_text(_ZSH)
        (home / "_mops-bundle").write_text(script)
        command = ["zsh", "-i"]
    else:
        (home / "script").write_text(script)
        command = ["fish", "--no-config", "-i", "-C", f"source {home}/script; {_FISH}"]
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "ZDOTDIR": str(home),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }
    terminal = Terminal(command, cwd=project, env=environment, columns=200)
    terminal.wait_for(lambda lines: lines[-1:] == [">"], "a prompt")
    yield terminal
    terminal.close()


def press(shell: Terminal, keys: str, *expected: str) -> list[str]:
    """Type keys, wait until each text is one of the lines, and clear the terminal again.

    Args:
        expected: How a line begins that must appear; the last prompt counts with its `> `.
    """
    shell.type(keys)
    lines = shell.wait_for(
        lambda lines: all(any(line.startswith(text) for line in lines) for text in expected),
        f"{keys!r}: {expected}",
    )
    shell.type("\x05\x15\x0c")
    shell.wait_for(lambda lines: lines == [">"], "a cleared terminal")
    return lines


def test_words_are_completed_by_either_name_of_the_program(shell: Terminal) -> None:
    press(shell, "mops-bundle stat\t", "> mops-bundle status")
    press(shell, "modelops-bundle show sir\t", "> modelops-bundle show sir_starsimsir")
    press(shell, "mops-bundle graph --format=mer\t", "> mops-bundle graph --format=mermaid")
    press(shell, "mops-bundle env switch st\t", "> mops-bundle env switch staging")
    press(shell, f"mops-bundle sh --json{_LEFT * 7}\t", "> mops-bundle show --json")


def test_ids_may_hold_what_shells_break_words_at(shell: Terminal) -> None:
    press(shell, "mops-bundle show fl\t", "> mops-bundle show flu.v1:2")
    press(shell, "mops-bundle show flu.v1:\t", "> mops-bundle show flu.v1:2")
    press(shell, "mops-bundle show a=\t", "> mops-bundle show a=b")
    press(shell, "mops-bundle sync --rename=a=b=fl\t", "> mops-bundle sync --rename=a=b=flu")
    press(shell, "mops-bundle show it\t", r"> mops-bundle show it\'s\ \$5")
    press(shell, "mops-bundle show 流\t", "> mops-bundle show 流感")


def test_paths_are_completed_with_their_blanks(shell: Terminal) -> None:
    press(shell, "mops-bundle register-model models/s\t", "> mops-bundle register-model models/sir")
    symbol = "mops-bundle register-model models/sir.py:S\t"
    press(shell, symbol, "> mops-bundle register-model models/sir.py:StarsimSIR")
    press(shell, "mops-bundle add my\t", r"> mops-bundle add my\ data/")


def test_quotes_that_a_person_opened_are_kept_or_written_otherwise(shell: Terminal) -> None:
    for start in ("my", '"my', "'my"):
        shell.type(f"mops-bundle add {start}\tx\t")
        closed = re.compile(r"a\.csv$" if start == "my" else r"my\\.*a\.csv$|a\.csv[\"']$")
        lines = shell.wait_for(lambda lines, end=closed: bool(end.search(lines[-1])), start)
        assert shlex.split(lines[-1].removeprefix("> "))[2:] == ["my data/x=1:2 a.csv"]
        shell.type("\x05\x15\x0c")
        shell.wait_for(lambda lines: lines == [">"], "a cleared terminal")


def test_a_kind_decides_which_ids_are_offered(shell: Terminal, project: Path) -> None:
    lines = press(shell, "mops-bundle rename model \t", "sir_starsimsir")
    assert any("both" in line for line in lines)
    assert not any("flu" in line for line in lines)
    elsewhere = f"cd /; mops-bundle -C {project} rename model s\t"
    press(shell, elsewhere, f"> {elsewhere[:-1]}ir_starsimsir")


def test_nothing_is_said_where_there_is_nothing_to_offer(shell: Terminal, project: Path) -> None:
    press(shell, "mops-bundle -C / show \tx", "> mops-bundle -C / show x")
    (project / ".modelops-bundle" / "registry.yaml").write_text("models: [")
    lines = press(shell, "mops-bundle show \tx", "> mops-bundle show x")
    assert len(lines) == 1


def test_zsh_and_fish_tell_what_a_candidate_is(shell: Terminal) -> None:
    lines = press(shell, "mops-bundle register-\t", "register-model")
    described = any("register the models of a file" in line for line in lines)
    bash = not any("(" in line or "--" in line for line in lines)
    assert described is not bash


def test_a_warm_answer_loads_neither_yaml_nor_what_commands_need(project: Path) -> None:
    program = (
        "import sys; sys.argv = ['m', '__complete', 'fish', 'mops-bundle show ', '']\n"
        "from modelops_bundle.cli.app import main; main(); print(*sys.modules, file=sys.stderr)"
    )
    loaded: set[str] = set()
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=project, capture_output=True, check=True, text=True
        )
        assert "sir_starsimsir" in done.stdout
        loaded = set(done.stderr.split())
    heavy = {"yaml", "dataclasses", "inspect", "pathlib", "subprocess", "difflib", "hashlib"}
    assert not heavy & loaded


@pytest.mark.parametrize("shell_name", SHELLS)
def test_the_script_begins_with_how_to_install_it(shell_name: str) -> None:
    head = script_of(shell_name).split("\n\n")[0]
    assert f"mops-bundle completion {shell_name} >" in head
    for line in head.splitlines():
        assert line.startswith("#")
        assert len(line) <= 80
