"""OCI's own JSON documents: canonical when written, hostile until proven when read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import (
    BUNDLE_INDEX_MEDIA_TYPE,
    IMAGE_INDEX_MEDIA_TYPE,
    MANIFEST_MEDIA_TYPE,
    PACKED_INDEX_MEDIA_TYPE,
    Descriptor,
    Manifest,
)
from modelops_bundle.errors import HostileBundleError, InvalidDigestError, RemoteError

#: Bounds on what is read. A registry may refuse manifests above 4 MiB (distribution-spec v1.1,
#: "Pushing Manifests"); a layout folder does not, and 100,000 files take some 25 MB. Whatever a
#: document within these bounds holds, reading it takes less than 200 MB of memory.
MAX_DOCUMENT_BYTES = 24 * 1024 * 1024
MAX_FILES = 100_000
#: Values and objects in one document, by the signs that begin them: a file takes nine and two.
_MAX_VALUES = 10 * MAX_FILES
_MAX_OBJECTS = 2 * MAX_FILES + 1000
#: Python keeps a text in so many bytes for each character as the largest of them takes.
_WIDE = ((re.compile(rb"[\xf0-\xff]"), 4), (re.compile(rb"[\xc4-\xef]"), 2))
MAX_FILE_BYTES = 1 << 40
MAX_TEXT = 2_000

NOT_A_BUNDLE = "it may be no bundle, or be written by a newer version of this tool"


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """Sorted keys, no white space, UTF-8: one text for one value."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def encode_descriptor(descriptor: Descriptor) -> dict[str, Any]:
    """A descriptor as a JSON object."""
    document: dict[str, Any] = {
        "mediaType": descriptor.media_type,
        "digest": descriptor.digest,
        "size": descriptor.size_bytes,
    }
    if descriptor.annotations:
        document["annotations"] = dict(descriptor.annotations)
    return document


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest's bytes; their digest is the bundle's."""
    return canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_MEDIA_TYPE,
            "config": encode_descriptor(manifest.config),
            "layers": [encode_descriptor(layer) for layer in manifest.layers],
        }
    )


def decode_manifest(content: bytes) -> Manifest:
    """Read the manifest of a bundle.

    Raises:
        RemoteError: an image index, an image that is no bundle, or a format of a newer tool.
        HostileBundleError: malformed, or out of bounds.
    """
    document = parse_document(content, "manifest")
    media_type = document.get("mediaType", MANIFEST_MEDIA_TYPE)
    if media_type == IMAGE_INDEX_MEDIA_TYPE or "manifests" in document:
        raise RemoteError("the reference names an image index, not a bundle", hint=NOT_A_BUNDLE)
    if media_type != MANIFEST_MEDIA_TYPE or document.get("schemaVersion") != 2:
        raise RemoteError(f"not an OCI image manifest: {media_type!r:.200}", hint=NOT_A_BUNDLE)
    config = decode_descriptor(document.get("config"), "config")
    if config.media_type not in (BUNDLE_INDEX_MEDIA_TYPE, PACKED_INDEX_MEDIA_TYPE):
        raise RemoteError(
            f"not a bundle that this version reads: its config is {config.media_type!r}",
            hint=NOT_A_BUNDLE,
        )
    layers = document.get("layers")
    if not isinstance(layers, list) or len(layers) > MAX_FILES:
        hostile(f"layers is no list of at most {MAX_FILES} descriptors")
    return Manifest(
        config=config,
        layers=tuple(decode_descriptor(layer, f"layers[{n}]") for n, layer in enumerate(layers)),
    )


def parse_document(content: bytes, what: str) -> dict[str, Any]:
    """Parse one JSON object of bounded size, with no key twice and no number beyond JSON.

    Raises:
        HostileBundleError: anything else.
    """
    width = next((width for signs, width in _WIDE if signs.search(content)), 1)
    if len(content) * width > MAX_DOCUMENT_BYTES:
        hostile(f"{what} of {len(content)} bytes")
    if sum(map(content.count, (b",", b"[", b"{"))) > _MAX_VALUES:
        hostile(f"{what} holds more than {_MAX_VALUES} values")
    if content.count(b"{") > _MAX_OBJECTS:
        hostile(f"{what} holds more than {_MAX_OBJECTS} objects")
    try:
        document = json.loads(
            content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except HostileBundleError:
        raise
    except RecursionError:
        hostile(f"{what} is nested too deeply")
    except ValueError as error:
        hostile(f"{what} is no JSON: {error!s:.200}")
    if not isinstance(document, dict):
        hostile(f"{what} is no JSON object")
    return document


def decode_descriptor(value: Any, where: str) -> Descriptor:
    """Read one descriptor.

    Raises:
        HostileBundleError: malformed, or out of bounds.
    """
    if not isinstance(value, dict):
        hostile(f"{where} is no descriptor")
    annotations = value.get("annotations")
    if annotations is None:
        annotations = {}
    if value.get("urls"):
        hostile(f"{where}: its content is said to be elsewhere")
    if not isinstance(annotations, dict) or not all(
        isinstance(text, str) for text in annotations.values()
    ):
        hostile(f"{where}: annotations is no mapping of texts")
    return Descriptor(
        media_type=text_of(value.get("mediaType"), f"{where}: mediaType"),
        digest=digest_of(value.get("digest"), where),
        size_bytes=size_of(value.get("size"), where),
        annotations=annotations,
    )


def text_of(value: Any, where: str) -> str:
    """A short line of ASCII.

    Raises:
        HostileBundleError: anything else.
    """
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        hostile(f"{where} is no text of at most {MAX_TEXT} characters")
    if not value.isascii() or not value.isprintable():
        hostile(f"{where} has a character that does not belong there")
    return value


def digest_of(value: Any, where: str) -> Digest:
    """A digest.

    Raises:
        HostileBundleError: anything else.
    """
    if not isinstance(value, str):
        hostile(f"{where}: digest is no text")
    try:
        return Digest.parse(value)
    except InvalidDigestError as error:
        hostile(f"{where}: {error.message:.200}")


def size_of(value: Any, where: str) -> int:
    """A size in bytes.

    Raises:
        HostileBundleError: anything else, or larger than a file may be.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_FILE_BYTES:
        hostile(f"{where}: size {value!r:.50} is not between 0 and {MAX_FILE_BYTES} bytes")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        hostile("a key stands twice in one JSON object")
    return document


def _no_constant(text: str) -> NoReturn:
    hostile(f"not a JSON number: {text}")


def hostile(message: str) -> NoReturn:
    """Refuse what was read.

    Raises:
        HostileBundleError: always.
    """
    raise HostileBundleError(message, not_done="nothing was written")
