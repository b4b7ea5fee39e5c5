"""Processes that are watched, bounded, and gone when they are over."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from modelops_bundle.errors import FileAccessError
from modelops_bundle.workspace.captive import Ended, Interrupted, run_captive

#: Reports a line on the descriptor that it was given.
SAY = "import os, sys; os.write(int(sys.argv[1]), b'hello\\nwor'); "


def ran(
    code: str, folder: Path, *, timeout_s: float = 60, stop: threading.Event | None = None
) -> tuple[Ended, list[bytes]]:
    lines: list[bytes] = []
    ended = run_captive(
        [sys.executable, "-I", "-u", "-c", code],
        folder=folder,
        environment=dict(os.environ),
        timeout_s=timeout_s,
        on_line=lines.append,
        stop=stop,
    )
    return ended, lines


def test_lines_are_reported_and_the_rest_is_output(tmp_path: Path) -> None:
    ended, lines = ran(SAY + "os.write(3 - 2, b'out'); print(os.getcwd())", tmp_path)
    assert lines == [b"hello"]
    assert ended == Ended(code=0, output=f"out{tmp_path}\n", printed_bytes=len(f"out{tmp_path}\n"))


def test_the_end_and_the_beginning_of_much_output_are_kept(tmp_path: Path) -> None:
    code = "print('first'); [print('x' * 1023) for _ in range(4096)]; print('last')"
    ended, _ = ran(code, tmp_path)
    assert ended.printed_bytes == 4096 * 1024 + 11
    assert len(ended.output) < 100_000
    assert ended.output.startswith("first\n")
    assert ended.output.endswith("last\n")
    assert "bytes left out" in ended.output


def test_a_signal_is_told(tmp_path: Path) -> None:
    assert ran("import os; os.kill(os.getpid(), 15)", tmp_path)[0].code == -15
    assert ran("import sys; sys.exit(7)", tmp_path)[0].code == 7


def test_silence_ends_it_and_every_line_begins_the_time_anew(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "for _ in range(6):\n"
        "    os.write(int(sys.argv[1]), b'x\\n'); time.sleep(0.5)\n"
        "time.sleep(600)"
    )
    ended, lines = ran(code, tmp_path, timeout_s=1.5)
    assert ended.timed_out
    assert lines == [b"x"] * 6


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys\n"
        "for new in ({}, {'start_new_session': True}, {'start_new_session': True, 'env': {}}):\n"
        "    child = subprocess.Popen(['/bin/sleep', '600'], **new)\n"
        "    os.write(int(sys.argv[1]), b'%d\\n' % child.pid)\n"
    )
    ended, lines = ran(code, tmp_path)
    assert ended.code == 0
    assert ended.strays >= 2
    assert len(lines) == 3
    for line in lines:
        place = Path(f"/proc/{int(line)}/stat")
        assert not place.exists() or place.read_text().rpartition(")")[2].split()[0] == "Z"


def test_it_ends_when_nobody_waits(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted):
        ran("import time; time.sleep(600)", tmp_path, stop=stop)


def test_input_is_empty(tmp_path: Path) -> None:
    assert ran("import sys; print(repr(sys.stdin.read()))", tmp_path)[0].output == "''\n"


def test_what_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="cannot start"):
        run_captive(["/nowhere/python"], folder=tmp_path, environment={}, timeout_s=1)
