"""Amounts of bytes as people type them."""

from __future__ import annotations

import re

from modelops_bundle.errors import UsageError

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.ASCII | re.IGNORECASE)


def size_bytes(text: str) -> int:
    """`500MB` (powers of 1000) or `10GiB` (powers of 1024) in bytes.

    Raises:
        UsageError: it is neither.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None or (found[3] and not found[2]):
        raise UsageError(f"not a size: {text!r}", hint="give 500MB, 10GiB or a number of bytes")
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " kmgt".index(found[2].lower() or " "))
