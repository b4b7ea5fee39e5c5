"""`check`: one finding for each cause, and the place and cure of each."""

from __future__ import annotations

from typing import Any

from support.project import Shell


def found(shell: Shell, *options: str) -> list[tuple[str, str, str]]:
    """(code, severity, place) of every finding that weighs more than a note."""
    document: Any = shell.json("check", *options)
    return [
        (finding["code"], finding["severity"], f"{finding['path']}:{finding['line']}")
        for finding in document["findings"]
        if finding["severity"] != "info"
    ]


def test_a_renamed_target_is_one_error(shell: Shell) -> None:
    shell.edit("targets/incidence.py", "def incidence_target(", "def incidence_mean_target(")
    assert found(shell) == [
        ("MB101", "error", "targets/incidence.py:5"),
        ("MB122", "warning", "targets/incidence.py:10"),  # the other target: its file's bytes
    ]


def test_a_target_that_is_gone_is_one_error(shell: Shell) -> None:
    text = shell.read("targets/incidence.py")
    shell.write("targets/incidence.py", text[: text.rindex("@cb.")])
    assert found(shell) == [
        ("MB123", "error", "targets/incidence.py:None"),
        ("MB122", "warning", "targets/incidence.py:5"),
    ]


def test_a_missing_data_file_of_two_targets_is_one_error(shell: Shell) -> None:
    (shell.root / "data/observed.csv").unlink()
    assert found(shell) == [("MB302", "error", "targets/incidence.py:5")]
    assert shell("check").code == 1


def test_what_else_changed_beside_a_missing_file_is_an_error_of_its_own(shell: Shell) -> None:
    (shell.root / "data/observed.csv").unlink()
    shell.edit("targets/incidence.py", "return [", "return 2 * [")
    shown = shell("check").out
    assert "MB122 target incidence_annealed_target is stale: targets/incidence.py" in shown
    assert "MB125" not in shown


def test_a_file_that_cannot_be_parsed_is_one_error(shell: Shell) -> None:
    shell.edit("targets/incidence.py", "def incidence_target(", "def incidence_target((")
    assert [code for code, _, _ in found(shell)] == ["MB305"]


def test_a_dependency_table_that_changed_is_found_at_its_file(shell: Shell) -> None:
    shell.edit("pyproject.toml", '"modelops-calabaria"', '"modelops-calabaria", "numpy"')
    assert found(shell) == [("MB130", "error", "pyproject.toml:None")]


def test_a_file_with_a_colon_in_its_name_is_a_move_and_no_rename(shell: Shell) -> None:
    targets = shell.root / "targets"
    (targets / "incidence.py").rename(targets / "a:b.py")
    shown = shell("check")
    assert shown.code == 1
    assert "renamed" not in shown.out
    assert "Rename 'a:b' in targets/a:b.py to 'a_b'" in shown.out
