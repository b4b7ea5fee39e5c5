"""Many processes on one cache and on one tag, some of which are killed."""

from __future__ import annotations

import shutil
from pathlib import Path

from modelops_bundle.codec.index_json import bundle_documents
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.core.transfer import immutable_tag
from modelops_bundle.operations.cache_care import verify
from modelops_bundle.operations.cached import ensure_cached
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.memory import MemoryRemote
from modelops_bundle.storage.oci_layout import OciLayoutRemote
from modelops_bundle.storage.oci_registry import OciRegistryRemote
from modelops_bundle.storage.registry_address import parse_address
from support.bundles import contents_of, digest_of, put_bundle, states_of
from support.killing_server import KillingServer, killing_server
from support.registry_server import running_registry
from support.swarm import run_swarm

CONTENTS = {
    "big.bin": bytes(range(256)) * 12_000,
    **{f"data/{number}.csv": b"%d\n" % number * 1000 for number in range(20)},
}
KILLS = 3
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "plain-decay"


def test_32_processes_ensure_one_bundle_while_some_are_killed(tmp_path: Path) -> None:
    _, document, index = bundle_documents(BundleIndex.of(states_of(CONTENTS).values()))
    digest = digest_of(document)
    served = {digest_of(content): content for content in (document, index, *CONTENTS.values())}
    cache = BundleCache(tmp_path / "cache")
    big = digest_of(CONTENTS["big.bin"])
    server = KillingServer(
        served,
        victim=big,
        kills=KILLS,
        holder=cache.folder / "locks" / f"{digest.hex}.fetch",
    )
    with killing_server(server):
        codes = run_swarm("ensure", "32", str(cache.folder), server.url, digest)
    assert sorted(codes) == [-9] * KILLS + [0] * (32 - KILLS)
    # One download: only what the killed had not finished was asked for again.
    assert server.seen.pop(big) == KILLS + 1
    assert server.seen[digest] == 1
    assert all(count <= KILLS + 1 for count in server.seen.values())
    assert sum(server.seen.values()) <= len(served) + 7 * KILLS
    with ensure_cached(cache, MemoryRemote(), digest) as bundle:
        assert contents_of(bundle.folder) == CONTENTS
    assert verify(cache).exit_code == 0
    cache.prepare()
    assert list((cache.folder / "ingest").iterdir()) == []


def test_bundles_that_are_used_stay_while_others_are_pruned(tmp_path: Path) -> None:
    remote = OciLayoutRemote(tmp_path / "store")
    shared = {f"shared/{number}.csv": b"%d\n" % number * 100 for number in range(10)}
    digests = [put_bundle(remote, {**shared, "own.py": b"OWN = %d\n" % n}) for n in range(3)]
    cache = tmp_path / "cache"
    codes = run_swarm("churn", "4", "15", str(cache), remote.url, *digests)
    assert codes == [0] * 5
    assert verify(BundleCache(cache)).exit_code == 0


def test_8_processes_push_to_one_tag(tmp_path: Path) -> None:
    projects = [changed_example(tmp_path, number) for number in range(8)]
    with running_registry(tmp_path / "registry") as server:
        remote = OciRegistryRemote(parse_address(server.url()))
        codes = run_swarm("push", remote.url, "latest", *map(str, projects))
        (winner,) = [project for project, code in zip(projects, codes, strict=True) if code == 0]
        assert sorted(codes) == [0] + [4] * 7, "every other one was told"
        held = remote.resolve("latest")
        cache = BundleCache(tmp_path / "cache")
        with ensure_cached(cache, remote, held) as bundle:
            assert (bundle.folder / "extra.txt").read_text() == (winner / "extra.txt").read_text()
            for path in bundle.files:
                assert (bundle.folder / path).read_bytes() == (winner / path).read_bytes()
        assert set(remote.tags()) >= {"latest", immutable_tag(held)}
    states = [(project / ".modelops-bundle/state.json").exists() for project in projects]
    assert states.count(True) == 1, "who was told has no record of having pushed"


def changed_example(tmp_path: Path, number: int) -> Path:
    """A copy of the example with a file of its own."""
    root = tmp_path / f"copy-{number}"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "extra.txt").write_text(f"of copy {number}\n")
    (root / ".modelops-bundle" / "tracked.txt").write_text("extra.txt\n")
    return root
