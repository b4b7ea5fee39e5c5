"""Files that are replaced as a whole."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_bundle.errors import FileAccessError
from modelops_bundle.workspace.atomic import sweep, write_atomic


def test_writes_a_new_file(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"one")

    assert (tmp_path / "a").read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["a"]


def test_replaces_a_file_and_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"one")
    target.chmod(0o640)

    write_atomic(target, b"two")

    assert target.read_bytes() == b"two"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_umasks_permissions_and_a_given_mode_wins(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "a", b"")
        write_atomic(tmp_path / "secret", b"", mode=0o600)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_follows_a_link_to_the_file_that_is_kept_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "registry.yaml").write_bytes(b"one")
    link = tmp_path / "registry.yaml"
    link.symlink_to("elsewhere/registry.yaml")

    write_atomic(link, b"two")

    assert link.is_symlink()
    assert (elsewhere / "registry.yaml").read_bytes() == b"two"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()

    with pytest.raises(FileAccessError, match="cannot write"):
        write_atomic(target, b"x")

    assert os.listdir(tmp_path) == ["folder"]


def test_a_missing_folder_is_an_error_of_the_family(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError):
        write_atomic(tmp_path / "missing" / "a", b"x")


def test_what_killed_writers_left_is_swept(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "import modelops_bundle.workspace.atomic as atomic\n"
        "os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "atomic.write_atomic(Path(sys.argv[1]), b'new')\n"
    )
    target = tmp_path / "a"
    target.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", code, str(target)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(os.listdir(tmp_path)) == 2

    sweep(tmp_path)

    assert os.listdir(tmp_path) == ["a"]
    assert target.read_bytes() == b"old"


def test_a_live_writers_file_and_others_are_not_swept(tmp_path: Path) -> None:
    mine = tmp_path / f".mops-{os.getpid()}-abcd.tmp"
    mine.write_bytes(b"")
    (tmp_path / ".mops-notes").write_bytes(b"")
    (tmp_path / "a.tmp").write_bytes(b"")

    sweep(tmp_path)
    assert len(os.listdir(tmp_path)) == 3

    os.utime(mine, (0, 0))
    sweep(tmp_path)
    assert not mine.exists()


def test_sweeping_a_folder_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    sweep(tmp_path / "missing")
