"""The two JSON documents of an OCI image layout: `oci-layout` and `index.json`.

Other tools write layouts too, so what is not understood is kept as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelops_bundle.codec.oci_json import canonical_json, encode_descriptor, parse_document
from modelops_bundle.codec.referrer_json import encode_referrer
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import IMAGE_INDEX_MEDIA_TYPE, REF_NAME_ANNOTATION, Descriptor
from modelops_bundle.core.provenance import Referrer
from modelops_bundle.errors import HostileBundleError, InvalidDigestError, RemoteError

#: OCI image-spec v1.1, "Image Layout", oci-layout file.
LAYOUT_VERSION = "1.0.0"


@dataclass(frozen=True, slots=True)
class LayoutIndex:
    """What `index.json` lists.

    Attributes:
        tags: The first manifest of each name, as other tools read it.
        digests: All manifests, named or not.
    """

    tags: dict[str, Digest]
    digests: frozenset[Digest]

    @classmethod
    def empty(cls) -> LayoutIndex:
        """Of a layout that nothing has been published to."""
        return cls({}, frozenset())


def encode_layout_marker() -> bytes:
    """The `oci-layout` file."""
    return canonical_json({"imageLayoutVersion": LAYOUT_VERSION})


def check_layout_marker(content: bytes) -> None:
    """Check an `oci-layout` file.

    Raises:
        RemoteError: not a layout, or of another version.
    """
    version = parse_document(content, "oci-layout").get("imageLayoutVersion")
    if version != LAYOUT_VERSION:
        raise RemoteError(f"OCI image layout of version {version!r:.50}, not {LAYOUT_VERSION}")


def decode_layout_index(content: bytes) -> LayoutIndex:
    """Read `index.json`.

    Raises:
        HostileBundleError: malformed.
    """
    tags: dict[str, Digest] = {}
    digests: set[Digest] = set()
    for entry in _manifests(parse_document(content, "index.json")):
        digest = _digest(entry)
        if digest is None:
            continue
        digests.add(digest)
        name = _name(entry)
        if name:
            tags.setdefault(name, digest)
    return LayoutIndex(tags, frozenset(digests))


def with_tags(content: bytes | None, manifest: Descriptor, names: Sequence[str]) -> bytes:
    """`index.json` in which these names, and no other manifest, name a manifest.

    A manifest that loses its last name stays listed without one.

    Args:
        content: The file as it is; None where there is none.
        manifest: Media type, digest and size; annotations are those of the names.
        names: In order.

    Raises:
        HostileBundleError: the file is malformed; it must not be written over.
    """
    document: dict[str, Any] = {"schemaVersion": 2, "mediaType": IMAGE_INDEX_MEDIA_TYPE}
    if content is not None:
        document = parse_document(content, "index.json")
    before = _manifests(document)
    kept = [entry for entry in before if _name(entry) not in names]
    known = {_key(entry) for entry in kept} | {manifest.digest}
    for entry in before:
        if _key(entry) not in known:
            known.add(_key(entry))
            kept.append(_unnamed(entry))
    # A nameless entry has served its purpose once the manifest has a name.
    kept = [entry for entry in kept if _key(entry) != manifest.digest or _name(entry)]
    bare = encode_descriptor(manifest)
    named = [{**bare, "annotations": {REF_NAME_ANNOTATION: name}} for name in dict.fromkeys(names)]
    return canonical_json({**document, "manifests": kept + named})


def with_referrer(content: bytes | None, referrer: Referrer) -> bytes:
    """`index.json` that lists a manifest which refers to another: without a name of its own.

    Args:
        content: The file as it is; None where there is none.

    Raises:
        HostileBundleError: the file is malformed; it must not be written over.
    """
    document: dict[str, Any] = {"schemaVersion": 2, "mediaType": IMAGE_INDEX_MEDIA_TYPE}
    if content is not None:
        document = parse_document(content, "index.json")
    entries = _manifests(document)
    if any(_key(entry) == referrer.manifest.digest for entry in entries):
        return content or canonical_json({**document, "manifests": entries})
    return canonical_json({**document, "manifests": [*entries, encode_referrer(referrer)]})


def nameless(content: bytes | None, artifact_type: str) -> frozenset[Digest]:
    """Manifests that are listed without a name and may be of that type.

    Raises:
        HostileBundleError: the file is malformed.
    """
    if content is None:
        return frozenset()
    entries = _manifests(parse_document(content, "index.json"))
    found = (
        _digest(entry)
        for entry in entries
        if not _name(entry) and entry.get("artifactType", artifact_type) == artifact_type
    )
    return frozenset(digest for digest in found if digest is not None)


def _manifests(document: dict[str, Any]) -> list[dict[str, Any]]:
    entries = document.get("manifests", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise HostileBundleError("index.json: manifests is no list of descriptors")
    return entries


def _key(entry: dict[str, Any]) -> str:
    """The entry's digest as it stands there, of whatever algorithm."""
    return str(entry.get("digest"))


def _digest(entry: dict[str, Any]) -> Digest | None:
    """The entry's digest, or None where it is of an algorithm that bundles do not use."""
    value = entry.get("digest")
    try:
        return Digest.parse(value) if isinstance(value, str) else None
    except InvalidDigestError:
        return None


def _name(entry: dict[str, Any]) -> str:
    annotations = entry.get("annotations")
    name = annotations.get(REF_NAME_ANNOTATION) if isinstance(annotations, dict) else None
    return name if isinstance(name, str) else ""


def _unnamed(entry: dict[str, Any]) -> dict[str, Any]:
    annotations = {k: v for k, v in entry["annotations"].items() if k != REF_NAME_ANNOTATION}
    bare = {key: value for key, value in entry.items() if key != "annotations"}
    return {**bare, "annotations": annotations} if annotations else bare
