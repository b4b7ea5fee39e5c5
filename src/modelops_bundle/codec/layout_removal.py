"""What an image layout can do without once a manifest is gone from it: decided from its documents.

Other tools keep things in layouts too. Whatever a document names by a digest counts as needed,
and where a listed document cannot be read, nothing is called unused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from modelops_bundle.codec.layout_json import decode_layout_index
from modelops_bundle.codec.oci_json import canonical_json, decode_descriptor, parse_document
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import Descriptor
from modelops_bundle.errors import HostileBundleError, InvalidDigestError

#: The bytes of a document of the layout; None where they are not there, or damaged.
Read = Callable[[Digest], bytes | None]
_MOST = 1_000_000
#: Where a document names others (OCI image-spec v1.1): what it is about, and what it is made of.
_UP = ("subject",)
_DOWN = ("config", "layers", "blobs", "manifests")


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to be written, and what may be deleted after that.

    Attributes:
        content: `index.json` without the manifest, its tags, and what refers to it.
    """

    content: bytes
    unused: frozenset[Digest]


def plan_removal(content: bytes, digest: Digest, read: Read) -> Removal:
    """Decide what goes with a manifest: its tags, its referrers, and blobs that only they need.

    Args:
        content: `index.json` as it is.

    Raises:
        HostileBundleError: it is malformed.
    """
    document = parse_document(content, "index.json")
    listed = decode_layout_index(content).digests
    gone = _with_referrers(digest, listed, read)
    kept = [entry for entry in document["manifests"] if entry.get("digest") not in gone]
    needed = _reached((d for d in listed if d not in gone), read)
    unused = frozenset[Digest]()
    if needed is not None:
        unused = frozenset((_reached(gone, read, whole=False) or set()) - needed)
    return Removal(canonical_json({**document, "manifests": kept}), unused)


def described(content: bytes) -> list[Descriptor]:
    """The blobs that a manifest is made of; its subject is not among them.

    Raises:
        HostileBundleError: malformed.
    """
    document = parse_document(content, "manifest")
    layers = document.get("layers")
    parts = [document.get("config"), *(layers if isinstance(layers, list) else ())]
    return [decode_descriptor(part, "manifest") for part in parts if part is not None]


def _with_referrers(digest: Digest, listed: Iterable[Digest], read: Read) -> set[Digest]:
    """The manifest and, among those that are listed, all that refer to it."""
    subjects = {one: subject for one in listed if (subject := _subject(read(one)))}
    gone = {digest}
    while more := {one for one, subject in subjects.items() if subject in gone} - gone:
        gone |= more
    return gone


def _subject(content: bytes | None) -> str:
    """What a manifest refers to (OCI image-spec v1.1, "subject"), or ""."""
    try:
        subject = {} if content is None else parse_document(content, "manifest").get("subject")
    except HostileBundleError:
        return ""
    return str(subject.get("digest", "")) if isinstance(subject, dict) else ""


def _reached(roots: Iterable[Digest], read: Read, *, whole: bool = True) -> set[Digest] | None:
    """The roots and everything below them.

    Args:
        whole: Take up subjects too, and give None where a document cannot be read.
    """
    found = set(roots)
    pending = list(found)
    while pending:
        content = read(pending.pop())
        try:
            document = {} if content is None else parse_document(content, "manifest")
            named = set(_named(document, _UP + _DOWN if whole else _DOWN))
        except HostileBundleError:
            content, named = None, set()
        if content is None and whole:
            return None
        inner = {digest for digest, is_document in named if is_document} - found
        pending += inner
        found |= {digest for digest, _ in named}
        if len(found) > _MOST:
            return None
    return found


def _named(document: dict[str, Any], keys: Iterable[str]) -> Iterator[tuple[Digest, bool]]:
    """Every digest in the descriptors of a document, and whether it is a document's."""
    for key in keys:
        value = document.get(key)
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, dict):
                try:
                    yield Digest.parse(str(part.get("digest"))), key in ("subject", "manifests")
                except InvalidDigestError:
                    continue
