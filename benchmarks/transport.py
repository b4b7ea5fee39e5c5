"""Push and pull beside `skopeo` and the existing tool, and beside what the registry can take.

    python benchmarks/transport.py --peer VENV/bin/modelops-bundle
    python benchmarks/transport.py --shapes small --no-skopeo

Each tool gets a registry of its own (Debian's `docker-registry`, on loopback, plain HTTP) and moves
the same bytes. "raw" uploads and downloads this tool's blobs with `http.client` in four threads,
without hashing or checking anything: what the registry itself can take. "careful" does the same,
and hashes what it moves, writes files of the right size and syncs them: the least that any client
does which can be trusted. `--peer` names the existing tool's program, installed by you in an
environment of its own. "cpu s" is the client's processor time, "server" the registry's meanwhile
(on Linux): on a busy machine they say more than the wall clock. What earlier steps wrote is synced
before each run.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measure import PROGRAM, Run, run

MIB = 1024 * 1024
CHANGED = 25


@dataclass(frozen=True)
class Shape:
    """What is moved: so many files of one size."""

    name: str
    files: int
    size_bytes: int


SHAPES = {
    "try": Shape("30 files of 50 KiB", 30, 50 * 1024),
    "one": Shape("1 file of 1 GiB", 1, 1024 * MIB),
    "medium": Shape("20 files of 25 MiB", 20, 25 * MIB),
    "small": Shape("2,000 files of 50 KiB", 2000, 50 * 1024),
}


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--raw"]:
        raw(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=["one", "medium", "small"])
    parser.add_argument("--peer", type=Path, help="the existing tool's program")
    parser.add_argument("--no-skopeo", action="store_true")
    parser.add_argument("--skopeo-small", action="store_true", help="it takes minutes")
    parser.add_argument("--in", dest="folder", type=Path, help="work below this folder")
    args = parser.parse_args()
    compile_once()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; seconds\n")
    for name in args.shapes:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            bench = Bench(Path(folder), SHAPES[name])
            bench.ours()
            bench.ours_after_status()
            bench.raw()
            if args.peer is not None:
                bench.peer(args.peer.absolute())
            if not args.no_skopeo and (name != "small" or args.skopeo_small):
                bench.skopeo()
            bench.compare()


class Bench:
    """One shape, moved by each tool in turn."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        self._folder = folder
        self._shape = shape
        self._runs: dict[tuple[str, str], Run] = {}
        #: The process of the registry that runs, or 0.
        self._server = 0
        self._project = folder / "project"
        data = self._project / "data"
        data.mkdir(parents=True)
        noise = random.Random(1)
        for number in range(shape.files):
            with open(data / f"{number:04}.bin", "wb") as stream:
                for start in range(0, shape.size_bytes, MIB):
                    stream.write(noise.randbytes(min(MIB, shape.size_bytes - start)))
        print(f"{shape.name}\n{'':<10}{'':<18}{'wall s':>8}{'cpu s':>8}{'server':>8}{'peak MB':>9}")

    def ours(self) -> None:
        """This tool; then an unchanged push, and a second version."""
        with self._registry() as host:
            remote = f"oci://{host}/bench/ours"
            must(*PROGRAM, "init", "--remote", remote, cwd=self._project)
            must(*PROGRAM, "add", "data", cwd=self._project)
            self._time("ours", "push", [*PROGRAM, "push"], self._project)
            self._time("ours", "unchanged push", [*PROGRAM, "push"], self._project)
            clone = self._folder / "clone"
            shutil.copytree(
                self._project / ".modelops-bundle",
                clone / ".modelops-bundle",
                ignore=shutil.ignore_patterns("state.json", "cache", "registry.yaml"),
            )
            self._time("ours", "pull", [*PROGRAM, "pull"], clone)
            must("diff", "-r", self._project / "data", clone / "data", cwd=self._folder)
            if self._shape.files > CHANGED:
                self._second_version(clone)
        shutil.rmtree(clone)

    def ours_after_status(self) -> None:
        """This tool where an earlier command has read the files, as `status` does before a push."""
        other = self._folder / "other"
        shutil.copytree(self._project, other, ignore=shutil.ignore_patterns("state.json", "cache"))
        must(*PROGRAM, "status", cwd=other)
        with self._registry() as host:
            command = [*PROGRAM, "push", "--remote", f"oci://{host}/bench/ours"]
            self._time("ours", "push after status", command, other)
        shutil.rmtree(other)

    def _second_version(self, clone: Path) -> None:
        for number in random.Random(2).sample(range(self._shape.files), CHANGED):
            path = self._project / "data" / f"{number:04}.bin"
            path.write_bytes(os.urandom(self._shape.size_bytes))
        told = subprocess.run(
            [*PROGRAM, "push", "--dry-run", "--json"],
            cwd=self._project, check=True, capture_output=True,
        )  # fmt: skip
        document = json.loads(told.stdout)
        moved, kept = document["uploaded"], document["reused"]
        share = moved["bytes"] / (moved["bytes"] + kept["bytes"])
        self._time("ours", "version 2 push", [*PROGRAM, "push"], self._project)
        self._time("ours", "version 2 pull", [*PROGRAM, "pull"], clone)
        print(f"{'':<10}version 2 sends {moved['blobs']} blobs, {share:.1%} of the bytes")

    def raw(self) -> None:
        """This tool's blobs, as they are in a layout folder: carelessly, then carefully."""
        store, other = self._folder / "store", self._folder / "other"
        shutil.copytree(self._project, other, ignore=shutil.ignore_patterns("state.json", "cache"))
        must(*PROGRAM, "push", "--remote", f"layout:{store}", cwd=other)
        shutil.rmtree(other)
        careful = [str(self._folder / "careful"), str(self._shape.size_bytes)]
        for tool, further in (("raw", []), ("careful", careful)):
            with self._registry() as host:
                for action in ("push", "pull"):
                    command = [sys.executable, __file__, "--raw", action, host, str(store)]
                    self._time(tool, action, [*command, *further], self._folder)
        shutil.rmtree(self._folder / "careful")
        shutil.rmtree(store)

    def peer(self, program: Path) -> None:
        """The existing tool, with a home of its own."""
        home, project = self._folder / "home", self._folder / "peer"
        environments = home / ".modelops" / "bundle-env"
        environments.mkdir(parents=True)
        (project / "data").mkdir(parents=True)
        for path in sorted((self._project / "data").iterdir()):
            os.link(path, project / "data" / path.name)
        with self._registry() as host, home_is(home):
            (environments / "dev.yaml").write_text(
                f"environment: dev\nregistry:\n  provider: docker\n  login_server: {host}\n"
                "  requires_auth: false\n"
                "storage:\n  provider: azurite\n  container: unused\n"
                "  connection_string: UseDevelopmentStorage=true\n"
            )
            must(program, "init", ".", cwd=project)
            config = project / ".modelops-bundle" / "config.yaml"
            config.write_text(config.read_text().replace("mode: auto", "mode: oci-only"))
            record = project / ".modelops-bundle" / "registry.yaml"
            record.write_text("version: '1.0'\nmodels: {}\ntargets: {}\n")
            must(program, "add", "data", cwd=project)
            self._time("peer", "push", [str(program), "push"], project)
            # It names the repository after the folder.
            clone = self._folder / "away" / "peer"
            shutil.copytree(
                project / ".modelops-bundle",
                clone / ".modelops-bundle",
                ignore=shutil.ignore_patterns("state.json", "tracked.txt", "registry.yaml"),
            )
            command = [str(program), "pull", "--overwrite", "--restore-deleted"]
            self._time("peer", "pull", command, clone)
            arrived = sum(1 for _ in clone.rglob("*.bin"))
            if arrived != self._shape.files:
                print(f"{'':<10}the peer's pull brought {arrived} files")
        shutil.rmtree(clone)
        shutil.rmtree(project)

    def skopeo(self) -> None:
        """`skopeo copy` from a layout folder with a blob per file, and back."""
        store, other = self._folder / "files", self._folder / "other"
        shutil.copytree(self._project, other, ignore=shutil.ignore_patterns("state.json", "cache"))
        with open(other / ".modelops-bundle" / "config.yaml", "a") as stream:
            stream.write("layout: files\n")
        must(*PROGRAM, "push", "--remote", f"layout:{store}", cwd=other)
        shutil.rmtree(other)
        with self._registry() as host:
            there, back = f"docker://{host}/bench/skopeo:latest", self._folder / "back"
            copy = ["skopeo", "copy", "--insecure-policy", "-q"]
            push = [*copy, "--dest-tls-verify=false", f"oci:{store}:latest", there]
            pull = [*copy, "--src-tls-verify=false", there, f"oci:{back}:latest"]
            self._time("skopeo", "push", push, self._folder)
            self._time("skopeo", "pull", pull, self._folder)
        shutil.rmtree(back)
        shutil.rmtree(store)

    def compare(self) -> None:
        """Print how this tool stands to the others."""
        for mine in ("push", "push after status", "pull"):
            seconds, action = self._runs["ours", mine].seconds, mine.partition(" ")[0]
            ratios = [
                f"{other} / ours {self._runs[other, action].seconds / seconds:.2f}"
                for other in ("raw", "careful", "peer", "skopeo")
                if (other, action) in self._runs
            ]
            print(f"{'':<10}{mine}: {', '.join(ratios)}")
        print()

    @contextmanager
    def _registry(self) -> Iterator[str]:
        """A registry until the block is left."""
        sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
        from support.registry_server import running_registry

        with running_registry(self._folder / "registry") as server:
            self._server = server.pid
            yield server.host
        self._server = 0
        shutil.rmtree(self._folder / "registry")

    def _time(self, tool: str, action: str, command: list[str], folder: Path) -> None:
        os.sync()
        before = cpu_seconds_of(self._server)
        done = run(command, folder)
        server = cpu_seconds_of(self._server) - before
        if done.exit_code != 0:
            raise RuntimeError(f"exit code {done.exit_code}: {' '.join(command)}")
        self._runs[tool, action] = done
        print(
            f"{tool:<10}{action:<18}{done.seconds:>8.2f}{done.cpu_seconds:>8.2f}{server:>8.2f}"
            f"{done.peak_bytes / 1e6:>9.0f}",
            flush=True,
        )


