"""Kill sync, push and pull with SIGKILL at random moments and check what they leave behind.

    python benchmarks/kill9.py --times 200 --seed 1

Half of the kills come after a random time, half before a random change of the file system (see
`crash/sitecustomize.py`). After each one:

- the registry and every other file of the project is byte for byte the old or the new one; those
  that the command has no business with are untouched;
- every tag of the remote stands for the old or the new bundle, and each bundle is complete, every
  blob being what its digest says;
- the next command succeeds, and a second run ends exactly where an undisturbed one would have.

Prints the counts. At the first violation it says which and keeps the folder; exit code 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from generate import generate, register
from measure import PROGRAM

HERE = Path(__file__).parent
#: The program's own bookkeeping below `.modelops-bundle/`, which git ignores.
BOOKKEEPING = {"cache", "state.json", "lock"}
Tree = dict[str, bytes]


class Violation(Exception):
    """A command that was killed left something behind that it must not."""


@dataclass(frozen=True, slots=True)
class State:
    """The files of a project, and what each tag of its remote stands for."""

    files: Tree
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A command to kill, where it starts, and where it ends when nobody kills it.

    Attributes:
        name: Of the command.
        start: A snapshot of the stage.
        old: The state before.
        new: The state after.
        seconds: How long it takes.
        changes: How many changes of the file system it makes.
    """

    name: str
    start: Path
    old: State
    new: State
    seconds: float
    changes: int


