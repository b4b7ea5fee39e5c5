"""Digests: of bytes, of file trees, and of framed sequences of fields."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from modelops_bundle.core.paths import BundlePath
from modelops_bundle.errors import InvalidDigestError

_HEX = frozenset("0123456789abcdef")
_PREFIX = "sha256:"


class Digest(str):
    """`sha256:<64 lower-case hex>` over bytes (OCI image-spec v1.1, "Digests")."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Check a digest.

        Raises:
            InvalidDigestError: another algorithm, another length, or not lower-case hex.
        """
        if not text.startswith(_PREFIX) or len(text) != 71 or not _HEX.issuperset(text[7:]):
            raise InvalidDigestError(f"not a sha256 digest: {text!r}")
        return cls(text)

    @classmethod
    def of_bytes(cls, content: bytes | bytearray | memoryview) -> Digest:
        """The digest of these bytes."""
        return cls(_PREFIX + hashlib.sha256(content).hexdigest())

    @property
    def hex(self) -> str:
        """The 64 hex digits."""
        return self[7:]

    @property
    def short(self) -> str:
        """The first 8 hex digits, for people."""
        return self[7:15]


class SemanticDigest(str):
    """`v<scheme>:sha256:<hex>`: what code means, in a scheme that may be revised."""

    __slots__ = ()


def framed(fields: Iterable[bytes]) -> bytes:
    """Join fields so that no two different sequences give the same bytes (length-prefixed)."""
    return b"".join(b"%d:%b," % (len(field), field) for field in fields)


def digest_of_fields(*fields: str) -> Digest:
    """The digest of a sequence of texts, framed."""
    return Digest.of_bytes(framed(field.encode("utf-8", "surrogatepass") for field in fields))


def tree_digest(files: Mapping[BundlePath, Digest]) -> Digest:
    """The digest of a set of files: paths and contents, nothing else (law 5).

    File modes, times and the order of the mapping do not count.
    """
    return digest_of_fields(*(text for path in sorted(files) for text in (path, files[path])))