def cpu_seconds_of(process: int) -> float:
    """Processor time that a process has taken (proc(5), "stat": utime and stime); 0 elsewhere."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def home_is(folder: Path) -> Iterator[None]:
    """Programs that are started in the block have their settings there."""
    before = os.environ["HOME"]
    os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        os.environ["HOME"] = before


def compile_once() -> None:
    """Let this tool start from bytecode, as it does where it has been installed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    source = Path(__file__).parents[1] / "src"
    must(sys.executable, "-m", "compileall", "-q", str(source), cwd=source)


def must(*command: str | Path, cwd: Path) -> None:
    """Run a command that is not measured."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stdout[-500:]} {done.stderr[-2000:]}")


def raw(action: str, host: str, store: str, folder: str = "", size_bytes: str = "0") -> None:
    """Move all blobs of a layout folder, as plainly as can be; with a folder, carefully."""
    blobs = list((Path(store) / "blobs" / "sha256").iterdir())
    if folder and action == "pull":
        Path(folder).mkdir()

    def work(part: list[Path]) -> None:
        connection = http.client.HTTPConnection(host)
        connection.blocksize = MIB
        for path in part:
            if action == "push":
                upload(connection, path, Content(path, careful=bool(folder)))
            elif folder:
                keep(folder, path.name, download(connection, path), int(size_bytes))
            else:
                for _ in download(connection, path):
                    pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, [blobs[n::4] for n in range(4)]))


class Content:
    """A blob's file, hashed while it is read if that is wanted."""

    def __init__(self, path: Path, *, careful: bool) -> None:
        self._stream = open(path, "rb", buffering=0)  # noqa: SIM115
        self._name = path.name
        self._digest = hashlib.sha256() if careful else None

    def read(self, size_bytes: int) -> bytes:
        """The next piece."""
        piece = self._stream.read(size_bytes)
        if self._digest is not None:
            self._digest.update(piece)
        return piece

    def close(self) -> None:
        """Check what was read."""
        self._stream.close()
        if self._digest is not None and self._digest.hexdigest() != self._name:
            raise RuntimeError(f"{self._name} is damaged")


