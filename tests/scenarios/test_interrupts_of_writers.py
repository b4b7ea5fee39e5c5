"""Ctrl-C between any two writes of a command: each file is old or new, and the next run goes on.

The process interrupts itself at the n-th thing that it writes, by an audit hook, so that the moment
is the same on every machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import FILES, Shell, make_project, register_all
from support.scenarios import contents, user_contents

#: Put first on PYTHONPATH: Python imports it before anything else.
HOOK = """\
import os, signal, sys

_left = int(os.environ["INTERRUPT_AT"])
_inside = os.environ["INTERRUPT_IN"]
_WRITES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.truncate"}


def _count(event, arguments):
    global _left
    if event == "open":
        if not isinstance(arguments[2], int) or not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
    elif event not in _WRITES:
        return
    if isinstance(arguments[0], int) or not os.path.abspath(
        os.fsdecode(arguments[0])
    ).startswith(_inside):
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGINT)


# What a shell starts in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.addaudithook(_count)
"""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    root = tmp_path / "sir"
    root.mkdir()
    return Shell(root, capsys)


def interrupted_at(number: int, shell: Shell, *command: str, inside: Path | None = None) -> int:
    """The exit code of a command that interrupts itself at its n-th write."""
    folder = shell.root.parent
    (folder / "hook").mkdir(exist_ok=True)
    (folder / "hook/sitecustomize.py").write_text(HOOK, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "modelops_bundle", *command],
        cwd=shell.root,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder / "hook"), *filter(None, sys.path)]),
            "INTERRUPT_AT": str(number),
            "INTERRUPT_IN": str(inside or shell.root),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 130), done.stderr
    assert ("interrupted: " in done.stderr) == (done.returncode == 130)
    left = [path for path in folder.rglob("*") if path.suffix in (".tmp", ".new")]
    assert left == []
    return done.returncode


@pytest.mark.parametrize("number", [1, 2, 4, 7])
def test_init(shell: Shell, number: int) -> None:
    for path, text in FILES.items():
        shell.write(path, text)
    assert interrupted_at(number, shell, "init", "--name", "sir") == 130
    shell.ok("init", "--name", "sir")
    assert {path: text for path, text in user_contents(shell.root).items() if path in FILES} == {
        path: text.encode() for path, text in FILES.items()
    }
    register_all(shell)
    assert shell.json("status")["in_sync"]


def settled(shell: Shell) -> None:
    make_project(shell)
    register_all(shell)


@pytest.mark.parametrize("number", [1, 5, 7, 9, 12])
def test_sync(shell: Shell, number: int) -> None:
    settled(shell)
    shell.edit("lib/rates.py", "2.0", "3.0")
    before = shell.registry
    interrupted_at(number, shell, "sync")
    after = shell.registry
    shell.ok("sync")
    assert after in (before, shell.registry)
    assert shell.json("status")["in_sync"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_add(shell: Shell, number: int) -> None:
    settled(shell)
    shell.write("notes.txt", "x\n")
    tracked = shell.root / ".modelops-bundle/tracked.txt"
    before = tracked.read_text() if tracked.exists() else ""
    interrupted_at(number, shell, "add", "notes.txt")
    after = tracked.read_text() if tracked.exists() else ""
    shell.ok("add", "notes.txt")
    assert after in (before, tracked.read_text())


@pytest.mark.parametrize("number", [4, 8, 11, 13, 15])
def test_pull(shell: Shell, number: int) -> None:
    settled(shell)
    shell.ok("push")
    published = user_contents(shell.root)
    for path in ("lib/rates.py", "lib/network.py", "data/observed.csv", "models/sir.py"):
        (shell.root / path).unlink()
    missing = user_contents(shell.root)
    code = interrupted_at(number, shell, "pull", "--restore-deleted")
    found = user_contents(shell.root)
    assert found in (missing, published), code
    shell.ok("pull", "--restore-deleted")
    assert user_contents(shell.root) == published


@pytest.mark.parametrize("number", [1, 2, 4])
def test_pruning_a_cache(shell: Shell, number: int, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    blobs = cache / "blobs/sha256"
    blobs.mkdir(parents=True)
    for name in range(6):
        (blobs / f"{name:064x}").write_bytes(b"x" * 1000)
    prune = ["cache", "prune", "--max-size", "1KB", "--cache-dir", str(cache)]
    interrupted_at(number, shell, *prune, inside=cache)
    shell.ok(*prune)
    assert sum(len(content) for content in contents(blobs).values()) <= 1000
