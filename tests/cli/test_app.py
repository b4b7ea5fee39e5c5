"""The program around the commands: arguments, errors, exit codes, streams."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops_bundle import __version__
from modelops_bundle.cli import catalogue
from modelops_bundle.cli.app import main
from modelops_bundle.cli.arguments import GlobalOptions, help_for

ALL_COMMANDS = [*catalogue.listed(), *catalogue.HIDDEN]


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def shell(arguments: str, cwd: Path, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the interpreter with these arguments and redirections in a shell."""
    return subprocess.run(
        ["bash", "-c", f"{before}exec {sys.executable} {arguments}"],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command_with_its_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    unbroken = " ".join(shown.split())
    for commands in catalogue.GROUPS.values():
        for name, summary in commands.items():
            assert f"  {name} " in shown
            assert summary in unbroken
    for name in catalogue.HIDDEN:
        assert f"  {name} " not in shown


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_each_command_s_help_shows_one_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"usage: mops-bundle {command}" in shown
    assert shown.count("example:\n  mops-bundle ") == 1
    for option in ("--json", "-C DIR", "--no-color", "--debug"):
        assert option in shown


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_options_of_scripts_for_the_existing_tool_stay_out_of_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([command, "--help"])
    shown = capsys.readouterr().out
    for option in ("--regen-all", "--auto-code", "--code-mode", "--no-confirm", "--explain"):
        assert option not in shown


def actions() -> Iterator[tuple[str, str]]:
    for command in ALL_COMMANDS:
        module = importlib.import_module(catalogue.module_of(command))
        for word in getattr(module, "ACTIONS", {}):
            yield command, word


@pytest.mark.parametrize(("command", "word"), [*actions()])
@pytest.mark.parametrize("order", ["{0} {1} --help", "{0} --help {1}", "help {0} {1}"])
def test_the_help_of_an_action_shows_what_goes_with_it(
    order: str, command: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(order.format(command, word).split()) == 0
    shown = capsys.readouterr().out
    taken = importlib.import_module(catalogue.module_of(command)).ACTIONS[word].takes
    assert shown.startswith(f"usage: mops-bundle {command} {word} ")
    assert f"example:\n  mops-bundle {command} {word}" in shown
    assert ("--max-size" in shown) is ("max_size" in taken)
    usage = " ".join(shown.partition("\n\n")[0].split())
    assert ("[NAME]" in usage) is ("name" in taken)


def test_help_is_a_command_too(capsys: pytest.CaptureFixture[str]) -> None:
    for first, second in ((["help"], ["--help"]), (["help", "sync"], ["sync", "--help"])):
        assert main(first) == main(second) == 0
        shown = capsys.readouterr().out
        assert shown[: len(shown) // 2] == shown[len(shown) // 2 :]


@pytest.mark.parametrize("columns", [60, 80, 108])
@pytest.mark.parametrize("command", ["", *ALL_COMMANDS, "target-set set", "cache prune"])
def test_help_fits_the_terminal(
    command: str, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main([*command.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if len(line) > columns] == []
    assert shown.isascii()


@pytest.mark.parametrize("command", catalogue.listed())
def test_help_texts_are_of_one_voice(command: str) -> None:
    """Phrases without a capital and a full stop, for every argument of every command."""
    module = importlib.import_module(catalogue.module_of(command))
    parser = help_for(command, module)
    texts = {action.dest: action.help for action in parser.own()}
    summaries = [word.summary for word in parser.action_words.values()]
    for text in [catalogue.summary_of(command), *texts.values(), *summaries]:
        assert text
        assert not text.removesuffix("...").endswith("."), text
        assert not text[0].isupper() or text[1:2].isupper(), text


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mops-bundle {__version__}\n"


def test_without_a_command_the_overview_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: mops-bundle COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["statsu"], "no such command: statsu", "did you mean `mops-bundle status`?"),
        (["xyzzy"], "no such command: xyzzy", "run `mops-bundle --help`"),
        (["sync", "--forse"], "no such option: --forse", "did you mean --force?"),
        (["sync", "--forc"], "no such option: --forc", "did you mean --force?"),
        (["sync", "extra"], "unexpected argument: extra", "run `mops-bundle sync --help`"),
        (["--jsn", "sync"], "no such option: --jsn", "did you mean --json?"),
        (["register"], "no such command: register", "`mops-bundle register-model` or"),
        (["hepl", "sync"], "no such command: hepl", "did you mean `mops-bundle help`?"),
        (["help", "snyc"], "no such command: snyc", "did you mean `mops-bundle sync`?"),
        (["list", "-json"], "no such option: -json", "did you mean --json?"),
        (["sync", "-x"], "no such option: -x", "run `mops-bundle sync --help`"),
        (["graph", "--format", "mermiad"], "no such value for --format: mermiad", "'mermaid'?"),
        (["graph", "--format=xyz"], "no such value for --format: xyz", "choose from tree, "),
        (["target-set", "shwo"], "no such action: shwo", "did you mean 'show'?"),
        (["rename", "modl", "a", "b"], "no such kind: modl", "did you mean 'model'?"),
        (["cache", "info", "--dry-run"], "cache info takes no --dry-run", "cache info --help"),
        (["-C"], "argument -C: expected one argument", "run `mops-bundle --help`"),
        (["-C", "/nonexistent", "list"], "cannot work in /nonexistent", "existing folder"),
    ],
)
def test_mistakes_are_named_with_the_nearest_right_word(
    arguments: list[str], error: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"error: {error}")
    assert second.startswith("help: ")
    assert hint in second


@pytest.mark.parametrize("arguments", [["--json", "statsu"], ["sync", "--forse", "--json"]])
def test_errors_are_one_document_under_json(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["schema"] == "mops-bundle.error/1"
    assert document["code"] == "usage"
    assert document["hint"]
    assert captured.err == ""


@pytest.mark.parametrize(
    "arguments",
    [["-C", "{}", "list"], ["list", "-C", "{}"], ["-C{}", "list"], ["list", "-C{}"]],
)
def test_the_folder_is_given_before_or_after_the_command(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Path.cwd()
    try:
        assert main([text.format(tmp_path) for text in arguments]) == 2
    finally:
        os.chdir(here)
    assert str(tmp_path) in capsys.readouterr().err


def test_no_traceback_without_debug(tmp_path: Path) -> None:
    quiet = run("-m", "modelops_bundle", "list", cwd=tmp_path)
    assert "Traceback" not in quiet.stderr
    loud = run("-m", "modelops_bundle", "list", "--debug", cwd=tmp_path)
    assert "Traceback" in loud.stderr
    assert quiet.returncode == loud.returncode == 2


@pytest.mark.parametrize("program", ["modelops_bundle", "modelops_bundle.cli"])
def test_nothing_of_the_working_folder_is_imported(program: str, tmp_path: Path) -> None:
    for name in ("argparse", "json", "yaml", "pathspec", "dataclasses", "difflib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the project')\n")
    for path in ("", ".", str(tmp_path)):
        shown = run("-m", program, "lisst", cwd=tmp_path, PYTHONPATH=path)
        assert "did you mean" in shown.stderr, shown.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "modelops_bundle", "--help"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate()
    assert errors == b""
    assert process.returncode == 141


def test_a_terminal_that_knows_ascii_only_is_no_error(tmp_path: Path) -> None:
    project = tmp_path / "流行"
    project.mkdir()
    shown = run("-m", "modelops_bundle", "list", cwd=project, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert shown.returncode == 2
    assert "\\u6d41\\u884c" in shown.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", ["--help", "status --help", "--version"])
def test_output_that_cannot_be_written_is_an_error(arguments: str, tmp_path: Path) -> None:
    shown = shell(f"-m modelops_bundle {arguments} > /dev/full", tmp_path)
    assert shown.returncode == 2
    assert shown.stderr == ("error: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_error(closed: str, tmp_path: Path) -> None:
    shown = shell(f"-m modelops_bundle --help {closed}", tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")


def test_a_working_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    shown = shell("-m modelops_bundle list", gone, before="rmdir ../gone; ")
    assert shown.returncode == 2
    assert shown.stderr.startswith("error: the working folder is gone\n")


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_no_two_arguments_of_a_command_clash(command: str) -> None:
    module = importlib.import_module(catalogue.module_of(command))
    assert help_for(command, module).format_help()


@pytest.mark.parametrize(
    ("command", "arguments", "attribute", "expected"),
    [
        ("status", ["a", "-v", "b"], "ids", ["a", "b"]),
        ("status", ["-v"], "ids", []),
        ("unregister", ["a", "--force", "b"], "ids", ["a", "b"]),
        ("add", ["--force", "a", "--json", "b"], "paths", ["a", "b"]),
        ("diff", ["v1", "--json", "v2"], "refs", ["v1", "v2"]),
        ("status", ["--", "-v"], "ids", ["-v"]),
    ],
)
def test_options_stand_anywhere_among_the_arguments(
    command: str, arguments: list[str], attribute: str, expected: list[str]
) -> None:
    module = importlib.import_module(catalogue.module_of(command))
    parsed = help_for(command, module).parse(arguments, GlobalOptions())
    assert getattr(parsed, attribute) == expected


@pytest.mark.parametrize("command", ["unregister", "add", "show", "rename", "register-model"])
def test_a_missing_argument_is_named(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 2
    shown = capsys.readouterr().err
    assert "error: the following arguments are required: " in shown
    assert f"help: for example `mops-bundle {command} " in shown


def test_a_missing_action_is_answered_with_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target-set"]) == 2
    shown = capsys.readouterr().err
    assert "error: mops-bundle target-set needs an action" in shown
    assert "help: choose from set, list, show, delete;" in shown


def test_file_names_are_utf8_whatever_the_locale(tmp_path: Path) -> None:
    latin = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    (tmp_path / "流感.csv").write_text("1\n", encoding="utf-8")
    run("-m", "modelops_bundle", "init", cwd=tmp_path)
    added = run("-m", "modelops_bundle", "add", "流感.csv", cwd=tmp_path, **latin)
    assert (added.returncode, added.stderr) == (0, "")
    assert "  + \\u6d41\\u611f.csv\n" in added.stdout
    tracked = tmp_path / ".modelops-bundle/tracked.txt"
    assert "流感.csv" in tracked.read_text(encoding="utf-8")
