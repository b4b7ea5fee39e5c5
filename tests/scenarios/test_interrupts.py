"""Ctrl-C, SIGTERM and SIGHUP at chosen moments of each long command, sent to the real process.

The moment is told by the process itself (a line of progress, a request that a server holds, a lock
that it has open), so that nothing depends on how fast the machine is.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelops_bundle.workspace.locks import exclusive
from support.project import Shell, make_project, register_all
from support.registry_faults import Front, Handler, front_of
from support.registry_server import RegistryServer, running_registry
from support.scenarios import contents
from support.terminal import HEARING, Terminal

PROGRAM = (sys.executable, "-c", HEARING, "-m", "modelops_bundle")
#: Takes some seconds to hash, and no room on the disk.
HUGE_BYTES = 4 << 30
_PATIENCE_S = 60.0


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A project in sync whose data are 20 files."""
    root = tmp_path / "sir"
    root.mkdir()
    made = Shell(root, capsys)
    make_project(made)
    register_all(made)
    for number in range(20):
        made.write(f"data/many/{number:02}.csv", f"{number}\n")
    made.ok("register-model", "models/sir.py", "--data", "data/many")
    return made


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    with running_registry(tmp_path_factory.mktemp("registry")) as server:
        yield server


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> str:
    """Send the signal; what it said, with its exit code as it should be and no traceback."""
    process.send_signal(number)
    out, err = process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 128 + number, err
    assert "Traceback" not in err, err
    assert "Exception" not in err, err
    assert out == ""
    return err


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def huge(shell: Shell, path: str) -> None:
    """A large file without content; where it is in the folder of data it is declared."""
    with (shell.root / path).open("wb") as stream:
        stream.truncate(HUGE_BYTES)


def said(process: subprocess.Popen[str], text: str) -> None:
    """Wait for a line on stderr."""
    assert process.stderr is not None
    line = process.stderr.readline()
    assert text in line, line


def unfinished(folder: Path) -> list[str]:
    """Files that a writer put aside."""
    return [str(path) for path in folder.rglob("*") if path.suffix in (".tmp", ".new")]


