"""Unfinished files: whole under their name, or gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from modelops_bundle.workspace.aside import Aside, sweep_asides

_WRITE = """
import sys
from pathlib import Path
from modelops_bundle.workspace.aside import Aside
aside = Aside(Path(sys.argv[1]))
aside.write(b"12345")
print("written", flush=True)
sys.stdin.read()
"""


def test_a_file_has_its_name_when_all_of_it_is_there(tmp_path: Path) -> None:
    with Aside(tmp_path) as aside:
        aside.write(b"one ")
        assert not (tmp_path / "name").exists()
        aside.write(memoryview(b"two"))
        aside.move_to(tmp_path / "name", durably=True)
    assert os.listdir(tmp_path) == ["name"]
    assert (tmp_path / "name").read_bytes() == b"one two"


def test_what_is_not_moved_is_dropped(tmp_path: Path) -> None:
    with Aside(tmp_path) as aside:
        aside.write(b"half")
    assert os.listdir(tmp_path) == []


def test_a_copy_of_an_open_file(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (tmp_path / "source").write_bytes(content)
    with open(tmp_path / "source", "rb", buffering=0) as source, Aside(tmp_path) as aside:
        if not aside.clone(source.fileno()):
            assert os.fstat(aside.file).st_size == 0
            aside.copy(source.fileno())
        aside.move_to(tmp_path / "copy", durably=False)
    assert (tmp_path / "copy").read_bytes() == content


def test_what_a_killed_writer_left_is_swept_and_a_live_one_s_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITE, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        assert sweep_asides(tmp_path) == 0
        assert len(os.listdir(tmp_path)) == 1
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert sweep_asides(tmp_path) == 5
    assert os.listdir(tmp_path) == []


def test_there_is_nothing_to_sweep_where_there_is_no_folder(tmp_path: Path) -> None:
    assert sweep_asides(tmp_path / "none") == 0
