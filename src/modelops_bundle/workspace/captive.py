"""A process that runs code nobody vouches for: watched, bounded, and gone when it is over."""

from __future__ import annotations

import os
import secrets
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelops_bundle.errors import FileAccessError

#: Of what the code prints, this much of the beginning and of the end is kept.
_KEPT_BYTES = 32 << 10
#: A report of this length is none.
_MOST_REPORTED_BYTES = 16 << 20
_TICK_S = 0.1
_READ_BYTES = 1 << 16
#: How long a process may take to say where it hangs.
_LAST_WORDS_S = 1.0
_ROUNDS = 10
#: In the environment of every process that comes of one: those that hide are found by it.
_MARK = "MOPS_BUNDLE_CAPTIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended.

    Attributes:
        code: Its exit code; the negative number of the signal that ended it.
        timed_out: It was ended because it took too long.
        output: What it printed, the middle left out where that is long.
        printed_bytes: How much it printed.
        strays: Processes that it left running, which were ended too.
    """

    code: int
    timed_out: bool = False
    output: str = ""
    printed_bytes: int = 0
    strays: int = 0


class Interrupted(Exception):
    """Nobody waits for the outcome any more."""


def run_captive(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    on_line: Callable[[bytes], None] | None = None,
    stop: threading.Event | None = None,
) -> Ended:
    """Run a program to its end, with all that it starts.

    Args:
        arguments: The program and its arguments; where it reports, the number of the descriptor
            that it reports on is appended.
        folder: The working directory.
        environment: All variables of its environment.
        timeout_s: How long it may be silent: each line that it reports begins the time anew.
        on_line: Told each line of its reports; None for a program that makes none.
        stop: Set to end it.

    Raises:
        FileAccessError: the program cannot be started.
        Interrupted: `stop` was set.
    """
    mark = secrets.token_hex(8)
    source, sink = os.pipe()
    try:
        reporting = [str(sink)] if on_line is not None else []
        variables = {**environment, _MARK: mark}
        process = _started([*arguments, *reporting], folder, variables, sink)
    except OSError as error:
        os.close(source)
        raise FileAccessError(
            f"cannot start {arguments[0]}: {error.strerror or error}", not_done="nothing was run"
        ) from error
    finally:
        os.close(sink)
    watch = _Watch(process, source, timeout_s, on_line or _unheard)
    try:
        watch.until_end(stop)
    finally:
        strays = _end_all(process, mark, str(folder))
        watch.close()
    return watch.ended(strays)


def _unheard(line: bytes) -> None:
    """Nobody listens."""


def _started(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], sink: int
) -> subprocess.Popen[bytes]:
    """A process in a session of its own: what interrupts this program does not reach it."""
    return subprocess.Popen(
        arguments,
        cwd=folder,
        env={**environment, "PWD": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(sink,),
        start_new_session=True,
    )


class _Watch:
    """Reads what a process prints and reports, and ends it when it is silent for too long."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reports: int,
        timeout_s: float,
        on_line: Callable[[bytes], None],
    ) -> None:
        assert process.stdout is not None
        self._process = process
        self._timeout_s = timeout_s
        self._on_line = on_line
        self._deadline = time.monotonic() + timeout_s
        self._timed_out = False
        self._line = b""
        self._reported_bytes = 0
        self._output = _Bounded()
        self._selector = selectors.DefaultSelector()
        self._open = {reports: self._reported, process.stdout.fileno(): self._output.add}
        for descriptor in self._open:
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)
        self._reports = reports

    def until_end(self, stop: threading.Event | None) -> None:
        """Read until the process has ended; what children of it keep open is not waited for."""
        while not _has_ended(self._process):
            if stop is not None and stop.is_set():
                raise Interrupted
            if time.monotonic() > self._deadline:
                self._timed_out = True
                self._ask_where()
                break
            self._read(_TICK_S)
        self._drain()

    def ended(self, strays: int) -> Ended:
        """The outcome, after the end."""
        return Ended(
            code=self._process.returncode,
            timed_out=self._timed_out,
            output=self._output.text(),
            printed_bytes=self._output.total_bytes,
            strays=strays,
        )

    def close(self) -> None:
        """Give the pipes back."""
        self._selector.close()
        os.close(self._reports)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _ask_where(self) -> None:
        """Let it print where it is: the probe's fault handler does so when it is aborted."""
        self._process.send_signal(signal.SIGABRT)
        until = time.monotonic() + _LAST_WORDS_S
        while not _has_ended(self._process) and time.monotonic() < until:
            self._read(_TICK_S)

    def _drain(self) -> None:
        """Read what is in the pipes, but not for ever: others may still write into them."""
        for _ in range(4 * _KEPT_BYTES // 1024):
            if not self._read(0):
                return

    def _read(self, timeout_s: float) -> bool:
        found = False
        for key, _ in self._selector.select(timeout_s) if self._open else ():
            descriptor = key.fd
            try:
                piece = os.read(descriptor, _READ_BYTES)
            except BlockingIOError:
                continue
            if piece:
                found = True
                self._open[descriptor](piece)
            else:
                self._selector.unregister(descriptor)
                del self._open[descriptor]
        if not self._open and timeout_s:
            time.sleep(timeout_s)
        return found

    def _reported(self, piece: bytes) -> None:
        self._reported_bytes += len(piece)
        if self._reported_bytes > _MOST_REPORTED_BYTES:
            return  # no longer our probe, but code that has found its descriptor
        *lines, self._line = (self._line + piece).split(b"\n")
        for line in lines:
            self._deadline = time.monotonic() + self._timeout_s
            self._on_line(line)


class _Bounded:
    """The beginning and the end of a text of any length."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self.total_bytes = 0

    def add(self, piece: bytes) -> None:
        self.total_bytes += len(piece)
        room = _KEPT_BYTES - len(self._head)
        self._head += piece[:room]
        self._tail = (self._tail + piece[room:])[-_KEPT_BYTES:]

    def text(self) -> str:
        left_out = self.total_bytes - len(self._head) - len(self._tail)
        middle = f"\n... {left_out} bytes left out ...\n".encode() if left_out else b""
        return (self._head + middle + self._tail).decode("utf-8", "replace")


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has; it is not seen out yet, so that its number stays its own."""
    waitid = getattr(os, "waitid", None)
    if waitid is None:
        return process.poll() is not None
    return waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end_all(process: subprocess.Popen[bytes], mark: str, folder: str) -> int:
    """End the process, its group, and whatever left the group; how many were left."""
    ended = 0
    for _ in range(_ROUNDS):
        _kill_group(process.pid)
        strays = _strays(mark, folder)
        strays.discard(process.pid)
        if not strays:
            break
        ended += len(strays)
        for stray in strays:
            _kill(stray)
    process.kill()
    process.wait()
    return ended


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _strays(mark: str, folder: str) -> set[int]:
    """Processes with the mark in their environment, or at work in the folder.

    Both as far as the system shows them; a program may be started with an environment of its own.
    """
    wanted = f"{_MARK}={mark}".encode()
    found: set[int] = set()
    try:
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return found
    for name in names:
        try:
            with open(f"/proc/{name}/environ", "rb") as stream:
                variables = stream.read().split(b"\0")
            with open(f"/proc/{name}/stat", "rb") as stream:
                state = stream.read().rpartition(b")")[2].split()[:1]
            place = os.readlink(f"/proc/{name}/cwd")
        except OSError:
            continue
        is_inside = f"{place}/".startswith(f"{folder}/")
        if (wanted in variables or is_inside) and state != [b"Z"]:
            found.add(int(name))
    found.discard(os.getpid())
    return found
