"""`watch` in a real terminal and off one: what is shown, what is noticed, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.project import FILES, Shell, make_project, register_all
from support.schemas import assert_documented
from support.terminal import ENTERED, HEARING, LEFT, Terminal

PROGRAM = (sys.executable, "-c", HEARING, "-m", "modelops_bundle")
RATES = "lib/rates.py"


@contextmanager
def watching(shell: Shell, *arguments: str, **options: Any) -> Iterator[Terminal]:
    """`watch` in a terminal that shows the first status."""
    with Terminal(shell.root, "watch", *arguments, **options) as terminal:
        terminal.until(lambda text: "q quits" in text and "->" in text)
        yield terminal


class Printed:
    """`watch --json` off a terminal."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def next(self) -> dict[str, Any]:
        """The next document."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        document: dict[str, Any] = json.loads(line)
        assert_documented(document)
        return document

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it; nothing more has been printed, and nothing on stderr."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        assert (out, err) == ("", "")
        return self.process.returncode


@contextmanager
def printing(folder: Path, *arguments: str, **environment: str) -> Iterator[Printed]:
    process = subprocess.Popen(
        [*PROGRAM, "watch", "--json", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Printed(process)
    finally:
        process.kill()
        process.communicate()


def states(document: dict[str, Any]) -> dict[str, str]:
    return {entry["id"]: entry["state"] for entry in document["status"]["entries"]}


def test_what_just_became_stale_stands_apart_from_what_was(shell: Shell) -> None:
    shell.edit("data/observed.csv", "2,8", "2,9")
    with watching(shell) as terminal:
        assert "Changed at" not in terminal.until("2 of 3 entries differ")
        shell.edit(RATES, "2.0", "3.0")
        lines = terminal.until("3 of 3 entries differ").splitlines()
        news = lines.index(next(line for line in lines if line.startswith("Changed at ")))
        before = lines.index("Before that:")
        assert lines[news + 1].startswith("  ! model sir_starsimsir  (just became stale)")
        assert not any("just became" in line for line in lines[before:])
        assert {line.split()[2] for line in lines[before:] if line.startswith("  ! target")} == {
            "incidence_target",
            "incidence_annealed_target",
        }
        subprocess.run([*PROGRAM, "sync"], cwd=shell.root, check=True, capture_output=True)
        text = terminal.until("In sync")
        assert text.count("(fresh again)") == 3
        assert terminal.process.poll() is None


@pytest.mark.parametrize("key", ["q", "\x04", "\x03"])
def test_a_key_ends_it_and_gives_the_terminal_back(shell: Shell, key: str) -> None:
    with watching(shell) as terminal:
        assert terminal.cursor_hidden
        assert not terminal.echoes()
        terminal.press(key)
        assert terminal.wait() == 0
        assert terminal.raw.endswith(LEFT)
        assert not terminal.cursor_hidden
        assert terminal.echoes()
        assert b"Traceback" not in terminal.raw


def test_a_request_to_end_is_obeyed(shell: Shell) -> None:
    with watching(shell) as terminal:
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
        assert terminal.raw.endswith(LEFT)
        assert terminal.echoes()


def test_it_ends_when_the_terminal_is_gone(shell: Shell) -> None:
    with watching(shell) as terminal:
        terminal.hang_up()
        assert terminal.wait() in (128 + signal.SIGHUP, -signal.SIGHUP)


def test_it_stops_and_goes_on_again(shell: Shell) -> None:
    with watching(shell) as terminal:
        terminal.press("\x1a")
        # In a session without a shell nothing is stopped: it goes on at once.
        terminal.until_written(LEFT)
        terminal.until_written(ENTERED, times=2)
        terminal.until("In sync")
        terminal.press("q")
        assert terminal.wait() == 0


def test_it_fits_any_window(shell: Shell) -> None:
    shell.edit("data/observed.csv", "2,8", "2,9")
    shell.edit(RATES, "2.0", "3.0")
    with watching(shell) as terminal:
        terminal.until("Next: mops-bundle sync")
        terminal.resize(8, 30)
        text = terminal.until("more lines")
        assert text.splitlines()[-1] == "watching; q quits"
        terminal.resize(40, 120)
        terminal.until(lambda text: "more line" not in text and "Next: mops-bundle sync" in text)
        terminal.resize(1, 10)
        terminal.until("sir")
        assert b"\n" not in terminal.raw.split(ENTERED)[1]


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(shell: Shell, variable: dict[str, str]) -> None:
    with Terminal(shell.root, "watch", environment=variable) as terminal:
        terminal.until("In sync")
        assert re.search(rb"\x1b\[[1-9]\d*m", terminal.raw) is None
        assert (ENTERED in terminal.raw) == ("TERM" not in variable)
        terminal.press("\x03")
        assert terminal.wait() == 0


def test_a_terminal_that_knows_ascii_only_is_no_error(shell: Shell) -> None:
    shell.write("data/流行.csv", "1\n")
    shell.ok("register-target", "targets/incidence.py", "--data", "data/流行.csv")
    shell.write("data/流行.csv", "2\n")
    ascii_only = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    with watching(shell, environment=ascii_only) as terminal:
        assert "\\u6d41" in terminal.until("is stale")


def test_source_that_cannot_be_parsed_for_a_moment_is_shown_and_got_over(shell: Shell) -> None:
    good = shell.read("models/sir.py")
    with watching(shell) as terminal:
        shell.write("models/sir.py", good + "\ndef half(:\n")
        terminal.until("(just became unparsed)")
        shell.write("models/sir.py", good)
        terminal.until("(fresh again)")


def test_a_registry_that_cannot_be_read_for_a_moment_is_shown_and_got_over(shell: Shell) -> None:
    good = shell.registry
    with watching(shell) as terminal:
        shell.write(".modelops-bundle/registry.yaml", good + "models: [\n")
        text = terminal.until("No status for now:")
        assert "In sync" in text
        shell.write(".modelops-bundle/registry.yaml", good)
        terminal.until(lambda text: "No status" not in text and "In sync" in text)


def test_conflict_markers_are_shown(shell: Shell) -> None:
    good = shell.registry
    side = "    class_name: StarsimSIR\n"
    assert side in good
    marked = good.replace(side, f"<<<<<<< a\n{side}=======\n{side}>>>>>>> b\n")
    with watching(shell) as terminal:
        shell.write(".modelops-bundle/registry.yaml", marked)
        terminal.until("git conflict")
        shell.write(".modelops-bundle/registry.yaml", good)
        terminal.until("In sync")


def test_a_project_that_is_moved_away_is_awaited(shell: Shell) -> None:
    away = shell.root.with_name("away")
    with watching(shell) as terminal:
        shell.root.rename(away)
        terminal.until("the project is gone")
        away.rename(shell.root)
        terminal.until(lambda text: "gone" not in text and "In sync" in text)
        shell.edit(RATES, "2.0", "3.0")
        terminal.until("(just became stale)")
        while shell.root.exists():  # a look that is under way may still write to the cache
            shutil.rmtree(shell.root, ignore_errors=True)
        terminal.until("the project is gone")
        terminal.press("q")
        assert terminal.wait() == 0


def test_without_a_notifier_it_looks_again_and_again(shell: Shell) -> None:
    with watching(shell, environment={"WATCHFILES_FORCE_POLLING": "1"}) as terminal:
        assert "WATCHFILES_FORCE_POLLING is set" in terminal.text
        shell.edit(RATES, "2.0", "3.0")
        terminal.until("(just became stale)")


def test_off_a_terminal_each_change_is_printed(shell: Shell) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "watch"], cwd=shell.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    printed: list[str] = []
    for line in process.stdout:
        printed.append(line.decode().rstrip())
        if printed[-1] == "Next: mops-bundle push" and "Changed at" not in "\n".join(printed):
            shell.edit(RATES, "2.0", "3.0")
        if printed[-1] == "Next: mops-bundle sync":
            break
    assert printed[0].startswith("At ")
    assert any(line.startswith("  ! model sir_starsimsir  (just became stale)") for line in printed)
    assert not any("\x1b" in line for line in printed)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")


def test_json_is_one_document_a_line(shell: Shell) -> None:
    with printing(shell.root) as printed:
        first = printed.next()
        assert first["status"]["in_sync"]
        assert first["transitions"] == []
        shell.edit("data/observed.csv", "2,8", "2,9")
        second = printed.next()
        assert second["transitions"] == [
            {"entity": f"target:{name}", "before": "fresh", "after": "stale"}
            for name in ("incidence_target", "incidence_annealed_target")
        ]
        registry = shell.registry
        shell.write(".modelops-bundle/registry.yaml", "[")
        third = printed.next()
        assert third["status"] is None
        assert third["error"]["code"] == "registry"
        shell.write(".modelops-bundle/registry.yaml", registry)
        assert states(printed.next()) == states(second)
        assert printed.end() == 0


def test_it_ends_once_all_is_fresh(shell: Shell) -> None:
    shell.edit(RATES, "2.0", "3.0")
    with printing(shell.root, "--until-fresh") as printed:
        assert not printed.next()["status"]["in_sync"]
        shell.edit(RATES, "3.0", "2.0")
        assert printed.next()["status"]["in_sync"]
        assert printed.process.wait(60) == 0


def test_a_reader_that_goes_away_ends_it(shell: Shell) -> None:
    with printing(shell.root) as printed:
        printed.next()
        assert printed.process.stdout is not None
        printed.process.stdout.close()
        assert printed.process.wait(60) == 141


def test_what_a_status_ignores_is_ignored(shell: Shell) -> None:
    shell.write(".modelopsignore", "*.log\n/build/\n")
    for folder in (".git", ".venv/lib", "node_modules/x", "build", "__pycache__"):
        (shell.root / folder).mkdir(parents=True, exist_ok=True)
    with printing(shell.root) as printed:
        printed.next()
        for path in (
            ".git/index",
            ".venv/lib/x.py",
            "node_modules/x/y.py",
            "build/z.py",
            "__pycache__/a.pyc",
            "models/.sir.py.swp",
            "models/sir.py~",
            "run.log",
            "README.md",
            ".modelops-bundle/cache/anything",
        ):
            shell.write(path, "x\n")
        shell.edit(RATES, "2.0", "3.0")
        assert states(printed.next())["sir_starsimsir"] == "stale"
        assert printed.end() == 0


NUMPY = FILES["pyproject.toml"].replace('ia"]', 'ia", "numpy"]')


@pytest.mark.parametrize(
    ("path", "text", "seen"),
    [
        (".modelopsignore", "/lib/\n", lambda status: status["summary"]["errors"]),
        (
            ".modelops-bundle/config.yaml",
            "remote: layout:/nowhere\n",
            lambda status: status["remote"]["url"].endswith("nowhere"),
        ),
        ("pyproject.toml", NUMPY, lambda status: status["environment"]["state"] == "stale"),
        ("data/new/more.csv", "1\n", None),
        (
            ".modelops-bundle/tracked.txt",
            "nothing.csv\n",
            lambda status: status["summary"]["errors"],
        ),
    ],
    ids=["ignore", "config", "pyproject", "data folder", "tracked"],
)
def test_everything_that_a_status_depends_on_is_seen(
    shell: Shell, path: str, text: str, seen: Any
) -> None:
    if seen is None:
        shell.write("data/new/one.csv", "1\n")
        shell.ok("register-model", "models/sir.py", "--data", "data/new")
    with printing(shell.root) as printed:
        before = printed.next()
        shell.write(path, text)
        after = printed.next()
        if seen is None:
            assert states(before)["sir_starsimsir"] == "fresh"
            assert states(after)["sir_starsimsir"] == "stale"
        else:
            assert seen(after["status"])
            assert not seen(before["status"])
        assert printed.end() == 0


def test_what_a_link_leads_to_is_seen(shell: Shell) -> None:
    shell.write(".hidden/real.csv", "1\n")
    (shell.root / "data/linked.csv").symlink_to("../.hidden/real.csv")
    shell.ok("register-model", "models/sir.py", "--data", "data/linked.csv")
    with printing(shell.root) as printed:
        printed.next()
        shell.write(".hidden/real.csv", "2\n")
        assert states(printed.next())["sir_starsimsir"] == "stale"


def test_a_package_beside_the_project_is_seen(bare: Shell) -> None:
    beside = bare.root.with_name("shared") / "src/sharedlib"
    beside.mkdir(parents=True)
    (beside / "__init__.py").write_text("RATE = 2.0\n")
    files = {
        **FILES,
        "lib/network.py": "from sharedlib import RATE\n\n\ndef contacts(x):\n    return RATE * x\n",
        "pyproject.toml": FILES["pyproject.toml"]
        + '\n[tool.modelops-bundle]\nextra-roots = {"libs/shared" = "../shared/src"}\n',
    }
    make_project(bare, files)
    register_all(bare)
    with printing(bare.root) as printed:
        assert printed.next()["status"]["in_sync"]
        (beside / "__init__.py").write_text("RATE = 3.0\n")
        assert states(printed.next())["sir_starsimsir"] == "stale"


def test_a_folder_that_was_replaced_is_still_watched(shell: Shell) -> None:
    with printing(shell.root) as printed:
        printed.next()
        shutil.rmtree(shell.root / "data")
        assert states(printed.next())["incidence_target"] == "missing"
        shell.write("data/observed.csv", FILES["data/observed.csv"])
        assert states(printed.next())["incidence_target"] == "fresh"
        shell.edit("data/observed.csv", "2,8", "2,9")
        assert states(printed.next())["incidence_target"] == "stale"
        assert printed.end() == 0


def test_a_checkout_of_hundreds_of_files_is_one_change(shell: Shell) -> None:
    for number in range(300):
        shell.write(f"data/many/{number}.csv", "1\n")
    shell.ok("register-model", "models/sir.py", "--data", "data/many")
    git(shell.root, "init", "-q", "-b", "main")
    git(shell.root, "add", ".")
    git(shell.root, "commit", "-qm", "one")
    git(shell.root, "checkout", "-qb", "other")
    for number in range(300):
        shell.write(f"data/many/{number}.csv", "2\n")
    git(shell.root, "commit", "-qam", "two")
    git(shell.root, "checkout", "-q", "main")
    with printing(shell.root) as printed:
        assert printed.next()["status"]["in_sync"]
        git(shell.root, "checkout", "-q", "other")
        stale = printed.next()
        reasons = stale["status"]["entries"][0]["reasons"]
        assert sum(reason["field"] == "data_digests" for reason in reasons) in (1, 300)
        git(shell.root, "checkout", "-q", "main")
        assert printed.next()["status"]["in_sync"]
        assert printed.end() == 0


def git(folder: Path, *arguments: str) -> None:
    known = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, env=known, check=True)
