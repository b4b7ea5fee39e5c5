"""Names in archives, against the standard library's writer, and bytes that are no archive."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.analysis.archives import archived_modules


def archive(*names: str, before: bytes = b"", comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    stream.write(before)
    with zipfile.ZipFile(stream, "w") as made:
        made.comment = comment
        for name in names:
            made.writestr(name, b"x = 1\n")
    return stream.getvalue()


@pytest.mark.parametrize("comment", [b"", b"a comment PK"])
@pytest.mark.parametrize("before", [b"", b"#!/usr/bin/env python\n"])
def test_its_top_level_modules_are_named(before: bytes, comment: bytes) -> None:
    names = ("kit/__init__.py", "kit/deep/x.py", "single.py", "readme.txt", "näme.py")
    content = archive(*names, before=before, comment=comment)
    assert archived_modules(content) == {"kit", "single", "näme"}


def test_an_empty_archive_holds_nothing() -> None:
    assert archived_modules(archive()) == frozenset()


@given(st.binary(max_size=200), st.integers(0, 120))
def test_any_bytes_are_read_in_bounds(noise: bytes, cut: int) -> None:
    assert archived_modules(noise) == frozenset()
    archived_modules(archive("kit/__init__.py")[cut:] + noise)