def upload(connection: http.client.HTTPConnection, path: Path, content: Content) -> None:
    """POST and PUT a blob."""
    start = "/v2/bench/raw/blobs/uploads/"
    connection.request("POST", start, headers={"Content-Length": "0"})
    answer = connection.getresponse()
    answer.read()
    place = answer.headers["Location"].partition("/v2/")[2]
    headers = {
        "Content-Length": str(path.stat().st_size),
        "Content-Type": "application/octet-stream",
    }
    target = f"/v2/{place}&digest=sha256:{path.name}"
    connection.request("PUT", target, body=content, headers=headers)
    content.close()
    answer = connection.getresponse()
    answer.read()
    if answer.status != 201:
        raise RuntimeError(f"status {answer.status}")


def download(connection: http.client.HTTPConnection, path: Path) -> Iterator[bytes]:
    """GET a blob."""
    connection.request("GET", f"/v2/bench/raw/blobs/sha256:{path.name}")
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"status {answer.status}")
    while piece := answer.read(MIB):
        yield piece


def keep(folder: str, name: str, pieces: Iterator[bytes], size_bytes: int) -> None:
    """Hash a blob, and write it as files of at most this size, each on disk when it is done."""
    digest, number, room = hashlib.sha256(), 0, 0
    stream = None
    for piece in pieces:
        digest.update(piece)
        rest = memoryview(piece)
        while rest:
            if stream is None:
                stream = open(f"{folder}/{name}.{number}", "wb", buffering=0)  # noqa: SIM115
                number, room = number + 1, size_bytes
            count = stream.write(rest[:room])
            rest, room = rest[count:], room - count
            if not room:
                os.fsync(stream.fileno())
                stream.close()
                stream = None
    if stream is not None:
        os.fsync(stream.fileno())
        stream.close()
    if digest.hexdigest() != name:
        raise RuntimeError(f"{name} is damaged")


if __name__ == "__main__":
    main()
