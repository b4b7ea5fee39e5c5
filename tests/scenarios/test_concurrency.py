"""Many processes on one cache and on one tag, some of which are killed."""

from __future__ import annotations

import shutil
from pathlib import Path

from modelops_bundle.codec.oci_json import bundle_documents
from modelops_bundle.core.oci import BundleIndex
from modelops_bundle.operations.cache_care import verify
from modelops_bundle.operations.cached import ensure_cached, is_cached
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import contents_of, digest_of, states_of
from support.killing_server import KillingServer, killing_server
from support.swarm import run_swarm

CONTENTS = {
    "big.bin": bytes(range(256)) * 12_000,
    **{f"data/{number}.csv": b"%d\n" % number * 1000 for number in range(20)},
}
KILLS = 3


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
    shutil.rmtree(bundle.folder)
    assert not is_cached(cache, digest)
