"""Many processes on one cache, and on one tag, while some are killed.

    python benchmarks/concurrency.py [--ensure-rounds 5] [--push-rounds 10] [--seed 1]

First, N processes ensure one bundle (one file of 24 MB and 200 small ones) on one cache, served by
a registry that counts what it is asked for. K of them are killed while they fetch: the registry
kills who holds the lock when half of the large file has been sent. Then, on an empty cache again,
a killer takes processes at random moments. Of each round it says how many processes survived with
a complete bundle that they read back in full, and what was asked for more than once.

Then 8 processes use one bundle after another, of five that have most of their files in common,
and read each back in full while one more frees everything that nobody uses, again and again.

Then 8 processes push 8 different projects to one tag of a real registry at the same moment. Of
each round it says how many were told that they lost, and whether the tag leads to a complete
bundle of the one that was told that it won.

Exit code 1 where a survivor has no complete bundle, where more was fetched than the killed had
begun, where a tag leads to half a bundle, or where somebody lost and was not told.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from modelops_bundle.codec.index_json import bundle_documents  # noqa: E402
from modelops_bundle.core.oci import BundleIndex  # noqa: E402
from modelops_bundle.operations.cache_care import verify  # noqa: E402
from modelops_bundle.operations.cached import ensure_cached  # noqa: E402
from modelops_bundle.storage.bundle_cache import BundleCache  # noqa: E402
from modelops_bundle.storage.oci_layout import OciLayoutRemote  # noqa: E402
from modelops_bundle.storage.oci_registry import OciRegistryRemote  # noqa: E402
from modelops_bundle.storage.registry_address import parse_address  # noqa: E402
from support.bundles import digest_of, put_bundle, states_of  # noqa: E402
from support.killing_server import KillingServer, killing_server  # noqa: E402
from support.registry_server import running_registry  # noqa: E402
from support.swarm import kill_member, run_swarm  # noqa: E402

CONTENTS = {
    "big.bin": random.Random(0).randbytes(24_000_000),
    **{f"data/{number}.csv": b"%d\n" % number * 1000 for number in range(200)},
}
EXAMPLE = ROOT / "examples" / "plain-decay"
PUSHERS = 8


def main() -> int:
    """Run the rounds; 1 where a promise was broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ensure-rounds", type=int, default=5)
    parser.add_argument("--push-rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    broken = 0
    print("processes  killed       survivors  wall s  requests  again  bytes asked / bundle")
    for processes, kills in ((1, 0), (8, 0), (32, 0), (32, 5)):
        for _ in range(asked.ensure_rounds):
            broken += ensure_round(processes, kills)
    for _ in range(asked.ensure_rounds):
        broken += ensure_round(32, 0, killer=lambda folder: kill_at_random(folder, draw))
    print()
    print("users  ensured each  sound")
    for _ in range(asked.ensure_rounds):
        broken += churn_round(8, 60)
    print()
    print("pushers  won  told  untold  tag leads to")
    with tempfile.TemporaryDirectory() as folder, running_registry(Path(folder) / "r") as server:
        projects = [changed_example(Path(folder), number) for number in range(PUSHERS)]
        for _ in range(asked.push_rounds):
            broken += push_round(server.url(), projects)
    print()
    print("all promises kept" if not broken else f"{broken} broken promises")
    return 1 if broken else 0


def ensure_round(processes: int, kills: int, killer: Callable[[Path], object] | None = None) -> int:
    """One round; the number of broken promises."""
    _, document, index = bundle_documents(BundleIndex.of(states_of(CONTENTS).values()))
    digest = digest_of(document)
    served = {digest_of(content): content for content in (document, index, *CONTENTS.values())}
    total_bytes = sum(map(len, served.values()))
    with tempfile.TemporaryDirectory() as folder:
        cache = BundleCache(Path(folder) / "cache")
        server = KillingServer(
            served,
            victim=digest_of(CONTENTS["big.bin"]),
            kills=kills,
            holder=cache.folder / "locks" / f"{digest.hex}.fetch",
        )
        with killing_server(server):
            begun = time.perf_counter()
            if killer is not None:
                threading.Thread(target=killer, args=(cache.folder,), daemon=True).start()
            codes = run_swarm("ensure", str(processes), str(cache.folder), server.url, digest)
            wall_s = time.perf_counter() - begun
            killed = codes.count(-signal.SIGKILL)
            asked_bytes = sum(len(served[name]) * count for name, count in server.seen.items())
            # Where all were killed nobody was left to finish; the next one does.
            remote = OciRegistryRemote(parse_address(server.url))
            with ensure_cached(cache, remote, digest):
                sound = verify(cache).exit_code == 0
    again = sum(count - 1 for count in server.seen.values())
    good = codes.count(0)
    # Who is killed may have up to 8 transfers under way.
    most_again = 8 * killed + (1 if killer is not None else 0)
    print(
        f"{processes:9}  {killed:2} {'at random' if killer else 'half-way '}  "
        f"{good:3} of {processes - killed:3}  {wall_s:6.2f}  {sum(server.seen.values()):8}  "
        f"{again:5}  {asked_bytes / total_bytes:.2f}",
        flush=True,
    )
    return (good != processes - killed) + (not sound) + (again > most_again)


def churn_round(users: int, times: int) -> int:
    """One round of use and pruning; the number of broken promises."""
    with tempfile.TemporaryDirectory() as folder:
        remote = OciLayoutRemote(Path(folder) / "store")
        shared = {f"shared/{number}.csv": b"%d\n" % number * 100 for number in range(30)}
        digests = [put_bundle(remote, {**shared, "own.py": b"OWN = %d\n" % n}) for n in range(5)]
        cache = str(Path(folder) / "cache")
        codes = run_swarm("churn", str(users), str(times), cache, remote.url, *digests)
        sound = not any(codes) and verify(BundleCache(Path(cache))).exit_code == 0
    print(f"{users:5}  {times:12}  {'all' if sound else codes}", flush=True)
    return not sound


def kill_at_random(cache: Path, draw: random.Random) -> None:
    """Kill whoever holds the lock, five times, after random times."""
    for _ in range(5):
        time.sleep(draw.uniform(0.02, 0.4))
        for lock in cache.glob("locks/*.fetch"):
            with suppress(FileNotFoundError):
                kill_member(lock.read_text())


def push_round(url: str, projects: list[Path]) -> int:
    """One round; the number of broken promises."""
    mark = os.urandom(4).hex()
    for number, project in enumerate(projects):
        (project / "extra.txt").write_text(f"{mark} {number}\n")
        (project / ".modelops-bundle/state.json").unlink(missing_ok=True)
    codes = run_swarm("push", url, "latest", *map(str, projects))
    remote = OciRegistryRemote(parse_address(url))
    held = remote.resolve("latest")
    with tempfile.TemporaryDirectory() as folder:
        cache = BundleCache(Path(folder))
        with ensure_cached(cache, remote, held) as bundle:
            told = (bundle.folder / "extra.txt").read_text()
        complete = verify(cache).exit_code == 0
    winners = [p for p, code in zip(projects, codes, strict=True) if code == 0]
    mine = [project for project in winners if (project / "extra.txt").read_text() == told]
    untold = len(winners) - len(mine)
    print(
        f"{len(projects):7}  {len(mine):3}  {codes.count(4):4}  {untold:6}  "
        f"{'a complete bundle' if complete else 'HALF A BUNDLE'}",
        flush=True,
    )
    others = len(codes) - codes.count(0) - codes.count(4)
    return (len(mine) != 1) + untold + others + (not complete)


def changed_example(folder: Path, number: int) -> Path:
    """A copy of the example with a further file that travels."""
    root = folder / f"copy-{number}"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".modelops-bundle" / "tracked.txt").write_text("extra.txt\n")
    return root


if __name__ == "__main__":
    # What the pushes say of each other is not of interest here.
    if "MOPS_QUIET" not in os.environ:
        environment = {**os.environ, "MOPS_QUIET": "1"}
        command = [sys.executable, *sys.argv]
        done = subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False)
        sys.exit(done.returncode)
    sys.exit(main())
