"""Bars: as wide as there is room for, gone when the work is, and none off a terminal."""

from __future__ import annotations

import pytest

from modelops_bundle.cli.progress import QUIET_S, Progress, bar

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            120,
            "Uploading [############............] 512.0 MiB of 1.0 GiB, 64.0 MiB/s, 8 s left",
        ),
        (80, "Uploading [############............] 512.0 MiB of 1.0 GiB, 64.0 MiB/s, 8 s left"),
        (70, "Uploading 512.0 MiB of 1.0 GiB, 64.0 MiB/s, 8 s left"),
        (40, "Uploading 512.0 MiB of 1.0 GiB"),
        (20, "Uploading 50%"),
        (10, "50%"),
        (3, "50"),
        (1, ""),
    ],
)
def test_a_bar_fits_its_terminal(columns: int, expected: str) -> None:
    assert bar("Uploading", 512 * MIB, 1024 * MIB, 8.0, columns) == expected


@pytest.mark.parametrize(
    ("done", "total", "spent_s", "expected"),
    [
        (0, MIB, 1.0, "Hashing [........................] 0 B of 1.0 MiB, 0 B/s"),
        (MIB, 3601 * MIB, 1.0, "1.0 MiB of 3.5 GiB, 1.0 MiB/s, 1 h 00 min left"),
        (MIB, 151 * MIB, 1.0, "1.0 MiB/s, 2 min left"),
        (0, 0, 1.0, "[########################] 0 B of 0 B"),
        (2 * MIB, MIB, 1.0, "[########################] 2.0 MiB of 1.0 MiB, 2.0 MiB/s, 0 s left"),
    ],
)
def test_a_bar_tells_bytes_rate_and_time_left(
    done: int, total: int, spent_s: float, expected: str
) -> None:
    assert expected in bar("Hashing", done, total, spent_s, 120)


def long_phase(progress: Progress, title: str, steps: int) -> None:
    progress.begin(title, 2048)
    progress._began -= QUIET_S
    for done in range(1, steps + 1):
        progress._drawn = 0.0
        progress.moved(done)
    progress.end()


def test_short_work_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.begin("Uploading", 2048)
    progress.moved(1)
    progress.end()
    assert capsys.readouterr().err == ""


def test_off_a_terminal_each_phase_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    long_phase(progress, "Hashing", 3)
    long_phase(progress, "Uploading", 3)
    assert capsys.readouterr().err == "Hashing 2.0 KiB\nUploading 2.0 KiB\n"


def test_on_a_terminal_the_line_is_drawn_over_and_cleared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress()
    progress._terminal = True
    long_phase(progress, "Uploading", 3)
    shown = capsys.readouterr().err
    assert shown.count("\rUploading [") == 3
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[K")
