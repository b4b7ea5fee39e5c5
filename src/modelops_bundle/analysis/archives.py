"""Which modules an archive on `sys.path` holds."""

from __future__ import annotations

from struct import unpack_from

# APPNOTE.TXT 6.3: "end of central directory record" and "central directory header".
_END, _END_BYTES = b"PK\x05\x06", 22
_HEADER, _HEADER_BYTES = b"PK\x01\x02", 46
_MAX_COMMENT_BYTES = 1 << 16


def archived_modules(content: bytes) -> frozenset[str]:
    """The top-level modules in a zip file; none in what is no zip file."""
    found: set[str] = set()
    for name in _names(content):
        head, slash, _ = name.partition("/")
        if slash or head.endswith(".py"):
            found.add(head.removesuffix(".py"))
    return frozenset(found)


def _names(content: bytes) -> list[str]:
    """The names in the central directory, as far as it can be read."""
    names: list[str] = []
    end = content.rfind(_END, max(0, len(content) - _END_BYTES - _MAX_COMMENT_BYTES))
    if end < 0 or end + _END_BYTES > len(content):
        return names
    size, _ = unpack_from("<II", content, end + 12)
    # What stands before the archive moves everything (a self-extracting one, `.pyz`).
    at = end - size
    while 0 <= at <= end - _HEADER_BYTES and content.startswith(_HEADER, at):
        name, extra, comment = unpack_from("<HHH", content, at + 28)
        start = at + _HEADER_BYTES
        names.append(content[start : start + name].decode("utf-8", "replace"))
        at = start + name + extra + comment
    return names
