"""A cache on a disk: what is there, what goes, and what was damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelops_bundle.core.cache import CacheLimits
from modelops_bundle.core.digest import Digest
from modelops_bundle.operations.cache_care import holdings, prune, verify
from modelops_bundle.operations.cached import ensure_cached, is_cached
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import contents_of, put_bundle
from support.disk import write

ONE = {"a.py": b"a" * 100, "shared": b"s" * 1000}
TWO = {"b.py": b"b" * 100, "shared": b"s" * 1000}
EVERYTHING = CacheLimits(max_size_bytes=0)


@pytest.fixture
def remote() -> MemoryRemote:
    return MemoryRemote()


@pytest.fixture
def cache(tmp_path: Path) -> BundleCache:
    return BundleCache(tmp_path / "cache")


def filled(cache: BundleCache, remote: MemoryRemote) -> tuple[Digest, Digest]:
    digests = put_bundle(remote, ONE), put_bundle(remote, TWO)
    for digest in digests:
        ensure_cached(cache, remote, digest).release()
    return digests


def test_a_cache_that_is_not_there_holds_nothing(cache: BundleCache) -> None:
    found = holdings(cache)
    assert found.bundles == found.blobs == found.unfinished == ()
    assert prune(cache, EVERYTHING).freed_bytes == 0
    assert verify(cache).exit_code == 0
    assert not cache.folder.exists()


def test_what_a_cache_holds(cache: BundleCache, remote: MemoryRemote) -> None:
    digests = filled(cache, remote)
    found = holdings(cache)
    assert [bundle.digest for bundle in found.bundles] == sorted(digests)
    assert {bundle.size_bytes for bundle in found.bundles} == {1100}
    assert not any(bundle.in_use for bundle in found.bundles)
    # Three contents, and the two documents of each bundle.
    assert len(found.blobs) == 3 + 4


def test_the_longest_unused_goes_and_what_others_need_stays(
    cache: BundleCache, remote: MemoryRemote
) -> None:
    old, new = filled(cache, remote)
    os.utime(cache.folder / "records" / f"{old.hex}.json", (1, 1))
    limits = CacheLimits(max_idle_s=3600)
    planned = prune(cache, limits, dry_run=True)
    assert [bundle.digest for bundle in planned.removed] == [old]
    assert is_cached(cache, old)
    assert [bundle.digest for bundle in prune(cache, limits).removed] == [old]
    assert not cache.bundle_folder(old).exists()
    assert is_cached(cache, new)
    folder = ensure_cached(cache, MemoryRemote(), new).folder
    assert contents_of(folder) == TWO


def test_what_is_in_use_stays_whatever_the_limits(cache: BundleCache, remote: MemoryRemote) -> None:
    used, other = filled(cache, remote)
    with ensure_cached(cache, remote, used) as bundle:
        pruned = prune(cache, EVERYTHING)
        assert [gone.digest for gone in pruned.removed] == [other]
        assert contents_of(bundle.folder) == ONE
        # It could be mended without the remote, too.
        assert {blob.digest for blob in holdings(cache).blobs} >= holdings(cache).bundles[0].blobs
    prune(cache, EVERYTHING)
    assert holdings(cache).size_bytes == 0


def test_contents_stay_while_a_bundle_is_being_made(
    cache: BundleCache, remote: MemoryRemote
) -> None:
    used, _ = filled(cache, remote)
    with cache.making(used):
        pruned = prune(cache, EVERYTHING)
    assert len(pruned.removed) == 2
    assert pruned.dropped == ()
    assert holdings(cache).blobs


def test_what_was_left_unfinished_goes(cache: BundleCache, remote: MemoryRemote) -> None:
    one, two = filled(cache, remote)
    cache.forget(one)
    (cache.folder / "ingest" / "1-dead").write_bytes(b"12345")
    assert holdings(cache).unfinished == (one,)
    pruned = prune(cache, CacheLimits(max_idle_s=3600))
    assert pruned.freed_bytes == 5
    assert not cache.bundle_folder(one).exists()
    assert is_cached(cache, two)
    assert list((cache.folder / "ingest").iterdir()) == []


def test_what_others_put_into_the_folder_stays(cache: BundleCache, remote: MemoryRemote) -> None:
    filled(cache, remote)
    for name in ("bundles/0123456789ab/x", "blobs/sha256/readme", "indexes/i.json"):
        (cache.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (cache.folder / name).write_bytes(b"theirs")
    prune(cache, EVERYTHING)
    left = {path.name for path in cache.folder.rglob("*") if path.is_file()}
    assert left >= {"x", "readme", "i.json"}


def test_damage_that_stamps_hide_is_found_and_mended(
    cache: BundleCache, remote: MemoryRemote
) -> None:
    one, two = filled(cache, remote)
    assert verify(cache).exit_code == 0
    file = cache.bundle_folder(one) / "a.py"
    file.chmod(0o644)
    file.write_bytes(b"x" * 100)
    blob = cache.folder / "blobs/sha256" / Digest.of_bytes(TWO["b.py"]).hex
    blob.chmod(0o644)
    blob.write_bytes(b"y" * 100)
    found = verify(cache)
    assert found.exit_code == 1
    assert found.damaged == ((one, ("a.py",)),)
    assert found.dropped == (Digest.of_bytes(TWO["b.py"]),)
    assert not is_cached(cache, one)
    assert is_cached(cache, two)
    assert contents_of(ensure_cached(cache, remote, one).folder) == ONE
    assert verify(cache).exit_code == 0


def test_modules_that_somebody_put_into_a_bundle_are_named(
    cache: BundleCache, remote: MemoryRemote
) -> None:
    digest = put_bundle(remote, {"flu/__init__.py": b"", "wire.py": b"import flu\n"})
    folder = ensure_cached(cache, remote, digest).folder
    for name in ("build/lib/flu/__init__.py", "flu/__pycache__/__init__.pyc", "x.egg-info/x.txt"):
        write(folder, name, "left by a build")
    assert verify(cache).exit_code == 0
    write(folder, "random.py", "def random(): return 4\n")
    write(folder, "flu/numpy/__init__.py", "")
    found = verify(cache)
    assert found.strangers == ((digest, ("flu/numpy", "random.py")),)
    assert found.exit_code == 1
    assert found.damaged == ()
