"""How a damaged bundle in a cache is told from a sound one, without hashing it each time."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.machinery import all_suffixes
from pathlib import Path

from modelops_bundle.core.cache import CachedFile, CacheRecord
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.workspace.hashing import Hashed, hash_all
from modelops_bundle.workspace.stamps import Stamp, stamp_of

_IMPORTABLE = tuple(all_suffixes())


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found.

    Attributes:
        record: What is sound, with stamps as they are now; another than before where it is worth
            keeping.
        damaged: Files that are gone or hold something else.
    """

    record: CacheRecord
    damaged: frozenset[BundlePath] = frozenset()


def inspect_bundle(folder: Path, record: CacheRecord, *, thorough: bool = False) -> Condition:
    """Look whether the files of a bundle are what they were.

    A file whose stamp is as recorded is taken as sound; one with another stamp is hashed. What was
    written in an earlier run of the system is hashed once, since it may have been cut off before
    it was on disk.

    Args:
        folder: That of the bundle.
        record: What is known of it.
        thorough: Hash every file.
    """
    rebooted = bool(record.boot) and record.boot != boot_id()
    doubtful: dict[BundlePath, Stamp] = {}
    damaged: set[BundlePath] = set()
    root = str(folder)
    # A folder that became a link may lead to the right files, and is none of ours.
    lost = {name for name in _folders(record.files) if not _is_folder(f"{root}/{name}")}
    for path, file in record.files.items():
        if lost and any(path.is_within(folder) for folder in lost):
            damaged.add(path)
            continue
        try:
            found = os.lstat(f"{root}/{path}")
        except OSError:
            damaged.add(path)
            continue
        if not stat.S_ISREG(found.st_mode) or found.st_size != file.size_bytes:
            damaged.add(path)
        elif thorough or rebooted or not _is_as_recorded(found, file):
            doubtful[path] = stamp_of(found)
    sound: dict[BundlePath, CachedFile] = {}
    if doubtful:
        total_bytes = sum(record.files[path].size_bytes for path in doubtful)
        outcomes = hash_all([f"{root}/{path}" for path in doubtful], total_bytes)
        for path, outcome in zip(doubtful, outcomes, strict=True):
            file = record.files[path]
            if isinstance(outcome, Hashed) and outcome.digest.hex() == file.digest.hex:
                sound[path] = replace(file, stamp=_kept_stamp(outcome.stamp, file))
            else:
                damaged.add(path)
    if sound and (rebooted or any(record.files[path] != file for path, file in sound.items())):
        files = {**record.files, **sound}
        boot = "" if rebooted and not damaged else record.boot
        record = replace(record, files=files, boot=boot)
    return Condition(record, frozenset(damaged))


def find_strangers(folder: Path, files: Collection[BundlePath]) -> list[str]:
    """What can be imported from a bundle's folders and is not in it, sorted.

    Builds and caches of bytecode leave other things there, which do no harm.

    Args:
        folder: That of the bundle.
        files: All that is in the bundle.
    """
    held = frozenset(files)
    folders = set(_folders(held))
    strangers = []
    for inside in folders:
        with suppress(OSError), os.scandir(folder / inside) as entries:
            for entry in entries:
                path = BundlePath(entry.name if inside == "." else f"{inside}/{entry.name}")
                if path not in held and path not in folders and _is_module(entry):
                    strangers.append(str(path))
    return sorted(strangers)


def boot_id() -> str:
    """What tells one run of the system from another; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _folders(files: Iterable[BundlePath]) -> Iterator[BundlePath]:
    """The folders that hold files, and those above them, each at least once."""
    pending = {path.parent for path in files}
    while pending:
        yield from pending
        pending = {folder.parent for folder in pending if folder != "."}


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _is_module(entry: os.DirEntry[str]) -> bool:
    """Whether Python would import it: a module, or a package with a file of its own."""
    if entry.is_dir():
        return os.path.exists(f"{entry.path}/__init__.py")
    return entry.name.endswith(_IMPORTABLE)


def _is_as_recorded(found: os.stat_result, file: CachedFile) -> bool:
    return _kept_stamp(stamp_of(found), file) == file.stamp


def _kept_stamp(stamp: Stamp, file: CachedFile) -> Stamp:
    """The parts that count: the ctime of a linked file does not."""
    size_bytes, mtime_ns, ctime_ns, inode = stamp
    return size_bytes, mtime_ns, ctime_ns if file.stamp[2] else 0, inode
