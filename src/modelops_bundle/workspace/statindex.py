"""The hash cache: content digests by stamp, and folders' listings by stamp, in one binary file.

A row stands for a file (or folder) as long as its stamp is the same; only what was settled when
it was looked at is kept, so an equal stamp is proof (see `stamps`). A damaged, foreign or older
file is an empty index.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Mapping

from modelops_bundle import __version__
from modelops_bundle.workspace import cachefiles
from modelops_bundle.workspace.stamps import Stamp, settled

_NAME = "index"
_LIMIT_BYTES = 1 << 30
_MAGIC = b"mops-bundle index 1 " + f"{__version__:.20}".encode().ljust(20)
_BYTE_ORDER = 0x0102030405060708
#: Byte order; numbers of files, folders and folder entries; lengths of the three name lists.
_COUNTS = struct.Struct("=7Q")
_DIGEST_BYTES = 32
#: After the magic: checksum of the rest.
_HEADER_BYTES = len(_MAGIC) + _DIGEST_BYTES

#: By name: one letter for what it is, a capital where it is ignored (see `folders`).
Listing = Mapping[str, str]


class StatIndex:
    """What is known of files and folders from earlier runs, and what this run adds."""

    def __init__(self, ignore_key: bytes) -> None:
        """Start empty.

        Args:
            ignore_key: 32 bytes; listings hold decisions that were made under it.
        """
        self._ignore_key = ignore_key
        self._same_rules = True
        self._rows: dict[str, int] = {}
        self._columns: list[memoryview[int]] = []
        self._digests = b""
        self._folder_rows: dict[str, int] = {}
        self._folder_columns: list[memoryview[int]] = []
        self._entries: list[str] = []
        self._new_files: dict[str, tuple[Stamp, bytes]] = {}
        self._new_folders: dict[str, tuple[Stamp, Listing]] = {}

    @classmethod
    def load(cls, cache: str, ignore_key: bytes) -> StatIndex:
        """Read the index of a cache folder; an empty one if there is none that can be used."""
        index = cls(ignore_key)
        content = cachefiles.read(cache, _NAME, _LIMIT_BYTES)
        if content is not None and content.startswith(_MAGIC):
            body = memoryview(content)[_HEADER_BYTES:]
            if _checksum(cache, body) == content[len(_MAGIC) : _HEADER_BYTES]:
                try:
                    index._decode(body)
                except (ValueError, struct.error):
                    return cls(ignore_key)
        return index

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return bool(self._new_files or self._new_folders)

    def digest(self, path: str, stamp: Stamp) -> bytes | None:
        """The SHA-256 of a file that has this stamp, if it is known."""
        row = self._rows.get(path)
        if row is not None and stamp == self._stamp(self._columns, row):
            return self._digests[_DIGEST_BYTES * row : _DIGEST_BYTES * (row + 1)]
        return None

    def record(self, path: str, stamp: Stamp, digest: bytes, now_ns: int) -> None:
        """Note a file's digest, if it was settled at `now_ns` (see `stamps.settled`)."""
        if settled(stamp, now_ns):
            self._new_files[path] = (stamp, digest)

    def listing(self, folder: str, stamp: Stamp) -> Listing | None:
        """What a folder with this stamp holds, if it is known."""
        row = self._folder_rows.get(folder)
        if row is not None and self._same_rules and stamp == self._stamp(self._folder_columns, row):
            return self._listing_at(row)
        return None

    def earlier_listing(self, folder: str) -> Listing:
        """What the folder held at some time: its decisions still hold under the same rules."""
        row = self._folder_rows.get(folder)
        return {} if row is None or not self._same_rules else self._listing_at(row)

    def record_listing(self, folder: str, stamp: Stamp, listing: Listing, now_ns: int) -> None:
        """Note what a folder holds, if it was settled at `now_ns`."""
        if settled(stamp, now_ns):
            self._new_folders[folder] = (stamp, listing)

    def save(self, cache: str, still_there: Callable[[str], bool]) -> None:
        """Write the index, without the earlier rows of paths that are gone. Failure is silent."""
        if not cachefiles.prepare(cache):
            return
        files = dict(self._new_files)
        for path, row in self._rows.items():
            if path not in files and still_there(path):
                digest = self._digests[_DIGEST_BYTES * row : _DIGEST_BYTES * (row + 1)]
                files[path] = (self._stamp(self._columns, row), digest)
        folders = dict(self._new_folders)
        if self._same_rules:
            for path, row in self._folder_rows.items():
                if path not in folders and still_there(path):
                    folders[path] = (self._stamp(self._folder_columns, row), self._listing_at(row))
        body = _encode(self._ignore_key, files, folders)
        cachefiles.write(cache, _NAME, _MAGIC, _checksum(cache, body), body)

    def _stamp(self, columns: list[memoryview[int]], row: int) -> Stamp:
        size, mtime, ctime, inode = columns[:4]
        return (size[row], mtime[row], ctime[row], inode[row])

    def _listing_at(self, row: int) -> Listing:
        start, count = self._folder_columns[4][row], self._folder_columns[5][row]
        return {entry[1:]: entry[0] for entry in self._entries[start : start + count]}

    def _decode(self, body: memoryview) -> None:
        order, files, folders, entries, *lengths = _COUNTS.unpack_from(body)
        if order != _BYTE_ORDER:
            raise ValueError("another byte order")
        at = _COUNTS.size

        def take(length: int) -> memoryview:
            nonlocal at
            part = body[at : at + length]
            at += length
            if len(part) != length:
                raise ValueError("too short")
            return part

        def columns(rows: int, kinds: str) -> list[memoryview[int]]:
            return [take(8 * rows).cast("Q" if kind == "Q" else "q") for kind in kinds]

        self._same_rules = bytes(take(32)) == self._ignore_key
        self._columns = columns(files, "qqqQ")
        self._folder_columns = columns(folders, "qqqQqq")
        self._digests = bytes(take(_DIGEST_BYTES * files))
        paths, folder_paths, self._entries = (_split(bytes(take(length))) for length in lengths)
        if (len(paths), len(folder_paths), len(self._entries)) != (files, folders, entries):
            raise ValueError("counts do not match")
        if "" in self._entries:
            raise ValueError("an entry without a name")
        self._rows = dict(zip(paths, range(files), strict=True))
        self._folder_rows = dict(zip(folder_paths, range(folders), strict=True))


