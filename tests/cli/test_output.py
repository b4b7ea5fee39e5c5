"""Where output goes: colour, prompts, control characters."""

from __future__ import annotations

import pytest

from modelops_bundle.cli.output import Output, terminal_columns


def test_a_pipe_gets_no_colour_and_nobody_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output()
    out.lines(["  ! target x", "two\nlines"])
    assert not out.interactive
    assert out.ask("Really?") is False
    assert capsys.readouterr().out == "  ! target x\ntwo\\nlines\n"


def test_names_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Output().lines(["data/\x1b[31m\u202e.csv"])
    Output().complain(["error: \x07\udcff"])
    shown = capsys.readouterr()
    assert shown.out == "data/\\x1b[31m\\u202e.csv\n"
    assert shown.err == "error: \\x07\\xff\n"


def test_documents_are_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json_only=True).document({"path": "流行\udcff"})
    assert capsys.readouterr().out.isascii()


@pytest.mark.parametrize(
    ("columns", "expected"), [("120", 120), ("0", 80), ("wide", 80), ("", 80), ("²", 80)]
)
def test_the_width_is_taken_from_the_environment(
    columns: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal_columns() == expected
