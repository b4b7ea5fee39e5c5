"""Locks between processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from modelops_bundle.errors import FileAccessError, LockTimeoutError
from modelops_bundle.workspace.locks import (
    SharedLock,
    exclusive,
    exclusive_while_alive,
    is_held,
)

_HOLD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from modelops_bundle.workspace.locks import exclusive\n"
    "with exclusive(Path(sys.argv[1])):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
    "    print(Path(sys.argv[1]).read_text(), end='')\n"
)
_HOLD_ALIVE = _HOLD.replace("exclusive", "exclusive_while_alive")
_HOLD_BUSY = _HOLD_ALIVE.replace("sys.argv[1])):", "sys.argv[1]), 0.3):")
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


def holder(lock: Path, program: str = _HOLD) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(lock)],
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


def test_whoever_waits_for_long_work_goes_on_when_its_holder_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holder(lock, _HOLD_ALIVE) as process:
        killer = threading.Timer(0.05, process.kill)
        killer.start()
        with exclusive_while_alive(lock, silence_s=60):
            assert process.wait() == -signal.SIGKILL
            assert lock.read_text().strip() == str(os.getpid())
        killer.join()


def test_a_holder_that_was_stopped_is_passed_over(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holder(lock, _HOLD_ALIVE) as process:
        process.send_signal(signal.SIGSTOP)
        with exclusive_while_alive(lock, silence_s=0.2):
            process.send_signal(signal.SIGCONT)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait() == 0
            # The old holder lets go of what is no longer its own.
            assert lock.read_text().strip() == str(os.getpid())
    assert not lock.exists()


def test_a_holder_that_is_alive_is_waited_for(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holder(lock, _HOLD_BUSY) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # Longer than the silence that is put up with: signs of life come meanwhile.
        release = threading.Timer(1.3, process.stdin.close)
        release.start()
        with exclusive_while_alive(lock, silence_s=1.0):
            assert process.stdout.read().strip() == str(process.pid), "its lock was taken away"
        release.join()


def test_any_number_share_a_lock_and_keep_others_out(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with SharedLock(lock, 0), SharedLock(lock, 0):
        assert is_held(lock)
        with pytest.raises(LockTimeoutError), exclusive(lock, 0):
            pass
    assert not is_held(lock)
    with exclusive(lock, 0), pytest.raises(LockTimeoutError):
        SharedLock(lock, 0)


def test_a_lock_that_is_not_there_is_held_by_nobody(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_shared_lock_is_let_go_of_once(tmp_path: Path) -> None:
    lock = SharedLock(tmp_path / "lock", 0)
    lock.release()
    with SharedLock(tmp_path / "lock", 0):
        lock.release()
        assert is_held(tmp_path / "lock")