class Held:
    """A registry's front that holds some requests, and tells when it does."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.reached = threading.Event()
        self.released = threading.Event()

    def hold(self, method: str, part: str, after: int = 0) -> None:
        """Hold requests of a kind, but for the first ones."""
        if after:
            self.front.fail(method, part, self._pass, times=after)
        self.front.fail(method, part, self._hold, times=1000)

    def let_go(self) -> None:
        """Hold nothing any more."""
        self.front.faults.clear()
        self.front.seen.clear()
        self.released.set()

    def _pass(self, handler: Handler) -> None:
        handler.answer(*handler.forwarded())

    def _hold(self, handler: Handler) -> None:
        self.reached.set()
        self.released.wait(_PATIENCE_S)
        handler.close_connection = True


@pytest.fixture
def held(registry: RegistryServer) -> Iterator[Held]:
    with front_of(registry.host) as front:
        made = Held(front)
        yield made
        made.let_go()


def url(held: Held, name: str) -> str:
    return f"oci://{held.front.host}/test/{name}-{os.getpid()}-{time.monotonic_ns()}"


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (["status"], signal.SIGINT),
        (["status"], signal.SIGTERM),
        (["sync"], signal.SIGINT),
        (["push"], signal.SIGHUP),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value.name,
)
def test_hashing_is_cut_off_and_gone_on_with(
    shell: Shell, command: list[str], number: signal.Signals
) -> None:
    for at in range(20):
        shell.write(f"data/many/{at:02}.csv", f"{at} edited\n")
    huge(shell, "data/many/huge.bin")
    before = shell.registry
    with started(shell.root, *command) as process:
        said(process, "Hashing 4.0 GiB")
        told = ended(process, number)
    found = re.search(r"interrupted: nothing was changed; (\d+) of 21 files are hashed", told)
    assert found is not None, told
    assert int(found[1]) >= 18
    assert told.endswith("help: run the same command again to go on\n")
    assert shell.registry == before
    assert unfinished(shell.root) == []
    # What was hashed is known to the next look: only the large one is left.
    with started(shell.root, *command) as process:
        said(process, "Hashing 4.0 GiB")
        again = re.search(r"of (\d+) files are hashed", ended(process))
    assert again is not None
    assert int(again[1]) <= 3


def test_a_bar_leaves_no_trace_when_it_is_cut_off(shell: Shell) -> None:
    huge(shell, "data/many/huge.bin")
    with Terminal(shell.root, "status", rows=10, columns=60) as terminal:
        terminal.until("Hashing ")
        assert re.search(r"Hashing [\d.]+ \w+ of 4\.0 GiB", terminal.text)
        terminal.resize(10, 100)
        terminal.until("Hashing [")
        terminal.press("\x03")
        assert terminal.wait() == 130
        assert "Hashing" not in terminal.text
        assert terminal.lines[0].startswith("interrupted: nothing was changed;")


def test_an_interrupt_is_one_document_under_json(shell: Shell) -> None:
    huge(shell, "data/many/huge.bin")
    with started(shell.root, "status", "--json") as process:
        said(process, "Hashing 4.0 GiB")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 130
    assert err == ""
    document = json.loads(out)
    assert (document["schema"], document["code"]) == ("mops-bundle.error/1", "interrupted")


def children(process: int) -> str:
    return Path(f"/proc/{process}/task/{process}/children").read_text()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc to see children in")
def test_processes_that_analyse_end_without_a_word(shell: Shell) -> None:
    body = "".join(f"def f{at}(x):\n    return [x + {at} for x in range(x)]\n" for at in range(900))
    for number in range(30):
        shell.write(f"lib/large{number}.py", body)
    shell.edit("models/sir.py", "import", "from lib import large0\nimport")
    with Terminal(shell.root, "status", "--check-staleness") as terminal:
        pid = terminal.process.pid
        until(lambda: children(pid) != "" or terminal.process.poll() is not None)
        terminal.press("\x03")
        assert terminal.wait() in (0, 1, 130)
        assert b"Traceback" not in terminal.raw
        assert terminal.raw.count(b"interrupted:") <= 1


@pytest.mark.parametrize("after", [0, 3, 12])
def test_an_upload_is_cut_off_and_gone_on_with(shell: Shell, held: Held, after: int) -> None:
    shell.ok("remote", "set", url(held, "push"))
    held.hold("PUT", "/blobs/uploads/", after)
    with started(shell.root, "push") as process:
        assert held.reached.wait(_PATIENCE_S)
        told = ended(process)
    found = re.search(r"nothing was tagged; (\d+) of (\d+) blobs are stored", told)
    assert found is not None, told
    assert int(found[1]) <= after
    assert "not sent again" in told
    held.let_go()
    assert shell.ok("push").out.rstrip().rpartition("\n")[2].startswith("sha256:")
    sent = held.front.asked("PUT", "/blobs/uploads/")
    # The index and what tells where the bundle comes from are sent besides.
    assert sent <= int(found[2]) - int(found[1]) + 2


def test_few_blobs_are_cut_off_too(shell: Shell, held: Held) -> None:
    shell.ok("remote", "set", url(held, "few"))
    shell.ok("push")
    for number in range(3):
        shell.write(f"data/many/{number:02}.csv", f"{number} again\n")
    shell.ok("sync")
    held.hold("PUT", "/blobs/uploads/", 1)
    with started(shell.root, "push") as process:
        assert held.reached.wait(_PATIENCE_S)
        assert "nothing was tagged; 1 of 4 blobs are stored" in ended(process)


def test_a_second_interrupt_does_no_harm(shell: Shell, held: Held) -> None:
    shell.ok("remote", "set", url(held, "twice"))
    held.hold("PUT", "/blobs/uploads/")
    with started(shell.root, "push") as process:
        assert held.reached.wait(_PATIENCE_S)
        process.send_signal(signal.SIGINT)
        assert "interrupted:" in ended(process)
    held.let_go()
    shell.ok("push")


def test_tagging_is_cut_off(shell: Shell, held: Held) -> None:
    shell.ok("remote", "set", url(held, "tag"))
    held.hold("PUT", "/manifests/latest")
    with started(shell.root, "push") as process:
        assert held.reached.wait(_PATIENCE_S)
        told = ended(process)
    assert "all blobs are at" in told
    assert "latest are set there is not known here" in told
    held.let_go()
    shell.ok("push")
    assert held.front.asked("PUT", "/blobs/uploads/") <= 1


def test_a_copy_is_cut_off_and_gone_on_with(shell: Shell, held: Held) -> None:
    shell.ok("push")
    target = url(held, "copy")
    held.hold("PUT", "/blobs/uploads/", 5)
    with started(shell.root, "copy", "latest", target) as process:
        assert held.reached.wait(_PATIENCE_S)
        told = ended(process)
    assert re.search(r"nothing was tagged; \d of \d+ blobs are at oci:", told), told
    held.let_go()
    shell.ok("copy", "latest", target)


def published(shell: Shell, held: Held) -> str:
    """A bundle of 30 blobs behind the front."""
    address = url(held, "pull")
    shell.ok("remote", "set", address)
    shell.ok("push")
    return address


def test_a_pull_is_cut_off_and_gone_on_with(shell: Shell, held: Held) -> None:
    published(shell, held)
    digest = shell.ok("push").out.split()[-1]
    before = contents(shell.root)
    for path in (shell.root / "data/many").iterdir():
        path.unlink()
    gone = {path for path in before if path.startswith("data/many/")}
    held.hold("GET", "/blobs/", 8)
    with started(shell.root, "pull", digest, "--restore-deleted") as process:
        assert held.reached.wait(_PATIENCE_S)
        told = ended(process)
    found = re.search(r"no file was changed; (\d+) of 20 are fetched", told)
    assert found is not None, told
    assert not any((shell.root / path).exists() for path in gone)
    held.let_go()
    shell.ok("pull", digest, "--restore-deleted")
    assert all((shell.root / path).read_bytes() == before[path] for path in gone)
    assert unfinished(shell.root) == []
    assert not (shell.root / ".modelops-bundle/cache/fetched").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_folder_that_is_filled_is_cut_off_and_gone_on_with(
    shell: Shell, held: Held, number: signal.Signals, tmp_path: Path
) -> None:
    address = published(shell, held)
    held.hold("GET", "/blobs/", 10)
    call = ["ensure", f"{address}:latest", "--dest", "run"]
    with started(tmp_path, *call) as process:
        assert held.reached.wait(_PATIENCE_S)
        assert "are fetched, and are not fetched again" in ended(process, number)
    assert not (tmp_path / "run").exists()
    held.let_go()
    shell.ok(*call[:-1], str(tmp_path / "run"))
    assert (tmp_path / "run/data/many/07.csv").read_text() == "7\n"
    assert [path.name for path in tmp_path.glob(".run*")] == []


def test_verifying_a_cache_is_cut_off(tmp_path: Path) -> None:
    blobs = tmp_path / "cache/blobs/sha256"
    blobs.mkdir(parents=True)
    with (blobs / ("ab" * 32)).open("wb") as stream:
        stream.truncate(HUGE_BYTES)
    with started(tmp_path, "cache", "verify", "--cache-dir", "cache") as process:
        said(process, "Verifying 4.0 GiB")
        assert "was not looked for to the end" in ended(process)
    assert (blobs / ("ab" * 32)).exists()


def waits(process: subprocess.Popen[str]) -> bool:
    """Whether it has read the registry, and sleeps: until the lock is free."""
    place = Path(f"/proc/{process.pid}")
    loaded = "_yaml" in (place / "maps").read_text()
    return loaded and (place / "stat").read_text().rpartition(") ")[2].startswith("S")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to see who waits")
@pytest.mark.parametrize(
    "command",
    [
        ["sync"],
        ["add", "notes.txt"],
        ["register-target", "targets/incidence.py", "--data", "notes.txt"],
    ],
    ids=lambda command: command[0],
)
def test_who_waits_for_a_lock_can_be_cut_off(shell: Shell, command: list[str]) -> None:
    shell.write("notes.txt", "x\n")
    shell.edit("lib/rates.py", "2.0", "3.0")
    before = contents(shell.root)
    lock = shell.root / ".modelops-bundle/lock"
    with exclusive(lock), started(shell.root, *command) as process:
        until(lambda: waits(process))
        assert "nothing is half done" in ended(process)
    after = contents(shell.root)
    kept = ("cache/", "lock")
    assert {path: text for path, text in after.items() if not any(k in path for k in kept)} == {
        path: text for path, text in before.items() if not any(k in path for k in kept)
    }
    shell.ok(*command)
