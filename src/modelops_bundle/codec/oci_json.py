"""The JSON of published bundles: canonical when written, hostile until proven when read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.oci import (
    BUNDLE_INDEX_MEDIA_TYPE,
    IMAGE_INDEX_MEDIA_TYPE,
    MANIFEST_MEDIA_TYPE,
    BundleIndex,
    Descriptor,
    IndexFile,
    Manifest,
)
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_paths
from modelops_bundle.errors import (
    HostileBundleError,
    IntegrityError,
    InvalidDigestError,
    InvalidPathError,
    RemoteError,
)

#: Bounds on what is read. A registry may refuse manifests above 4 MiB (distribution-spec v1.1,
#: "Pushing Manifests"); a layout folder does not, and 100,000 files take some 30 MB.
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
MAX_FILES = 200_000
MAX_FILE_BYTES = 1 << 40
MAX_TOTAL_BYTES = 1 << 43
MAX_TEXT = 2_000

#: Constant, so that a digest is a function of content alone (law 5).
_CREATED = "1970-01-01T00:00:00Z"
_TOOL = {"name": "modelops-bundle"}
_INDEX_VERSION = "1.0"

_NOT_A_BUNDLE = "it may be no bundle, or be written by a newer version of this tool"


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


def encode_bundle_index(index: BundleIndex) -> bytes:
    """The config blob of wire format `files` (transport.md)."""
    files = {
        path: {
            "path": path,
            "digest": file.digest,
            "size": file.size_bytes,
            "storage": "blob" if file.external_uri else "oci",
            "mediaType": file.media_type,
            "blobRef": {"uri": file.external_uri, "etag": None} if file.external_uri else None,
        }
        for path, file in index.files.items()
    }
    document = {"version": _INDEX_VERSION, "created": _CREATED, "tool": _TOOL, "metadata": {}}
    return canonical_json({**document, "files": files})


def bundle_documents(index: BundleIndex) -> tuple[Manifest, bytes, bytes]:
    """Everything that publishing these files takes beside their content.

    Returns:
        The manifest, its bytes, and the bytes of the index that it names as its config.
    """
    content = encode_bundle_index(index)
    config = Descriptor(
        media_type=BUNDLE_INDEX_MEDIA_TYPE,
        digest=Digest.of_bytes(content),
        size_bytes=len(content),
    )
    manifest = Manifest(config=config, layers=index.layers())
    return manifest, encode_manifest(manifest), content


def decode_manifest(content: bytes) -> Manifest:
    """Read the manifest of a bundle.

    Raises:
        RemoteError: an image index, an image that is no bundle, or a format of a newer tool.
        HostileBundleError: malformed, or out of bounds.
    """
    document = parse_document(content, "manifest")
    media_type = document.get("mediaType", MANIFEST_MEDIA_TYPE)
    if media_type == IMAGE_INDEX_MEDIA_TYPE or "manifests" in document:
        raise RemoteError("the reference names an image index, not a bundle", hint=_NOT_A_BUNDLE)
    if media_type != MANIFEST_MEDIA_TYPE or document.get("schemaVersion") != 2:
        raise RemoteError(f"not an OCI image manifest: {media_type!r:.200}", hint=_NOT_A_BUNDLE)
    config = decode_descriptor(document.get("config"), "config")
    if config.media_type != BUNDLE_INDEX_MEDIA_TYPE:
        raise RemoteError(
            f"not a bundle that this version reads: its config is {config.media_type!r}",
            hint=_NOT_A_BUNDLE,
        )
    layers = document.get("layers")
    if not isinstance(layers, list) or len(layers) > MAX_FILES:
        _hostile(f"layers is no list of at most {MAX_FILES} descriptors")
    return Manifest(
        config=config,
        layers=tuple(decode_descriptor(layer, f"layers[{n}]") for n, layer in enumerate(layers)),
    )


def decode_bundle_index(content: bytes) -> BundleIndex:
    """Read a config blob; all paths in it have been checked, each alone and all together.

    Raises:
        RemoteError: a format of a newer tool.
        HostileBundleError: malformed, out of bounds, or a path that must not be unpacked.
    """
    document = parse_document(content, "index")
    version = document.get("version")
    if not isinstance(version, str) or version.partition(".")[0] != "1":
        raise RemoteError(f"bundle index of version {version!r:.50}", hint=_NOT_A_BUNDLE)
    entries = document.get("files")
    if not isinstance(entries, dict) or len(entries) > MAX_FILES:
        _hostile(f"files is no mapping of at most {MAX_FILES} entries")
    try:
        paths = check_paths(entries)
    except InvalidPathError as error:
        raise HostileBundleError(error.message, not_done="nothing was written") from None
    files = {path: _index_file(path, entries[path]) for path in paths}
    total = sum(file.size_bytes for file in files.values())
    if total > MAX_TOTAL_BYTES:
        _hostile(f"files of {total} bytes together")
    return BundleIndex(files)


def check_agreement(manifest: Manifest, index: BundleIndex) -> None:
    """Check that the manifest and the index it names say the same of every file.

    Raises:
        IntegrityError: a file without a layer, or a layer that contradicts the index.
    """
    sizes = {layer.digest: layer.size_bytes for layer in manifest.layers}
    for path, file in index.files.items():
        if not file.external_uri and sizes.get(file.digest) != file.size_bytes:
            raise IntegrityError(f"{path}: the index lists it, the manifest has no such blob")
    for layer in manifest.layers:
        if not layer.title:
            continue
        listed = index.files.get(BundlePath(layer.title))
        if listed is None or listed.digest != layer.digest or listed.size_bytes != layer.size_bytes:
            raise IntegrityError(f"{layer.title!r:.200}: the manifest and the index differ")


def parse_document(content: bytes, what: str) -> dict[str, Any]:
    """Parse one JSON object of bounded size, with no key twice and no number beyond JSON.

    Raises:
        HostileBundleError: anything else.
    """
    if len(content) > MAX_DOCUMENT_BYTES:
        _hostile(f"{what} of {len(content)} bytes")
    try:
        document = json.loads(
            content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except HostileBundleError:
        raise
    except RecursionError:
        _hostile(f"{what} is nested too deeply")
    except ValueError as error:
        _hostile(f"{what} is no JSON: {error!s:.200}")
    if not isinstance(document, dict):
        _hostile(f"{what} is no JSON object")
    return document


def decode_descriptor(value: Any, where: str) -> Descriptor:
    """Read one descriptor.

    Raises:
        HostileBundleError: malformed, or out of bounds.
    """
    if not isinstance(value, dict):
        _hostile(f"{where} is no descriptor")
    annotations = value.get("annotations")
    if annotations is None:
        annotations = {}
    if not isinstance(annotations, dict) or not all(
        isinstance(text, str) for text in annotations.values()
    ):
        _hostile(f"{where}: annotations is no mapping of texts")
    return Descriptor(
        media_type=_text(value.get("mediaType"), f"{where}: mediaType"),
        digest=_digest(value.get("digest"), where),
        size_bytes=_size(value.get("size"), where),
        annotations=annotations,
    )


def _index_file(path: BundlePath, value: Any) -> IndexFile:
    if not isinstance(value, dict):
        _hostile(f"{path}: no file entry")
    if value.get("path", path) != path:
        _hostile(f"{path}: listed under another path")
    storage = value.get("storage", "oci")
    if storage not in ("oci", "blob"):
        _hostile(f"{path}: unknown storage")
    reference = value.get("blobRef")
    external_uri = ""
    if storage == "blob":
        if not isinstance(reference, dict):
            _hostile(f"{path}: blobRef is missing")
        external_uri = _text(reference.get("uri"), f"{path}: uri")
        if not external_uri:
            _hostile(f"{path}: uri is empty")
    media_type = value.get("mediaType")
    return IndexFile(
        path=path,
        digest=_digest(value.get("digest"), path),
        size_bytes=_size(value.get("size"), path),
        media_type="" if media_type is None else _text(media_type, f"{path}: mediaType"),
        external_uri=external_uri,
    )


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        _hostile(f"{where} is no text of at most {MAX_TEXT} characters")
    if not value.isascii() or not value.isprintable():
        _hostile(f"{where} has a character that does not belong there")
    return value


def _digest(value: Any, where: str) -> Digest:
    if not isinstance(value, str):
        _hostile(f"{where}: digest is no text")
    try:
        return Digest.parse(value)
    except InvalidDigestError as error:
        _hostile(f"{where}: {error.message:.200}")


def _size(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_FILE_BYTES:
        _hostile(f"{where}: size {value!r:.50} is not between 0 and {MAX_FILE_BYTES} bytes")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        _hostile("a key stands twice in one JSON object")
    return document


def _no_constant(text: str) -> NoReturn:
    _hostile(f"not a JSON number: {text}")


def _hostile(message: str) -> NoReturn:
    raise HostileBundleError(message, not_done="nothing was written")
