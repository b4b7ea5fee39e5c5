"""Pages of documentation: what they show, and a shell that does what a reader would do.

A fenced block marked `console` holds `$ command` lines, each followed by its output; lines that
begin with `> ` go on with the command above. A block marked `python` with a block marked `text`
right under it is a program of its own, and prints that text. A block with a file name after its
language is a file that the reader is to write. All run in the order of the page, in one folder.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])

FENCE = re.compile(
    r"^```(?P<kind>\w*)(?: (?P<file>[^\n]*))?\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
#: What a page says for a server on this machine, and the program that serves there.
SERVICES = {"docker-registry": "localhost:5000", "moto_server": "localhost:9000"}
#: Ports of as many digits as those on the page, so that lines break at the same places.
_PORTS = range(1100, 9999)
_START_TIMEOUT_S = 60
#: The line of a phase, which only a busy machine prints: it takes more than half a second there.
_PROGRESS = re.compile(r"(Uploading|Downloading|Hashing|Copying|Verifying) [\d.]+ \w+")
#: What differs from run to run, in order.
_PLACEHOLDERS = (
    (
        re.compile(r"\b[0-9a-f]{64}\b|\bsha-[0-9a-f]{12}\b|\b[0-9a-f]{12}\b|\b[0-9a-f]{8}\b"),
        "DIGEST",
    ),
    (re.compile(r"\bPython 3\.\d+\.\d+\b"), "PYTHON"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?Z?\b"), "TIME"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One command of a page and the output under it."""

    command: str
    output: str
    line: int


@dataclass(frozen=True, slots=True)
class Written:
    """A file that the reader writes."""

    path: str
    content: str
    line: int


def shown_in(text: str) -> Iterator[Shown | Written]:
    """The commands and files of a page, in order."""
    for block in FENCE.finditer(text):
        first_line = text.count("\n", 0, block.start()) + 2
        if block["file"]:
            yield Written(block["file"], block["body"], first_line)
            continue
        below = FENCE.match(text, block.end() + len("\n\n"))
        if block["kind"] == "python" and below is not None and below["kind"] == "text":
            yield Shown(f"python - <<'END'\n{block['body']}END", below["body"], first_line)
        if block["kind"] == "console":
            yield from _commands(block["body"].splitlines(), first_line)


def _commands(lines: list[str], first_line: int) -> Iterator[Shown]:
    starts = [at for at, line in enumerate(lines) if line.startswith("$ ")]
    assert starts[:1] == [0], f"line {first_line}: a console block begins with a command"
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        command = [lines[start][2:]]
        for line in lines[start + 1 : end]:
            if not line.startswith("> ") and line != ">":
                break
            command.append(line[2:])
        output = "\n".join(lines[start + len(command) : end])
        yield Shown("\n".join(command), output, first_line + start)


class Shell:
    """Runs one command after another as a terminal would.

    The folder, exported variables and `$?` carry over. Servers that a page starts with `&` are
    waited for, listen on a free port in place of the one on the page, and end with the page.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._where = folder / "work"
        self._where.mkdir()
        (folder / "home").mkdir()
        for name in ("docs", "examples"):
            (self._where / name).symlink_to(ROOT / name)
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": sys.prefix,  # active, as the readme says how
            "HOME": str(folder / "home"),
            "COLUMNS": "80",
            "LC_ALL": "C.UTF-8",
        }
        self._ports = {shown: f"localhost:{_free_port()}" for shown in SERVICES.values()}
        self._groups: list[int] = []
        self.exit_code = 0

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def write(self, written: Written) -> None:
        """Write a file as the page shows it."""
        path = self._where / written.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._real(written.content), encoding="utf-8")

    def run(self, command: str) -> str:
        """Run a command and return what it prints, errors included."""
        note, variables = self._folder / "where", self._folder / "variables"
        script = (
            f"(exit {self.exit_code})\n{self._real(command)}\nstatus=$?\n"
            f"pwd > {note}\nenv -0 > {variables}\nexit $status\n"
        )
        process = subprocess.Popen(
            ["bash", "-c", script],
            cwd=self._where,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._groups.append(process.pid)
        printed, _ = process.communicate()
        self.exit_code = process.returncode
        self._where = Path(note.read_text().strip())
        self._environment = dict(
            line.split("=", 1) for line in variables.read_text().split("\0") if line
        )
        for program, address in SERVICES.items():
            if program in command and command.endswith("&"):
                _wait_for(self._ports[address])
        return printed

    def readable(self, text: str) -> str:
        """What was printed as a page shows it: its ports, no folder of this run."""
        home = str(self._folder / "home")
        text = text.replace(home, "~").replace(str(self._folder), "FOLDER")
        text = text.replace(sys.prefix, "~/mops")
        for shown, real in self._ports.items():
            text = text.replace(real, shown)
        lines = (line.rstrip() for line in text.splitlines() if not _PROGRESS.fullmatch(line))
        return "\n".join(lines).strip("\n")

    def comparable(self, text: str) -> str:
        """The same, with placeholders for what differs between machines."""
        text = self.readable(text)
        for pattern, placeholder in _PLACEHOLDERS:
            text = pattern.sub(placeholder, text)
        return text

    def _real(self, text: str) -> str:
        for shown, real in self._ports.items():
            for before in ("localhost:", "-p "):
                text = text.replace(before + shown[-4:], before + real[-4:])
        return text


def _free_port() -> int:
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    end = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, f"nothing listens on {address}"
            time.sleep(0.02)


def anchors(text: str) -> set[str]:
    """What links to a page may end with: its headings, as GitHub writes them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        base = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        numbered = (f"{base}-{number}" for number in range(1, 100))
        found.add(base if base not in found else next(n for n in numbered if n not in found))
    return found


def links(text: str) -> list[tuple[str, str]]:
    """(page, anchor) of each link to a file of this project; either may be empty."""
    plain = re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))
    found = re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", plain)
    return [(page, name) for page, name in found if "://" not in page]
