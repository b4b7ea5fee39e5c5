"""The JSON of what refers to a bundle: manifests with a `subject`, and lists of them.

OCI image-spec v1.1, "Image Manifest"; distribution-spec v1.1, "Listing Referrers" and "Referrers
Tag Schema". What is read may be anybody's: only what is understood is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from modelops_bundle.codec.oci_json import (
    canonical_json,
    decode_descriptor,
    encode_descriptor,
    parse_document,
)
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import IMAGE_INDEX_MEDIA_TYPE, MANIFEST_MEDIA_TYPE, Descriptor
from modelops_bundle.core.provenance import PROVENANCE_TYPE, Provenance, Referrer
from modelops_bundle.errors import HostileBundleError

#: OCI image-spec v1.1, "Guidance for an Empty Descriptor".
EMPTY_CONTENT = b"{}"
EMPTY = Descriptor(
    media_type="application/vnd.oci.empty.v1+json",
    digest=Digest.of_bytes(EMPTY_CONTENT),
    size_bytes=len(EMPTY_CONTENT),
)

#: OCI image-spec v1.1, "Annotations", pre-defined keys; and our own.
_CREATED = "org.opencontainers.image.created"
_AUTHORS = "org.opencontainers.image.authors"
_REVISION = "org.opencontainers.image.revision"
_TREE = "vnd.modelops.bundle.tree"
_TOOL = "vnd.modelops.bundle.tool"
_CLEAN, _DIRTY = "clean", "dirty"
_MOST = 1_000
_SHOWN = 200


def encode_provenance(subject: Descriptor, provenance: Provenance) -> bytes:
    """The manifest that says where a bundle came from; all of it is in annotations."""
    tree = "" if provenance.dirty is None else _DIRTY if provenance.dirty else _CLEAN
    annotations = {
        _CREATED: provenance.created,
        _AUTHORS: provenance.author,
        _REVISION: provenance.commit,
        _TREE: tree,
        _TOOL: provenance.tool,
    }
    return canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_MEDIA_TYPE,
            "artifactType": PROVENANCE_TYPE,
            "config": encode_descriptor(EMPTY),
            "layers": [encode_descriptor(EMPTY)],
            "subject": encode_descriptor(subject),
            "annotations": {key: text for key, text in annotations.items() if text},
        }
    )


def decode_provenance(annotations: Mapping[str, str]) -> Provenance:
    """What the annotations of such a manifest say, each on one line of bounded length."""
    tree = annotations.get(_TREE)
    return Provenance(
        created=_shown(annotations.get(_CREATED, "")),
        author=_shown(annotations.get(_AUTHORS, "")),
        commit=_shown(annotations.get(_REVISION, "")),
        dirty={_CLEAN: False, _DIRTY: True}.get(tree or ""),
        tool=_shown(annotations.get(_TOOL, "")),
    )


def subject_of(content: bytes) -> Digest | None:
    """What a manifest refers to; None where it refers to nothing."""
    try:
        subject = parse_document(content, "manifest").get("subject")
        return None if subject is None else decode_descriptor(subject, "subject").digest
    except HostileBundleError:
        return None


def check_subject(content: bytes) -> Digest:
    """What a manifest refers to.

    Raises:
        HostileBundleError: it refers to nothing.
    """
    subject = subject_of(content)
    if subject is None:
        raise HostileBundleError("a manifest that refers to nothing", not_done="it was not stored")
    return subject


def referrer_of(content: bytes) -> Referrer:
    """A manifest as a list of referrers names it.

    Raises:
        HostileBundleError: no manifest.
    """
    document = parse_document(content, "manifest")
    own = {
        "mediaType": document.get("mediaType", MANIFEST_MEDIA_TYPE),
        "digest": Digest.of_bytes(content),
        "size": len(content),
        "annotations": document.get("annotations"),
    }
    config = document.get("config")
    fallback = config.get("mediaType") if isinstance(config, dict) else None
    kind = document.get("artifactType") or fallback
    return Referrer(decode_descriptor(own, "manifest"), kind if isinstance(kind, str) else "")


def decode_referrers(content: bytes) -> tuple[Referrer, ...]:
    """A list of referrers: an image index. What is not understood in it is passed over.

    Raises:
        HostileBundleError: no such list.
    """
    entries = parse_document(content, "referrers").get("manifests")
    if not isinstance(entries, list) or len(entries) > _MOST:
        raise HostileBundleError(f"referrers: manifests is no list of at most {_MOST}")
    return tuple(_understood(entries))


def encode_referrers(referrers: Sequence[Referrer]) -> bytes:
    """A list of referrers, for a registry that does not keep one itself."""
    return canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": IMAGE_INDEX_MEDIA_TYPE,
            "manifests": [encode_referrer(referrer) for referrer in referrers],
        }
    )


def encode_referrer(referrer: Referrer) -> dict[str, Any]:
    """One entry of such a list."""
    return {**encode_descriptor(referrer.manifest), "artifactType": referrer.artifact_type}


def _understood(entries: Iterable[Any]) -> Iterable[Referrer]:
    for entry in entries:
        try:
            manifest = decode_descriptor(entry, "referrer")
        except HostileBundleError:
            continue
        kind = entry.get("artifactType")
        yield Referrer(manifest, kind if isinstance(kind, str) else "")


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:_SHOWN]).strip()
