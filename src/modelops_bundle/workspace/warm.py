"""Whether anything that the last complete observation looked at has changed, from stat calls alone.

This is the path of a warm `status`: it loads `os` and `zlib` and nothing else, and neither lists
a folder nor opens a project file. A folder's own stamp stands for the names in it.

A remembered payload is believed only on the machine and in the folder that remembered it: the
root's own inode and change time are part of what must match, and an archive or a clone cannot
bring those along. The checksum is against damage.
"""

from __future__ import annotations

import os
import zlib

from modelops_bundle.workspace import cachefiles
from modelops_bundle.workspace.root import cache_folder
from modelops_bundle.workspace.stamps import Stamp, settled, stamp_of

_MAGIC = b"mops-bundle warm 1\n".ljust(24, b"\0")
#: Byte order; checksum of all that follows; numbers of relative, absolute and absent paths; lengths
#: in bytes of key, the three path lists and payload.
_FIELDS = 10
_HEADER_BYTES = len(_MAGIC) + 8 * _FIELDS
_BYTE_ORDER = 0x0102030405060708
_LIMIT_BYTES = 1 << 28
_PREFIX = "warm-"
#: Payloads kept per project: one for each way of asking (options, environment).
_KEPT = 8


class Watched:
    """Everything that an observation looked at, as it was then.

    Attributes:
        now_ns: `file_system_now_ns` from before anything was looked at; what has changed since
            counts as unsettled, so that it does not matter whether a file is looked at before or
            after it is read.
        seen: By path, relative to the root or absolute: its stamp, links followed, or None for a
            path that was found absent.
    """

    __slots__ = ("now_ns", "seen")

    def __init__(self, now_ns: int, seen: dict[str, Stamp | None] | None = None) -> None:
        self.now_ns = now_ns
        self.seen: dict[str, Stamp | None] = {} if seen is None else seen

    def look(self, root: str, path: str) -> None:
        """Watch a path as it is now.

        Args:
            root: The project's root.
            path: Relative to it, or absolute for a place outside the project.
        """
        try:
            self.seen[path] = stamp_of(os.stat(os.path.join(root, path)))
        except (OSError, ValueError):
            self.seen[path] = None

    def unchanged(self, root: str) -> bool:
        """Whether all of it is still as it was, which is proof only where it was `settled`.

        Args:
            root: As for `look`.
        """
        prefix = f"{root}/"
        for path, expected in self.seen.items():
            try:
                found = stamp_of(os.stat(path if path[:1] == "/" else prefix + path))
            except (OSError, ValueError):
                found = None
            if found != expected:
                return False
        return True

    @property
    def settled(self) -> bool:
        """Whether a later change of any of it would show."""
        now_ns = self.now_ns
        return all(stamp is None or settled(stamp, now_ns) for stamp in self.seen.values())


def remember(root: str, key: str, payload: bytes, watched: Watched) -> None:
    """Keep a payload for as long as nothing that was watched changes.

    Nothing is kept where something watched is not settled, or where the cache cannot be written.

    Args:
        root: The project's root.
        key: What else the payload depends on: tool and interpreter version, options,
            environment.
        payload: Given back by `recall` as it is.
        watched: All that the payload depends on.
    """
    if "." not in watched.seen:
        watched.look(root, ".")
    folder = cache_folder(root)
    if watched.seen["."] is None or not watched.settled or not cachefiles.prepare(folder):
        return
    inside = [(path, stamp) for path, stamp in watched.seen.items() if stamp and path[:1] != "/"]
    outside = [(path, stamp) for path, stamp in watched.seen.items() if stamp and path[:1] == "/"]
    absent = [os.path.join(root, path) for path, stamp in watched.seen.items() if not stamp]
    inside.sort(key=lambda row: (row[0] != ".", row[0]))
    outside.sort()
    rows = inside + outside
    body = b"".join(
        (
            *(_column([stamp[field] for _, stamp in rows]) for field in range(4)),
            *(
                texts := (
                    key.encode(),
                    _joined([path for path, _ in inside]),
                    _joined([path for path, _ in outside]),
                    _joined(sorted(absent)),
                )
            ),
            payload,
        )
    )
    counts = _column(
        [len(inside), len(outside), len(absent), *(len(text) for text in texts), len(payload)]
    )
    checksum = zlib.crc32(body, zlib.crc32(counts))
    name = _file_name(key)
    if cachefiles.write(folder, name, _MAGIC, _column([_BYTE_ORDER, checksum]), counts, body):
        cachefiles.prune(folder, _PREFIX, _KEPT)


def recall(root: str, key: str) -> bytes | None:
    """The payload that was remembered under this key, if nothing that was watched has changed."""
    content = cachefiles.read(cache_folder(root), _file_name(key), _LIMIT_BYTES)
    if content is None or len(content) < _HEADER_BYTES or not content.startswith(_MAGIC):
        return None
    header = memoryview(content)[len(_MAGIC) : _HEADER_BYTES].cast("Q").tolist()
    checked = memoryview(content)[len(_MAGIC) + 16 :]
    if header[0] != _BYTE_ORDER or header[1] != zlib.crc32(checked):
        return None
    body = memoryview(content)[_HEADER_BYTES:]
    inside, outside, absent, *lengths = header[2:]
    column = 8 * (inside + outside)
    if 4 * column + sum(lengths) != len(body) or not inside:
        return None
    texts = []
    end = 4 * column
    for length in lengths:
        texts.append(bytes(body[end : end + length]))
        end += length
    if texts[0] != key.encode() or not (texts[1] + b"\0").startswith(b".\0"):
        return None
    paths = _paths(texts[1], f"{root}/") + _paths(texts[2], "")
    columns = [body[column * i : column * (i + 1)].cast("Q" if i == 3 else "q") for i in range(4)]
    if len(paths) != inside + outside or not _unchanged(paths, columns):
        return None
    if absent and not _still_absent(_paths(texts[3], "")):
        return None
    return texts[4]


def _unchanged(paths: list[str], columns: list[memoryview[int]]) -> bool:
    stat = os.stat
    try:
        for path, expected in zip(paths, zip(*columns, strict=True), strict=True):
            found = stat(path)
            if expected != (
                found.st_size,
                found.st_mtime_ns,
                found.st_ctime_ns,
                found.st_ino,
            ):
                return False
    except OSError:
        return False
    return True


def _still_absent(paths: list[str]) -> bool:
    for path in paths:
        try:
            os.stat(path)
        except OSError:
            continue
        return False
    return True


def _paths(joined: bytes, prefix: str) -> list[str]:
    if not joined:
        return []
    return (prefix + os.fsdecode(joined).replace("\0", "\0" + prefix)).split("\0")


def _joined(paths: list[str]) -> bytes:
    return os.fsencode("\0".join(paths))


def _column(values: list[int]) -> bytes:
    # Inodes and checksums may use all 64 bits, times may be negative: one encoding holds both.
    import struct

    return struct.pack(f"={len(values)}Q", *(value & 0xFFFFFFFFFFFFFFFF for value in values))


def _file_name(key: str) -> str:
    return f"{_PREFIX}{zlib.crc32(key.encode()):08x}"
