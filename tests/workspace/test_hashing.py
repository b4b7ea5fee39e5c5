"""Reading and hashing files that may not hold still."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from modelops_bundle.workspace.hashing import (
    Hashed,
    UnstableFileError,
    hash_all,
    hash_file,
    read_file,
)
from modelops_bundle.workspace.stamps import stamp_of


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_file_is_hashed_as_a_whole(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a"
    content = os.urandom(size)
    path.write_bytes(content)

    found = hash_file(str(path))

    assert found is not None
    assert found.digest == hashlib.sha256(content).digest()
    assert found.stamp == stamp_of(path.stat())
    assert read_file(str(path)) == (found.stamp, content)


def test_what_is_no_regular_file_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    for path in (tmp_path, tmp_path / "fifo", tmp_path / "absent", Path("/dev/null")):
        assert hash_file(str(path)) is None
        assert read_file(str(path)) is None


def test_many_files_are_hashed_in_order(tmp_path: Path) -> None:
    paths = []
    for number in range(200):
        (tmp_path / str(number)).write_bytes(b"%d" % number)
        paths.append(str(tmp_path / str(number)))
    paths.insert(100, str(tmp_path / "absent"))

    found = hash_all(paths, 1)

    assert found[100] is None
    del found[100], paths[100]
    for number, outcome in enumerate(found):
        assert isinstance(outcome, Hashed)
        assert outcome.digest == hashlib.sha256(b"%d" % number).digest()


def test_a_file_that_never_holds_still_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.touch()
    # Large enough that even on a busy machine the writer gets its turn while it is read.
    os.truncate(path, 128 << 20)
    writing = threading.Event()
    stop = threading.Event()

    def write() -> None:
        with path.open("r+b", buffering=0) as stream:
            while not stop.is_set():
                stream.seek(0)
                stream.write(b"x")
                os.utime(stream.fileno())
                writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        writing.wait()
        with pytest.raises(UnstableFileError):
            hash_file(str(path))
        with pytest.raises(UnstableFileError):
            read_file(str(path))
        (outcome,) = hash_all([str(path)], 1)
        assert isinstance(outcome, UnstableFileError)
    finally:
        stop.set()
        writer.join()


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="needs a file that cannot be read")
def test_why_a_file_cannot_be_read_is_an_outcome(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")

    broken, sound = hash_all(["/proc/self/mem", str(tmp_path / "a")], 1)

    assert isinstance(broken, OSError)
    assert isinstance(sound, Hashed)


def test_an_unexpected_failure_is_not_taken_for_an_absent_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")

    with pytest.raises(ValueError, match="null"):
        hash_all([str(tmp_path / "a")] * 100 + ["no\0path"] + [str(tmp_path / "a")] * 100, 1)
