"""`registry.yaml`: read, written anew, and edited in place."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from modelops_bundle.codec.registry_compare import lost_key, same_registry
from modelops_bundle.codec.registry_decode import NewerVersion, decode_root
from modelops_bundle.codec.registry_edit import edited_text
from modelops_bundle.codec.registry_encode import new_text
from modelops_bundle.codec.yaml_emit import NotWritable
from modelops_bundle.codec.yaml_layout import layout_of
from modelops_bundle.codec.yaml_nodes import Document, YamlProblem, parse_document
from modelops_bundle.core.registry import BundleRegistry, EntryKey
from modelops_bundle.errors import RegistryError

#: How the file is called in messages.
REGISTRY_NAME = ".modelops-bundle/registry.yaml"
_NOT_WRITTEN = "registry.yaml was not written"
_BOM_BYTES = codecs.BOM_UTF8
_LINE_ENDS = ("\n", "\r", "\x85", "\u2028", "\u2029")
_FIRST_BREAK = re.compile("\r\n|[\n\r]")
#: Each pass writes out the aliases of what the pass before it changed.
_PASSES = 4


def decode(content: bytes, *, name: str = REGISTRY_NAME) -> BundleRegistry:
    """Read a registry document; an empty file is an empty registry.

    Version 1.0 is read leniently: what is missing, null or a malformed digest counts as absent,
    and paths may have backslashes. Keys that are not known are passed over.

    Args:
        content: The bytes of the file; a byte order mark and any line breaks will do.
        name: How messages call the file.

    Raises:
        RegistryError: no UTF-8, no YAML, a duplicate key, a wrong type, a path that leaves the
            project, aliases that expand to too much, or a newer major version; with the place.
    """
    with _translated(name):
        return decode_root(parse_document(_text(content)).root)


def new_document(registry: BundleRegistry) -> bytes:
    """Write a registry anew: block style, two spaces, each digest on a line of its own.

    Raises:
        RegistryError: it holds what no document can (a lone surrogate, a path that cannot be
            read back).
    """
    with _translated("", not_done=_NOT_WRITTEN):
        content = new_text(registry).encode()
        _prove(registry, _read_back(content.decode())[1])
    return content


def edit(
    content: bytes,
    result: BundleRegistry,
    *,
    renamed: Mapping[EntryKey, str] = MappingProxyType({}),
    name: str = REGISTRY_NAME,
) -> bytes:
    """Make a document say `result`, changing only the lines that must change.

    `decode(edit(content, result)) == result`, and comments, order, quoting, line breaks and keys
    that are not known stay (law 4); if that cannot be had, nothing is returned.

    Args:
        content: The document as it stands.
        result: What it should say.
        renamed: New ids of entries that keep their place; `result` has them under the new id.
        name: How messages call the file.

    Raises:
        RegistryError: the document cannot be read, or not be edited safely.
    """
    with _translated(name):
        text = _text(content)
        before = parse_document(text)
        current = decode_root(before.root)
    if same_registry(current, result):
        return content
    with _translated(name, not_done=_NOT_WRITTEN):
        newline = _newline(text)
        text = text if not text or text.endswith(_LINE_ENDS) else text + newline
        pending = renamed
        document = before if text == before.text else parse_document(text)
        for _ in range(_PASSES if document.aliased else 1):
            layout = layout_of(document.root, newline)
            document, current = _read_back(edited_text(document, layout, current, result, pending))
            pending = {}
            if same_registry(current, result):
                break
        _prove(result, current)
        lost = lost_key(before.root, document.root, renamed)
        if lost:
            raise YamlProblem(f"the edit would change '{lost}', which is not its concern")
    return (_BOM_BYTES if content.startswith(_BOM_BYTES) else b"") + document.text.encode()


def _text(content: bytes) -> str:
    try:
        return content.removeprefix(_BOM_BYTES).decode()
    except UnicodeDecodeError as error:
        start = len(content) - len(content.removeprefix(_BOM_BYTES)) + error.start
        line = content.count(b"\n", 0, start) + 1
        column = start - content.rfind(b"\n", 0, start)
        raise YamlProblem("not UTF-8", line, column) from None


def _newline(text: str) -> str:
    found = _FIRST_BREAK.search(text)
    return found.group() if found else "\n"


def _read_back(text: str) -> tuple[Document, BundleRegistry]:
    """Parse what was just made; its places mean nothing to anybody, so errors leave them out."""
    try:
        document = parse_document(text)
        return document, decode_root(document.root)
    except YamlProblem as problem:
        raise YamlProblem(f"the edited text would not be valid: {problem.message}") from None


def _prove(intended: BundleRegistry, read_back: BundleRegistry) -> None:
    if not same_registry(intended, read_back):
        raise YamlProblem("the edited text would not read back as what was intended")


@contextmanager
def _translated(name: str, *, not_done: str = "") -> Iterator[None]:
    try:
        yield
    except NewerVersion as problem:
        raise RegistryError(
            problem.message,
            path=name,
            line=problem.line,
            column=problem.column,
            not_done=not_done,
            hint="upgrade modelops-bundle",
        ) from None
    except YamlProblem as problem:
        raise RegistryError(
            problem.message,
            path=name,
            line=problem.line,
            column=problem.column,
            not_done=not_done,
            hint="edit that place by hand, then try again" if not_done else "",
        ) from None
    except NotWritable as problem:
        raise RegistryError(str(problem), path=name, not_done=_NOT_WRITTEN) from None
