"""Data that code reads and nobody declared: what each command says of it, under warm caches too."""

from __future__ import annotations

from typing import Any

import pytest

from support.project import Shell

MODEL_SOURCE, DEEP = "models/sir.py", "sirlib/timetable.py"
RECORDED = ("MB220", "MB221")


def said(shell: Shell, command: str = "status") -> list[dict[str, Any]]:
    """The findings about data that is read."""
    return [f for f in shell.json(command)["preflight"] if f["code"] in RECORDED]


def add(shell: Shell, path: str, lines: str) -> None:
    shell.write(path, f"{shell.read(path)}\n\n{lines}\n")


def test_the_hint_is_the_command_that_settles_it(sir: Shell) -> None:
    add(sir, DEEP, 'TABLE = open("data/holidays.csv")')
    assert said(sir) == []
    sir.write("data/holidays.csv", "day\n1\n")
    (finding,) = said(sir)
    assert (finding["severity"], finding["entity"]) == ("warning", "model:sir_starsimsir")
    assert finding["path"] == DEEP
    sir.ok("sync")
    assert "data/holidays.csv" not in sir.registry
    assert said(sir) == [finding]
    command = finding["hint"].removeprefix("Run 'mops-bundle ").removesuffix("'").split()
    sir.ok(*command)
    assert said(sir) == []
    sir.write("data/holidays.csv", "day\n2\n")
    (entry, *_) = sir.json("status")["entries"]
    assert [reason["path"] for reason in entry["reasons"]] == ["data/holidays.csv"]


def test_a_file_that_is_moved_is_read_before_the_sync_as_after_it(sir: Shell) -> None:
    add(sir, MODEL_SOURCE, 'TABLE = open("data/holidays.csv")')
    sir.write("data/holidays.csv", "day\n1\n")
    sir.ok("sync")
    (sir.root / MODEL_SOURCE).rename(sir.root / "models/moved.py")
    before = said(sir)
    assert [(f["code"], f["path"]) for f in before] == [("MB220", "models/moved.py")]
    sir.ok("sync")
    assert said(sir) == before


def test_data_that_a_decorator_computes_are_settled_by_declaring_them(sir: Shell) -> None:
    where = "str(Path(__file__).resolve().parent.parent / 'data' / 'observed_incidence.csv')"
    source, written = "targets/incidence.py", '"data/observed_incidence.csv"'
    sir.edit(source, f"OBSERVED = {written}", f"from pathlib import Path\nOBSERVED = {where}")

    def unsettled() -> dict[str, str]:
        findings = sir.json("status")["preflight"]
        return {f["entity"]: f["hint"] for f in findings if f["code"] == "MB201"}

    hint = "Write it as a literal or a constant, or declare it with --data"
    targets = "incidence_target", "incidence_annealed_target"
    assert unsettled() == dict.fromkeys((f"target:{target}" for target in targets), hint)
    for target in targets:
        sir.ok("register-target", f"{source}:{target}", "--data", "data/observed_incidence.csv")
    assert unsettled() == {}
    assert said(sir) == []


def test_a_file_that_comes_and_goes_changes_the_answer_and_nothing_else(sir: Shell) -> None:
    add(sir, MODEL_SOURCE, 'HOLIDAYS = Path(__file__).parent / "holidays.csv"')
    sir.ok("sync")
    for _ in range(2):
        sir.write("models/holidays.csv", "day\n1\n")
        assert sir.json("status") == sir.json("status", "--check-staleness")
        (finding,) = said(sir)
        assert "reads models/holidays.csv, which it does not declare" in finding["message"]
        (sir.root / "models/holidays.csv").unlink()
        assert said(sir) == []
        assert sir.json("status")["in_sync"] is True


def test_a_file_that_is_left_out_is_not_told(sir: Shell) -> None:
    add(sir, DEEP, 'TABLE = open("data/holidays.csv")')
    sir.write("data/holidays.csv", "day\n1\n")
    sir.ok("sync")
    assert len(said(sir)) == 1
    sir.write(".modelopsignore", "data/holidays.csv\n")
    assert said(sir) == []
    sir.write(".modelopsignore", "")
    assert len(said(sir)) == 1


@pytest.mark.parametrize("command", ["status", "sync", "check", "push"])
def test_every_command_says_it_and_none_fails_for_it(sir: Shell, command: str) -> None:
    add(sir, DEEP, 'TABLE = open("data/holidays.csv")')
    sir.write("data/holidays.csv", "day\n1\n")
    sir.ok("sync")
    shown = sir.ok(command)
    assert ("holidays.csv" in shown.out) is (command != "push")


def test_tracked_data_travels(sir: Shell) -> None:
    add(sir, DEEP, 'TABLE = open("data/holidays.csv")')
    sir.write("data/holidays.csv", "day\n1\n")
    sir.ok("sync")
    assert said(sir)[0]["message"].endswith("which it does not declare and which would not travel")
    sir.ok("add", "data/holidays.csv")
    assert said(sir)[0]["message"].endswith("data/holidays.csv, which it does not declare")


def test_declared_data_that_nothing_names_is_a_note(sir: Shell) -> None:
    sir.write("data/old.csv", "1\n")
    sir.ok("register-model", MODEL_SOURCE, "--data", "data/old.csv")
    (finding,) = said(sir)
    assert (finding["code"], finding["severity"]) == ("MB221", "info")
    assert sir.json("status")["in_sync"] is True
    add(sir, DEEP, 'OLD = open("data/old.csv")')
    sir.ok("sync")
    assert said(sir) == []
