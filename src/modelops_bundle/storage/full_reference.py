"""A reference that says by itself where the bundle is: no project is needed to follow it."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.errors import UsageError
from modelops_bundle.storage.base import parse_reference
from modelops_bundle.storage.registry_address import SCHEME, looks_like_registry

_FOLDERS = ("layout:", "file://")
_HINT = "give URL:tag or URL@sha256:..."


@dataclass(frozen=True, slots=True)
class FullReference:
    """A remote and what is meant there.

    Attributes:
        url: Of the remote, as it was written.
        reference: A tag, a digest or its beginning; "" where the text names a remote only.
    """

    url: str
    reference: str


def parse_full_reference(text: str) -> FullReference | None:
    """Read `URL`, `URL:tag` or `URL@sha256:…`; None for a text that names no remote.

    A plain reference has no `/`, and no URL is without one, but for `layout:folder`.

    Raises:
        UsageError: what follows the `@` is no digest, or what follows the last `:` is no tag. The
            rest of the text is not shown: it may hold a password.
    """
    scheme = next((s for s in (SCHEME, *_FOLDERS) if text.startswith(s)), "")
    if not scheme and not looks_like_registry(text.partition("@")[0]):
        return None
    body = text.removeprefix(scheme)
    place, at, digest = body.rpartition("@")
    if at and "/" not in digest:
        return FullReference(scheme + place, _digest(digest))
    folder, slash, last = body.rpartition("/")
    name, colon, tag = last.rpartition(":")
    if not colon or (not slash and scheme == SCHEME):
        return FullReference(text, "")
    if not parse_reference(tag).tag:
        raise UsageError(f"not a tag: {tag!r:.100}", hint=_HINT)
    return FullReference(f"{scheme}{folder}{slash}{name}", tag)


def _digest(text: str) -> str:
    if parse_reference(text).tag:
        raise UsageError(f"not a digest: {text!r:.100}", hint=_HINT)
    return text
