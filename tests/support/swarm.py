"""Many processes that do one thing at the same moment.

Run as a program, so that the processes are forked from one that has no threads:
`swarm.py ensure COUNT CACHE URL DIGEST`, `swarm.py churn COUNT TIMES CACHE URL DIGEST...` and
`swarm.py push URL TAG PROJECT...`. Prints the exit codes as JSON, that of a killed process as the
negative number of its signal.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def run_swarm(*arguments: str) -> list[int]:
    """Start a swarm and wait for its end."""
    paths = os.pathsep.join((str(TESTS), str(TESTS.parent / "src")))
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    codes: list[int] = json.loads(done.stdout.splitlines()[-1])
    return codes


def kill_member(number: str) -> bool:
    """Kill a process of a swarm, and no other that has its number by now."""
    try:
        command = Path(f"/proc/{int(number)}/cmdline").read_bytes()
        if b"swarm.py" not in command:
            return False
        os.kill(int(number), signal.SIGKILL)
    except (OSError, ValueError):
        return False
    return True


def at_once(works: list[Callable[[], int]]) -> list[int]:
    """Do each in a process of its own, all from one moment on."""
    waiting, start = os.pipe()
    processes = []
    for work in works:
        process = os.fork()
        if not process:
            code = 70
            try:
                os.close(start)
                os.read(waiting, 1)
                code = work()
            finally:
                os._exit(code)
        processes.append(process)
    os.close(start)
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]


def ensure(cache: str, url: str, digest: str) -> int:
    """Ensure a bundle, and read all of it back; 0 where it is complete and right."""
    import hashlib

    from modelops_bundle.core.digest import Digest
    from modelops_bundle.errors import BundleError
    from modelops_bundle.operations.cached import ensure_cached
    from modelops_bundle.storage.bundle_cache import BundleCache
    from modelops_bundle.storage.resolve import open_remote

    try:
        remote = open_remote(url, root=Path.cwd())
        bundle = ensure_cached(BundleCache(Path(cache)), remote, Digest.parse(digest))
    except BundleError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    with bundle:
        for path, state in bundle.files.items():
            content = (bundle.folder / path).read_bytes()
            if hashlib.sha256(content).hexdigest() != state.digest.hex:
                return 9
    return 0


def churn(times: int, cache: str, url: str, digests: list[str]) -> int:
    """Ensure one bundle after another, and read all of each back while it is held."""
    for number in range(times):
        code = ensure(cache, url, digests[(number + os.getpid()) % len(digests)])
        if code:
            return code
    return 0


def prune(times: int, cache: str) -> int:
    """Free everything that nobody uses, again and again."""
    from modelops_bundle.core.cache import CacheLimits
    from modelops_bundle.errors import BundleError
    from modelops_bundle.operations.cache_care import prune as free
    from modelops_bundle.storage.bundle_cache import BundleCache

    try:
        for _ in range(times):
            free(BundleCache(Path(cache)), CacheLimits(max_size_bytes=0))
    except BundleError as error:
        return error.exit_code
    return 0


def push(project: str, url: str, tag: str) -> int:
    """Push a project; the exit code of the command."""
    from modelops_bundle.cli.app import main

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return main(["-C", project, "push", "--remote", url, "--tag", tag])


def main(arguments: list[str]) -> list[int]:
    """Run the swarm that the arguments name."""
    if arguments[0] == "ensure":
        count, *rest = arguments[1:]
        return at_once([lambda: ensure(*rest)] * int(count))
    if arguments[0] == "churn":
        count, times, cache, place, *digests = arguments[1:]
        users = [lambda: churn(int(times), cache, place, digests)] * int(count)
        return at_once([*users, lambda: prune(2 * int(times), cache)])
    url, tag, *projects = arguments[1:]
    return at_once([lambda project=project: push(project, url, tag) for project in projects])


if __name__ == "__main__":
    # Loaded once, before the processes part.
    import modelops_bundle.cli.commands.push
    import modelops_bundle.operations.cached
    import modelops_bundle.storage.resolve  # noqa: F401

    print(json.dumps(main(sys.argv[1:])))
