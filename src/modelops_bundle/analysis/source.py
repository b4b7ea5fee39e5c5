"""Bytes of a source file to its syntax tree, or to the reason why there is none."""

from __future__ import annotations

import ast
import codecs
import re
import threading
import warnings
from dataclasses import dataclass
from functools import cached_property

from modelops_bundle.core.observation import ParseFailure
from modelops_bundle.core.paths import BundlePath

#: Larger files count by content: their trees would take gigabytes.
MAX_SOURCE_BYTES = 8 * 1024 * 1024

# PEP 263: in the first two lines, and in the second only below a line without code.
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_UTF8 = frozenset({"utf-8", "utf-8-sig"})
# Codecs whose decoders take quadratic time.
_SLOW_CODECS = frozenset({"punycode", "idna"})
_QUIET = threading.Lock()


@dataclass(frozen=True)
class ParsedSource:
    """A file that parsed.

    Attributes:
        tree: The module; offsets are those of `ast` (columns count UTF-8 bytes).
        text: The decoded source without byte order mark, its line ends normalised.
    """

    path: BundlePath
    tree: ast.Module
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text, split as Python counts lines."""
        return tuple(self.text.split("\n"))

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The source text of a node, runs of white space as one blank."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        chosen = [line.encode("utf-8", "surrogatepass") for line in self.lines[first : last + 1]]
        if not chosen:
            return ""
        if node.end_col_offset is not None:
            chosen[-1] = chosen[-1][: node.end_col_offset]
        chosen[0] = chosen[0][node.col_offset :]
        return " ".join(b"\n".join(chosen).decode("utf-8", "replace").split())


def declared_encoding(content: bytes) -> str | None:
    """The encoding that the file declares (PEP 263), as written; None where it declares none."""
    first, _, rest = content.removeprefix(codecs.BOM_UTF8)[:1024].partition(b"\n")
    match = _COOKIE.match(first.rstrip(b"\r"))
    if match is None and _BLANK.match(first.rstrip(b"\r")):
        match = _COOKIE.match(rest.partition(b"\n")[0].rstrip(b"\r"))
    return match.group(1).decode("ascii", "replace") if match else None


def parse_source(path: BundlePath, content: bytes) -> ParsedSource | ParseFailure:
    """Parse a file as this interpreter's import would. Warnings about the source are not shown."""
    if len(content) > MAX_SOURCE_BYTES:
        limit = MAX_SOURCE_BYTES // 1024 // 1024
        return ParseFailure(path=path, message=f"larger than {limit} MiB")
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        return ParseFailure(path=path, message="source contains a NUL byte", line=line)
    text = _decode(path, content)
    if isinstance(text, ParseFailure):
        return text
    try:
        tree = parse_quietly(content, path)
    except SyntaxError as error:
        return ParseFailure(
            path=path,
            message=error.msg or "invalid syntax",
            line=max(error.lineno or 0, 0),
            column=max(error.offset or 0, 0),
        )
    except (RecursionError, MemoryError):
        return ParseFailure(path=path, message="expression nested too deeply")
    except (ValueError, LookupError) as error:
        return ParseFailure(path=path, message=str(error))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return ParsedSource(path, tree, text)


def parse_quietly(content: bytes, name: str = "<unknown>") -> ast.Module:
    """`ast.parse` that shows no warning about the source; raises what that raises."""
    # Which warnings are shown is one setting of the process: two threads that both set it and put
    # it back could leave it changed.
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(content, filename=name)


def _decode(path: BundlePath, content: bytes) -> str | ParseFailure:
    declared = declared_encoding(content)
    encoding = "utf-8-sig"
    if declared is not None:
        try:
            encoding = codecs.lookup(declared).name
        except (LookupError, ValueError):
            return ParseFailure(path=path, message=f"unknown encoding: {declared}", line=1)
        if encoding in _SLOW_CODECS:
            return ParseFailure(path=path, message=f"encoding not read: {declared}", line=1)
        if encoding in _UTF8:
            encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return ParseFailure(path=path, message=f"not valid {error.encoding}", line=line)
    except (LookupError, ValueError) as error:
        return ParseFailure(path=path, message=f"cannot be decoded: {error}", line=1)