def _checksum(cache: str, body: bytes | memoryview) -> bytes:
    checksum = hashlib.sha256(cachefiles.seal(cache))
    checksum.update(body)
    return checksum.digest()


def _encode(
    ignore_key: bytes,
    files: Mapping[str, tuple[Stamp, bytes]],
    folders: Mapping[str, tuple[Stamp, Listing]],
) -> bytes:
    entries: list[str] = []
    starts: list[int] = []
    counts: list[int] = []
    for _, listing in folders.values():
        starts.append(len(entries))
        counts.append(len(listing))
        entries += [kind + name for name, kind in listing.items()]
    names = [_joined(list(files)), _joined(list(folders)), _joined(entries)]
    stamps = [stamp for stamp, _ in files.values()]
    folder_stamps = [stamp for stamp, _ in folders.values()]
    return b"".join(
        (
            _COUNTS.pack(
                _BYTE_ORDER, len(files), len(folders), len(entries), *(len(text) for text in names)
            ),
            ignore_key,
            *_stamp_columns(stamps),
            *_stamp_columns(folder_stamps),
            struct.pack(f"={len(starts)}q", *starts),
            struct.pack(f"={len(counts)}q", *counts),
            *(digest for _, digest in files.values()),
            *names,
        )
    )


def _stamp_columns(stamps: list[Stamp]) -> list[bytes]:
    return [
        struct.pack(f"={len(stamps)}{kind}", *(stamp[field] for stamp in stamps))
        for field, kind in enumerate("qqqQ")
    ]


def _joined(names: list[str]) -> bytes:
    return os.fsencode("\0".join(names))


def _split(joined: bytes) -> list[str]:
    return os.fsdecode(joined).split("\0") if joined else []