class Stage:
    """The folder everything happens in: a project and its remote, always at the same path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = folder / "stage"
        self.project = self.root / "project"
        self.store = self.root / "store"

    def load(self, snapshot: Path) -> None:
        """Make the stage equal to a snapshot."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(snapshot, self.root, symlinks=True)

    def save(self, name: str) -> Path:
        """Take a snapshot of the stage."""
        return Path(shutil.copytree(self.root, self._folder / name, symlinks=True))

    def state(self) -> State:
        """The stage as it is now.

        Raises:
            Violation: A bundle of the remote is incomplete or torn.
        """
        return State(project_files(self.project), checked_tags(self.store))

    def run(self, *arguments: str, crash_at: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the program, until it ends or is about to make that change of the file system."""
        environment = dict(os.environ)
        if crash_at:
            environment |= {"MOPS_CRASH_AT": str(crash_at), "PYTHONPATH": str(HERE / "crash")}
        return subprocess.run(
            [*PROGRAM, *arguments],
            cwd=self.project,
            capture_output=True,
            text=True,
            env=environment,
        )

    def succeed(self, *arguments: str) -> None:
        """Run the program.

        Raises:
            Violation: It fails.
        """
        done = self.run(*arguments)
        if done.returncode != 0:
            words = " ".join(arguments)
            raise Violation(f"{words}: exit code {done.returncode}\n{done.stdout}{done.stderr}")

    def killed_in_time(self, command: str, after_s: float) -> bool:
        """Run the program and kill it after a time; False if it was faster."""
        process = subprocess.Popen(
            [*PROGRAM, command],
            cwd=self.project,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def project_files(project: Path) -> Tree:
    """All files of a project but the program's bookkeeping and its temporary files."""
    found = {}
    for folder, folders, files in os.walk(project):
        if Path(folder).name == ".modelops-bundle":
            folders[:] = [name for name in folders if name not in BOOKKEEPING]
            files = [name for name in files if name not in BOOKKEEPING]
        for name in files:
            if not (name.startswith(".") and name.endswith(".tmp")):
                file = Path(folder, name)
                found[file.relative_to(project).as_posix()] = file.read_bytes()
    return found


def checked_tags(store: Path) -> dict[str, str]:
    """The tags of an OCI image layout (image-spec v1.1, "image layout") and their digests.

    Raises:
        Violation: A blob that a tag reaches is missing or is not what its digest says.
    """
    if not (store / "index.json").exists():
        return {}
    tags = {}
    for descriptor in json.loads((store / "index.json").read_bytes())["manifests"]:
        manifest = json.loads(checked_blob(store, descriptor))
        for part in (manifest["config"], *manifest["layers"]):
            checked_blob(store, part)
        tag = descriptor.get("annotations", {}).get("org.opencontainers.image.ref.name")
        if tag:
            tags[tag] = descriptor["digest"]
    return tags


def checked_blob(store: Path, descriptor: dict[str, object]) -> bytes:
    """The bytes of a blob.

    Raises:
        Violation: It is missing or is not what its descriptor says.
    """
    algorithm, _, expected = str(descriptor["digest"]).partition(":")
    file = store / "blobs" / algorithm / expected
    if not file.exists():
        raise Violation(f"blob {expected} is missing")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != expected or len(content) != descriptor["size"]:
        raise Violation(f"blob {expected} is torn")
    return content


def edit(project: Path) -> None:
    """Make many entries stale: a constant that all import, a renamed target, ten data files."""
    (project / "lib" / "constants.py").write_text('"""Constants."""\n\nSCALE = 3.0\n')
    target = project / "targets" / "target_001.py"
    target.write_text(target.read_text().replace("def incidence_001_target", "def renamed_target"))
    for file in sorted(project.glob("data/*/*.bin"))[:10]:
        file.write_bytes(file.read_bytes()[::-1])


def replace_tracked(project: Path) -> None:
    """Let one tracked file go and another come."""
    gone = sorted(project.glob("data/*/*.bin"))[-1].relative_to(project)
    tracked = project / ".modelops-bundle" / "tracked.txt"
    (project / gone).unlink()
    (project / "data" / "new.bin").write_bytes(b"new" * 5000)
    tracked.write_text(tracked.read_text().replace(gone.as_posix(), "data/new.bin"))


def starts(stage: Stage) -> dict[str, Path]:
    """A snapshot for each command to start from."""
    generate(stage.project, files=40, size_bytes=20_000, entries=8)
    register(stage.project, f"layout:{stage.store}")
    stage.succeed("push")
    base = stage.save("base")

    edit(stage.project)
    found = {"sync": stage.save("before-sync")}
    stage.succeed("sync")
    replace_tracked(stage.project)
    found["push"] = stage.save("before-push")
    stage.succeed("push")

    # A working copy as of the first push, the remote as of the second; in the working copy one
    # file was changed that the second push left alone, and one is nobody else's business.
    published = stage.save("published")
    stage.load(base)
    shutil.rmtree(stage.store)
    shutil.copytree(published / "store", stage.store)
    sorted(stage.project.glob("data/*/*.bin"))[20].write_bytes(b"changed here" * 1000)
    (stage.project / "notes.txt").write_text("mine\n")
    found["pull"] = stage.save("before-pull")
    return found


def undisturbed(name: str, start: Path, stage: Stage) -> Case:
    """Run a command to its end, and find out how many moments there are to kill it at."""
    stage.load(start)
    old = stage.state()
    began = time.perf_counter()
    stage.succeed(name)
    seconds = time.perf_counter() - began
    new = stage.state()
    if new == old:
        raise RuntimeError(f"{name} changes nothing, so that killing it shows nothing")

    def survives(crash_at: int) -> bool:
        stage.load(start)
        return stage.run(name, crash_at=crash_at).returncode == 0

    high = 1
    while not survives(high):
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if survives(middle) else (middle, high)
    return Case(name, start, old, new, seconds, low)


def kill_once(case: Case, stage: Stage, chance: random.Random, *, timed: bool) -> bool:
    """Run, kill, check, run again, check.

    Returns:
        Whether the command was killed; False if it was done before.

    Raises:
        Violation: See the module.
    """
    stage.load(case.start)
    if timed:
        killed = stage.killed_in_time(case.name, chance.uniform(0.0, case.seconds))
    else:
        done = stage.run(case.name, crash_at=chance.randint(1, case.changes))
        killed = done.returncode == -signal.SIGKILL
    check_between(case, stage.state())
    stage.succeed("status", "--json")
    check_between(case, stage.state())
    stage.succeed(case.name)
    now = stage.state()
    if now != case.new:
        raise Violation(f"after another run: {differences(case.new, now)}")
    return killed


def check_between(case: Case, now: State) -> None:
    """Check that each file and each tag is the old or the new one.

    Raises:
        Violation: One is neither.
    """
    for path in case.old.files.keys() | case.new.files.keys() | now.files.keys():
        if now.files.get(path) not in (case.old.files.get(path), case.new.files.get(path)):
            raise Violation(f"{path} is neither old nor new")
    for tag in case.old.tags.keys() | case.new.tags.keys() | now.tags.keys():
        if now.tags.get(tag) not in (case.old.tags.get(tag), case.new.tags.get(tag)):
            raise Violation(f"tag {tag} stands for neither the old nor the new bundle")


def differences(expected: State, now: State) -> list[str]:
    """The paths and tags in which two states differ."""
    pairs = ((expected.files, now.files), (expected.tags, now.tags))
    return sorted(
        name
        for wanted, found in pairs
        for name in wanted.keys() | found.keys()
        if wanted.get(name) != found.get(name)
    )


def main() -> int:
    """Kill each command as often as was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=200, help="kills of each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("sync", "push", "pull"))
    args = parser.parse_args()

    folder = Path(tempfile.mkdtemp(prefix="kill9-"))
    stage = Stage(folder)
    for name, start in starts(stage).items():
        if args.only in (None, name):
            case = undisturbed(name, start, stage)
            if not repeat(case, stage, args.times, args.seed):
                print(f"kept for a look: {folder}")
                return 1
    shutil.rmtree(folder)
    return 0


def repeat(case: Case, stage: Stage, times: int, seed: int) -> bool:
    """Kill one command until it was really killed so many times; print the counts."""
    chance = random.Random(f"{seed} {case.name}")
    counts: Counter[str] = Counter()
    while counts["killed after a time"] + counts["killed before a change"] < times:
        timed = counts.total() % 2 == 0
        try:
            killed = kill_once(case, stage, chance, timed=timed)
        except Violation as violation:
            print(f"{case.name}, attempt {counts.total() + 1}, seed {seed}: {violation}")
            return False
        kind = "after a time" if timed else "before a change"
        counts[f"killed {kind}" if killed else "finished first"] += 1
    print(
        f"{case.name:<5} {case.seconds * 1000:4.0f} ms, {case.changes:4} changes of files: "
        + ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        + "; 0 violations",
        flush=True,
    )
    return True


if __name__ == "__main__":
    sys.exit(main())
