"""Every command on terminals of all widths, with names that terminals trip over.

A terminal emulator is the judge of what stands in which cell.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from modelops_bundle.cli.app import main
from support.terminals import Terminal

WIDTHS = [40, 60, 80, 108, 200]
#: id, and what of it can be seen.
NAMES = {
    "plain": "plain",
    "流感モデル": "流感モデル",
    "😷-mask": "😷-mask",
    "e\u0301te\u0301": "été",
    "שפעת": "שפעת",
    "zero\u200bwidth": "zero\\u200bwidth",
    "over\u202eride": "over\\u202eride",
    "bell\x07": "bell\\x07",
    "a_rather_long_name_of_a_target_that_goes_on_and_on": (
        "a_rather_long_name_of_a_target_that_goes_on_and_on"
    ),
}
DATA = "data/観測 データ.csv"
COMMANDS = [
    "status",
    "status -v",
    "status --files",
    "sync --dry-run",
    "list",
    "files",
    "show plain",
    "explain plain",
    "explain model:m",
    "graph",
    f"graph data/{Path(DATA).name.replace(' ', '*')}",
    "target-set list",
    "push --dry-run",
    "env list",
    "remote show",
    "cache info",
    "versions",
    "inspect",
    "diff",
    "pull --dry-run",
    "show plian",
    "check",
]


class FakeTerminal(io.TextIOWrapper):
    """A stream that says that it leads to a terminal."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise io.UnsupportedOperation

    def text(self) -> str:
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode(self.encoding)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A stale project, published once, in which every target has another kind of name."""
    root = tmp_path_factory.mktemp("terminals") / "プロジェクト"
    (root / "data").mkdir(parents=True)
    (root / DATA).write_text("1\n")
    (root / "lib").mkdir()
    (root / "lib" / "__init__.py").write_text("")
    (root / "lib" / "models.py").write_text(
        "import modelops_calabaria as cb\n\n\nclass M(cb.BaseModel):\n"
        "    @cb.model_output('cases')\n    def cases(self, raw, seed):\n        return raw\n"
    )
    functions = [f"f{at}" for at in range(len(NAMES))]
    (root / "lib" / "targets.py").write_text(
        "import modelops_calabaria as cb\n"
        + "".join(
            f"\n\n@cb.calibration_target(model_output='cases', data={{'o': {DATA!r}}})\n"
            f"def {name}(data_paths):\n    return data_paths['o'], {at}\n"
            for at, name in enumerate(functions)
        ),
        encoding="utf-8",
    )
    before, home = Path.cwd(), os.environ.get("HOME", "")
    os.environ["HOME"] = str(root.parent / "home")
    os.chdir(root)
    try:
        assert main(["init", "--name", "プロジェクト"]) == 0
        assert main(["register-model", "lib/models.py", "--id", "m"]) == 0
        assert main(["register-target", "lib/targets.py"]) == 0
        registry = root / ".modelops-bundle" / "registry.yaml"
        text = registry.read_text(encoding="utf-8")
        for function, name in zip(functions, NAMES, strict=True):
            quoted = name.encode("unicode_escape").decode() if not name.isprintable() else name
            text = text.replace(f"  {function}:\n", f'  "{quoted}":\n')
        registry.write_text(text, encoding="utf-8")
        assert main(["target-set", "set", "流行 all"]) == 0
        assert main(["sync"]) == 0
        assert main(["push"]) == 0
        (root / DATA).write_text("2\n")
        yield root
    finally:
        os.environ["HOME"] = home
        os.chdir(before)


def printed(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: str, columns: int, encoding: str
) -> str:
    """What a command writes to a terminal of this width."""
    out = FakeTerminal(encoding)
    with monkeypatch.context() as patch:
        patch.chdir(project)
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", out)
        patch.setattr(sys, "stdin", io.StringIO())
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("HOME", str(project.parent / "home"))
        patch.setenv("NO_COLOR", "1")
        main([word.replace("*", " ") for word in command.split()])
    return out.text()


def screen_of(text: str, columns: int) -> pyte.Screen:
    screen = pyte.Screen(columns, text.count("\n") * 3 + 3)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    return screen


def words_of(text: str) -> list[str]:
    """All words, without the branches of trees."""
    return sorted(word for word in text.split() if word.strip("|`-"))


def test_the_project_has_all_the_names(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(project, monkeypatch, "list", 200, "utf-8")
    for name in NAMES.values():
        assert unicodedata.normalize("NFC", name) in unicodedata.normalize("NFC", shown)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
@pytest.mark.parametrize("columns", WIDTHS)
def test_no_word_is_broken_and_nothing_steers_the_terminal(
    project: Path, monkeypatch: pytest.MonkeyPatch, columns: int, encoding: str
) -> None:
    commands = COMMANDS if encoding == "utf-8" else COMMANDS[:6]
    whole = {c: printed(project, monkeypatch, c, 1000, encoding) for c in commands}
    for command in commands:
        text = printed(project, monkeypatch, command, columns, encoding)
        if command != "inspect":  # which has a column more where there is room
            assert words_of(text) == words_of(whole[command]), command
        assert all(line.isprintable() for line in text.splitlines()), command
        lines = screen_of(text, columns).display
        shown = {"".join(line.split()) for line in lines}
        text = unicodedata.normalize("NFC", text)  # as the emulator has it
        for line in text.splitlines():
            if len(line.split()) > 2 and command != "check":
                # A line of several words stands on one line of the screen: it was not wrapped.
                assert "".join(line.split()) in shown, (command, line)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_columns_line_up_by_cells(
    project: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    screen = screen_of(printed(project, monkeypatch, "list", 200, encoding), 200)
    starts: set[int] = set()
    for row in range(screen.lines):
        characters = [screen.buffer[row][column].data for column in range(screen.columns)]
        text = "".join(character or "\0" for character in characters)
        if "lib.targets:f" in text:
            starts.add(text.index("lib.targets:f"))
    assert len(starts) == 1


@pytest.mark.parametrize(
    ("variables", "arguments", "coloured"),
    [
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": ""}, [], True),
        ({}, ["--no-color"], False),
        ({"TERM": "dumb"}, [], False),
    ],
)
def test_a_real_terminal_gets_colour_unless_it_is_not_wanted(
    project: Path, variables: dict[str, str], arguments: list[str], coloured: bool
) -> None:
    terminal = started(project, ["status", *arguments], variables)
    terminal.finish()
    assert (b"\x1b[" in terminal.output) is coloured


def test_a_real_narrow_terminal_shows_whole_paths(project: Path) -> None:
    terminal = started(project, ["status"], {"NO_COLOR": "1"}, columns=40)
    lines = terminal.finish()
    assert any(line.endswith("lib/targets.py:5") for line in lines)
    assert not any(line.endswith("data/") for line in lines)


def test_a_terminal_of_another_encoding_shows_names_written_out(project: Path) -> None:
    for variables in ({"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}):
        terminal = started(project, ["list", "--no-color"], variables, columns=200)
        lines = terminal.finish()
        assert any("\\u6d41\\u611f" in line for line in lines)
        starts = {line.index("lib.targets:f") for line in lines if "lib.targets:f" in line}
        assert len(starts) == 1


def started(
    project: Path, arguments: list[str], variables: dict[str, str], columns: int = 80
) -> Terminal:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(project.parent / "home"),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        "PYTHONCOERCECLOCALE": "0",
        **variables,
    }
    command = [sys.executable, "-P", "-m", "modelops_bundle", *arguments]
    return Terminal(command, cwd=project, env=environment, columns=columns, lines=120)
