"""Projects on a real disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace.project import Project, find_project
from modelops_bundle.workspace.scan import Scan, scan
from modelops_bundle.workspace.stamps import file_system_now_ns


def make_project(root: Path, files: Mapping[str, str | bytes] | None = None) -> Project:
    """A project with these files, old enough for their stamps to be relied on."""
    (root / ".modelops-bundle").mkdir(parents=True, exist_ok=True)
    for path, content in (files or {}).items():
        write(root, path, content)
    settle(root)
    return find_project(root)


def write(root: Path, path: str, content: str | bytes) -> None:
    """Write one file and the folders above it."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)


def settle(root: Path) -> None:
    """Let the file system's clock pass everything that was written so far."""
    folder = root / ".modelops-bundle"
    probe = folder / "probe"
    probe.write_bytes(b"")
    written_ns = probe.stat().st_ctime_ns
    while file_system_now_ns(str(folder)) <= written_ns:
        pass
    probe.unlink()
    (folder / "clock").unlink()


def scan_and_commit(project: Project, *paths: str) -> Scan:
    """A scan that hashes all sources and these paths and keeps what it learnt."""
    found = scan(project)
    found.code_key()
    found.states(BundlePath(path) for path in paths)
    found.commit_cache()
    return found


def set_times(path: Path, like: os.stat_result) -> None:
    """Set a file's times back to those of an earlier stat."""
    os.utime(path, ns=(like.st_atime_ns, like.st_mtime_ns))
