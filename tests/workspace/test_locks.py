"""Locks between processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.errors import FileAccessError, LockTimeoutError
from modelops_bundle.workspace.locks import exclusive

_HOLD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from modelops_bundle.workspace.locks import exclusive\n"
    "with exclusive(Path(sys.argv[1])):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)
_COUNT = (
    "import sys\n"
    "from pathlib import Path\n"
    "from modelops_bundle.workspace.locks import exclusive\n"
    "counter = Path(sys.argv[2])\n"
    "for _ in range(40):\n"
    "    with exclusive(Path(sys.argv[1]), 60):\n"
    "        counter.write_text(str(int(counter.read_text()) + 1))\n"
)


_RELEASED_WHILE_WE_OPEN = (
    "import os, sys\n"
    "from pathlib import Path\n"
    "from modelops_bundle.workspace.locks import exclusive\n"
    "lock = Path(sys.argv[1])\n"
    "times = []\n"
    "def hook(event, arguments):\n"
    "    if event == 'fcntl.flock' and not times:\n"
    "        times.append(1)\n"
    "        os.unlink(lock)\n"
    "sys.addaudithook(hook)\n"
    "with exclusive(lock, 5):\n"
    "    print(lock.exists(), len(times))\n"
)


def holder(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_file_is_there_only_while_the_lock_is_held(tmp_path: Path) -> None:
    lock = tmp_path / "lock"

    with exclusive(lock):
        assert lock.read_text().strip() == str(os.getpid())

    assert not lock.exists()


def test_a_second_holder_is_told_who_has_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with (
        holder(lock) as process,
        pytest.raises(LockTimeoutError, match=f"process {process.pid}"),
        exclusive(lock, 0.05),
    ):
        pass


def test_the_lock_of_a_killed_holder_is_free(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holder(lock) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

        with exclusive(lock, 5):
            assert lock.read_text().strip() == str(os.getpid())


def test_an_error_in_the_block_frees_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with pytest.raises(KeyError), exclusive(lock):
        raise KeyError

    with exclusive(lock, 0):
        pass


def test_no_two_processes_hold_it_at_once(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    command = [sys.executable, "-c", _COUNT, str(tmp_path / "lock"), str(counter)]

    processes = [subprocess.Popen(command) for _ in range(4)]

    assert [process.wait() for process in processes] == [0] * 4
    assert counter.read_text() == "160"


def test_a_lock_whose_file_was_removed_meanwhile_is_not_held(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RELEASED_WHILE_WE_OPEN, str(tmp_path / "lock")],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "True 1\n"


def test_a_lock_that_cannot_be_made_is_an_error_of_the_family(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="cannot lock"), exclusive(tmp_path / "no" / "lock"):
        pass
