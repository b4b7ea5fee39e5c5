"""The screen of `watch`, as lines: nothing overflows, nothing is lost but what is counted."""

from __future__ import annotations

from dataclasses import replace

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.cli.render.layout import cells
from modelops_bundle.cli.render.watch import frame, news_lines, patch, screen_lines, wrapped
from modelops_bundle.errors import ConfigError
from modelops_bundle.operations.report_documents import status_document
from modelops_bundle.operations.watch_documents import watch_document
from support.golden import assert_golden
from support.reports import ReportFacts, chain_report, fresh_report, mission_report, removal_report

AT = "2026-11-30T14:05:09+00:00"
LINES = st.lists(
    st.text(st.sampled_from("ab -流é>/"), max_size=60).map(lambda line: line.rstrip()), max_size=30
)
SIZES = st.tuples(st.integers(1, 90), st.integers(1, 40))


def looked(before: ReportFacts | None, after: ReportFacts) -> str:
    """What one look after another shows, all of it."""
    old = None if before is None else status_document(before)
    news = watch_document(old, status_document(after), AT)
    lines, below = screen_lines(news, news["status"], [], 80)
    return "".join(f"{line}\n" for line in [*lines, "", *below])


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("first", None, mission_report),
        ("stale", fresh_report, mission_report),
        ("more", chain_report, mission_report),
        ("fresh", mission_report, fresh_report),
        ("removal", fresh_report, removal_report),
    ],
)
def test_what_just_changed_stands_apart(name: str, before: object, after: object) -> None:
    old = before() if callable(before) else None
    assert callable(after)
    assert_golden(f"watch-{name}.txt", looked(old, after()))


def test_what_was_stale_before_is_not_among_the_news() -> None:
    old = mission_report()
    lines = news_lines(watch_document(status_document(old), status_document(old), AT), 80)
    assert lines == []


def test_a_finding_of_the_project_is_news_once() -> None:
    from modelops_bundle.core.findings import Finding, Severity

    finding = Finding(code="MB320", severity=Severity.WARNING, key="", message="No pyproject.toml")
    before = fresh_report()
    after = replace(before, findings=(*before.findings, finding))
    old, new = status_document(before), status_document(after)
    assert news_lines(watch_document(old, new, AT), 80) == [
        "Changed at 14:05:09:",
        "  ! warning  No pyproject.toml",
    ]
    assert news_lines(watch_document(new, old, AT), 80)[1:] == ["  = settled  No pyproject.toml"]


def test_an_error_stands_above_the_last_status() -> None:
    status = status_document(fresh_report())
    document = watch_document(status, ConfigError("config.yaml:3: not a mapping"), AT)
    assert document["status"] is None
    lines, _ = screen_lines(None, status, ["No status for now: config.yaml:3"], 80)
    assert lines[0] == "No status for now: config.yaml:3"
    assert any(line.startswith("In sync") for line in lines)


@given(LINES, LINES, st.text(max_size=30), SIZES)
def test_a_frame_fits_its_screen_exactly(
    lines: list[str], below: list[str], footer: str, size: tuple[int, int]
) -> None:
    columns, rows = size
    shown = frame(lines, below[:2], footer.replace("\n", " "), columns, rows)
    assert len(shown) == rows
    # A character of two cells cannot be drawn in one.
    assert all(cells(line) <= max(2, columns - 1) for line in shown)


@given(LINES, SIZES)
def test_what_is_cut_off_is_counted(lines: list[str], size: tuple[int, int]) -> None:
    columns, rows = size[0] + 20, size[1] + 3
    parts = [part for line in lines for part in wrapped(line, columns - 1)]
    shown = frame(lines, [], "q quits", columns, rows)
    if len(parts) < rows:
        assert shown[: len(parts)] == parts
    else:
        left = len(parts) - (rows - 2)
        assert shown[rows - 2] == f"... {left} more line{'s' if left > 1 else ''}"
        assert shown[: rows - 2] == parts[: rows - 2]


@given(st.text(st.sampled_from("ab -流é>/"), max_size=200), st.integers(2, 100))
def test_wrapping_loses_nothing_but_blanks(line: str, width: int) -> None:
    parts = wrapped(line, width)
    assert "".join(parts).replace(" ", "") == line.replace(" ", "")
    assert all(cells(part) <= width for part in parts)


def test_lines_are_broken_at_words_and_keep_their_indentation() -> None:
    assert wrapped("      data      observed data changed again", 30) == [
        "      data      observed data",
        "      changed again",
    ]


def emulated(screen: pyte.Screen, text: str) -> list[str]:
    pyte.Stream(screen).feed(text)
    return [line.rstrip() for line in screen.display]


@given(LINES, LINES, SIZES)
def test_a_patch_turns_one_screen_into_the_other(
    old: list[str], new: list[str], size: tuple[int, int]
) -> None:
    columns, rows = size[0] + 2, size[1]
    before, after = (frame(lines, [], "q quits", columns, rows) for lines in (old, new))
    screen = pyte.Screen(columns, rows)
    emulated(screen, patch(None, before))
    assert emulated(screen, patch(before, after)) == [line.rstrip() for line in after]


def test_a_patch_writes_only_lines_that_differ() -> None:
    assert patch(["a", "b", "c"], ["a", "x", "c"]) == "\x1b[2;1Hx\x1b[K"
    assert patch(["a", "b"], ["a", "b"]) == ""
    assert patch(None, ["a", ""]).startswith("\x1b[0m\x1b[H\x1b[2J\x1b[1;1Ha")
