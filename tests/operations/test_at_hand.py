"""`ensure` into a folder takes what this machine's cache holds, and leaves the cache alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modelops_bundle.core.digest import Digest
from modelops_bundle.errors import NotFoundInRemoteError
from modelops_bundle.operations.at_hand import AtHand, contents_at_hand
from modelops_bundle.operations.cached import ensure_cached
from modelops_bundle.operations.materialise import Ensured, EnsureRequest, ensure
from modelops_bundle.storage.bundle_cache import BundleCache
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import contents_of, digest_of, put_bundle
from support.scenarios import contents

LARGE = os.urandom(3 * 1024 * 1024)
FILES = {"models/sir.py": b"x = 1\n", "data/large.bin": LARGE, "data/empty.csv": b""}
SIZE = sum(map(len, FILES.values()))


@pytest.fixture
def remote() -> MemoryRemote:
    return MemoryRemote()


@pytest.fixture
def digest(remote: MemoryRemote) -> Digest:
    return put_bundle(remote, FILES, "v1")


@pytest.fixture
def cache(tmp_path: Path) -> BundleCache:
    return BundleCache(tmp_path / "cache")


def placed(tmp_path: Path, remote: MemoryRemote, cache: BundleCache, ref: str = "v1") -> Ensured:
    done = ensure(tmp_path / "run", remote, EnsureRequest(reference=ref), AtHand(cache))
    assert contents_of(done.folder) == FILES
    return done


def test_what_the_cache_holds_is_not_fetched(
    tmp_path: Path, remote: MemoryRemote, digest: Digest, cache: BundleCache
) -> None:
    ensure_cached(cache, remote, digest).release()
    before = contents(cache.folder)
    assert placed(tmp_path, remote, cache).cached_bytes == SIZE
    assert contents(cache.folder) == before


def test_a_bundle_that_is_there_whole_needs_no_remote(
    tmp_path: Path, remote: MemoryRemote, digest: Digest, cache: BundleCache
) -> None:
    ensure_cached(cache, remote, digest).release()
    nobody = MemoryRemote()
    placed(tmp_path, nobody, cache, digest)
    for reference in ("v1", digest[:20]):
        with pytest.raises(NotFoundInRemoteError):
            ensure(tmp_path / "x", nobody, EnsureRequest(reference=reference), AtHand(cache))


def test_an_empty_cache_stays_empty(
    tmp_path: Path, remote: MemoryRemote, digest: Digest, cache: BundleCache
) -> None:
    assert placed(tmp_path, remote, cache).cached_bytes == 0
    assert not cache.folder.exists()


@pytest.mark.parametrize("damage", [b"", LARGE[:-1], LARGE[:-1] + bytes([LARGE[-1] ^ 1])])
def test_what_is_damaged_in_the_cache_is_fetched(
    tmp_path: Path, remote: MemoryRemote, digest: Digest, cache: BundleCache, damage: bytes
) -> None:
    ensure_cached(cache, remote, digest).release()
    blob = cache.folder / "blobs/sha256" / digest_of(LARGE).hex
    blob.chmod(0o600)
    blob.write_bytes(damage)
    assert placed(tmp_path, remote, cache).cached_bytes == SIZE - len(LARGE)


def test_files_from_the_cache_are_one_s_own(
    tmp_path: Path, remote: MemoryRemote, digest: Digest, cache: BundleCache
) -> None:
    ensure_cached(cache, remote, digest).release()
    folder = placed(tmp_path, remote, cache).folder
    (folder / "data/large.bin").write_bytes(b"edited")
    assert (cache.folder / "blobs/sha256" / digest_of(LARGE).hex).read_bytes() == LARGE


def test_without_a_home_folder_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "nowhere")
    assert contents_at_hand() is None
