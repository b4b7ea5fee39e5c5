"""Bytes to syntax trees: encodings, and source that is meant to break the parser."""

from __future__ import annotations

import warnings

import pytest

from modelops_bundle.analysis.source import MAX_SOURCE_BYTES, ParsedSource, parse_source
from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath

PATH = BundlePath("models/sir.py")


def parsed(content: bytes) -> ParsedSource:
    result = parse_source(PATH, content)
    assert isinstance(result, ParsedSource), result
    return result


def failure(content: bytes) -> ParseFailure:
    result = parse_source(PATH, content)
    assert isinstance(result, ParseFailure)
    return result


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", ("",)),
        (b"x = 'caf\xc3\xa9'", ("x = 'café'",)),
        (b"\xef\xbb\xbfx = 1", ("x = 1",)),
        (b"# coding: latin-1\nx = '\xe9'", ("# coding: latin-1", "x = 'é'")),
        (b"#!/usr/bin/env python\n# -*- coding: cp1252 -*-\nx = '\x80'", None),
        (b"x = 1\n# coding: no-such-codec\n", ("x = 1", "# coding: no-such-codec", "")),
        (b"x = 1\r\ny = 2\rz = 3\n", ("x = 1", "y = 2", "z = 3", "")),
        (b"x = 1\n\x0cy = 2\n", ("x = 1", "\x0cy = 2", "")),
        (b"x = 1 + \\\n  2", ("x = 1 + \\", "  2")),
    ],
)
def test_source_that_python_reads_is_read(content: bytes, lines: tuple[str, ...] | None) -> None:
    source = parsed(content)
    if lines is not None:
        assert source.lines == lines


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"x = 1\ndef (:\n", 2, "invalid syntax"),
        (b"x = 1\n\0\n", 2, "NUL"),
        (b"x = 1\ny = '\xe9'\n", 2, "utf-8"),
        (b"# coding: no-such-codec\n", 1, "no-such-codec"),
        (b"# coding: zlib\n", 1, "decoded"),
        (b"# coding: punycode\nx = 1\n", 1, "punycode"),
        (b"x = '\\N{no such name}'", 1, "unicode"),
        (b"if 1:\n\tx\n        y\n", 3, "tabs"),
        (b"x = " + b"9" * 5000, 1, "digits"),
        (b"(" * 500 + b")" * 500, 1, "parentheses"),
        (b"-" * 50_000 + b"1", 0, "deep"),
        (b"x" + b".a" * 50_000, 0, "deep"),
        (b"x = " + b"lambda: " * 20_000 + b"1", 0, "deep"),
        (b"if a: pass\n" + b"elif b: pass\n" * 20_000, 0, "deep"),
        (b"# coding: unicode_escape\nx = '\\ud800'", 0, "surrogates"),
        (b"#" * (MAX_SOURCE_BYTES + 1), 0, "larger"),
    ],
)
def test_source_that_cannot_be_parsed_is_a_failure_with_its_line(
    content: bytes, line: int, says: str
) -> None:
    found = failure(content)
    assert found.path == PATH
    assert found.line == line
    assert says in found.message


def test_warnings_about_the_source_are_not_shown() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        parsed(b"x = '\\d'\ny = 1 is 1\nz = 0x1for x in y\n")
    assert not shown


def test_a_segment_is_cut_at_utf8_columns_and_put_on_one_line() -> None:
    source = parsed("é = f('ü',\n      2)  # c\n".encode())
    statement = source.tree.body[0]
    assert source.segment(statement) == "é = f('ü', 2)"
