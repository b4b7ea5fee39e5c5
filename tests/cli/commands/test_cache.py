"""`cache`: this user's, or a worker's."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_bundle.operations.cached import ensure_cached
from modelops_bundle.storage.bundle_cache import BundleCache, default_cache_folder
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import put_bundle
from support.project import Shell


def fill(cache: BundleCache) -> str:
    remote = MemoryRemote()
    digest = put_bundle(remote, {"a.py": b"a" * 1000})
    ensure_cached(cache, remote, digest).release()
    return digest


def test_it_needs_no_project(bare: Shell, tmp_path: Path) -> None:
    assert default_cache_folder() == tmp_path / "home/.cache/modelops-bundle"
    assert bare.ok("cache").out == bare.ok("cache", "info").out
    assert bare.ok("cache", "info").out.splitlines()[-1].startswith("0 bundles")
    digest = fill(BundleCache(default_cache_folder()))
    shown = bare.ok("cache", "info").out
    assert f"  = {digest[7:19]}  1 file  1000 B  used just now\n" in shown
    assert shown.startswith("~/.cache/modelops-bundle\n")
    assert bare.json("cache", "info")["bundles"][0]["digest"] == digest


def test_pruning_by_size_and_by_age(
    bare: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    fill(BundleCache(tmp_path / "xdg" / "modelops-bundle"))
    assert "Freed 0 B;" in bare.ok("cache", "prune").out
    assert bare.ok("cache", "prune", "--max-size", "1kB", "--dry-run").out.startswith("  - ")
    assert bare.json("cache", "prune", "--max-size", "0", "--max-age", "1.5h")["size_bytes"] == 0


def test_a_worker_has_a_cache_of_its_own(bare: Shell, tmp_path: Path) -> None:
    fill(BundleCache(tmp_path / "worker"))
    shown = bare.ok("cache", "verify", "--cache-dir", str(tmp_path / "worker")).out
    assert shown == "1 bundle and 3 blobs read back; all are sound.\n"


@pytest.mark.parametrize(
    "call",
    [
        ("prune", "--max-size", "big"),
        ("prune", "--max-size", "1iB"),
        ("prune", "--max-age", "30"),
        ("prune", "--max-age", "-1d"),
        ("info", "--dry-run"),
        ("verify", "--max-size", "1GB"),
        ("empty",),
    ],
    ids=" ".join,
)
def test_mistakes_are_told(bare: Shell, call: tuple[str, ...]) -> None:
    assert bare("cache", *call).code == 2
