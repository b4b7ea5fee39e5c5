"""Every command that README.md and docs/ show is run, and prints what is shown.

A fenced block marked `console` holds `$ command` lines, each followed by its output. The blocks of
one page run in order, in one folder. A command that fails must be followed by `$ echo $?`, so that
readers see the exit code too. A block marked `python` with a block marked `text` right under it is
a program of its own, and prints that text. What differs between machines is compared as a
placeholder: digests, and the folder that the page runs in.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
#: What a block of the set-up kind may hold. CI runs these as they stand.
SETUP = {"make demo", "make test"}

FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
DIGEST = re.compile(r"\b[0-9a-f]{64}\b|\bsha-[0-9a-f]{12}\b|\b[0-9a-f]{12}\b|\b[0-9a-f]{8}\b")


@dataclass(frozen=True, slots=True)
class Shown:
    """One command of a page and the output under it."""

    command: str
    output: str
    line: int


def shown_in(text: str) -> Iterator[Shown]:
    """The commands of all console blocks and the programs with their output, in order."""
    for block in FENCE.finditer(text):
        first_line = text.count("\n", 0, block.start()) + 2
        below = FENCE.match(text, block.end() + len("\n\n"))
        if block["kind"] == "python" and below is not None and below["kind"] == "text":
            yield Shown(f"python - <<'END'\n{block['body']}END", below["body"], first_line)
        if block["kind"] != "console":
            continue
        lines = block["body"].splitlines()
        starts = [at for at, line in enumerate(lines) if line.startswith("$ ")]
        assert starts[:1] == [0], f"line {first_line}: a console block begins with a command"
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            output = "\n".join(lines[start + 1 : end])
            yield Shown(lines[start][2:], output, first_line + start)


class Shell:
    """Runs one command after another as a terminal would: folder and `$?` carry over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._where = folder / "work"
        self._where.mkdir()
        (self._where / "examples").symlink_to(ROOT / "examples")
        self.exit_code = 0

    def run(self, command: str) -> str:
        """Run a command and return what it prints, errors included."""
        note = self._folder / "where"
        script = f"(exit {self.exit_code})\n{command}\nstatus=$?\npwd > {note}\nexit $status\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._where,
            env={
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self._folder / "home"),
                "COLUMNS": "80",
                "LC_ALL": "C.UTF-8",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        self.exit_code = done.returncode
        self._where = Path(note.read_text().strip())
        return done.stdout

    def comparable(self, text: str) -> str:
        """Text with placeholders for what differs between machines, without trailing blanks."""
        text = text.replace(str(self._folder), "FOLDER")
        lines = DIGEST.sub("DIGEST", text).splitlines()
        return "\n".join(line.rstrip() for line in lines).strip("\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_shows_what_the_commands_print(page: Path, tmp_path: Path) -> None:
    commands = list(shown_in(page.read_text(encoding="utf-8")))
    shell = Shell(tmp_path)
    for at, shown in enumerate(commands):
        place = f"{page.name}:{shown.line}: {shown.command}"
        printed = shell.run(shown.command)
        assert shell.comparable(printed) == shell.comparable(shown.output), place
        if shell.exit_code != 0:
            following = commands[at + 1].command if at + 1 < len(commands) else ""
            assert following == "echo $?", f"{place}: exit code {shell.exit_code} is not shown"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_has_no_shell_block_that_nothing_runs(page: Path) -> None:
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        if block["kind"] in {"sh", "bash", "shell"}:
            unknown = set(block["body"].splitlines()) - SETUP
            assert not unknown, f"{page.name}: not run by any test: {unknown}"


def test_readme_gives_the_command_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "```sh\nmake demo\nmake test\n```" in readme
    assert "exec make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_program_of_the_page_on_scripts_is_run() -> None:
    text = (ROOT / "docs/how-to/scripts-and-notebooks.md").read_text(encoding="utf-8")
    run = [shown for shown in shown_in(text) if shown.command.startswith("python - ")]
    assert len(run) == text.count("```python\n") > 5
