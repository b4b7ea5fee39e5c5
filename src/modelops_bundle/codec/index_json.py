"""The JSON that lists a bundle's files: canonical when written, hostile until proven when read.

Wire format `files` is the existing tool's; `packed` says of each file which part of which blob it
is (transport.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from modelops_bundle.codec.oci_json import (
    MAX_DOCUMENT_BYTES,
    MAX_FILES,
    NOT_A_BUNDLE,
    canonical_json,
    digest_of,
    encode_manifest,
    hostile,
    parse_document,
    size_of,
    text_of,
)
from modelops_bundle.core.digest import Digest, tree_digest
from modelops_bundle.core.oci import (
    BUNDLE_INDEX_MEDIA_TYPE,
    PACKED_INDEX_MEDIA_TYPE,
    BundleIndex,
    Descriptor,
    IndexFile,
    Manifest,
    media_type_of,
)
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import check_paths
from modelops_bundle.errors import (
    HostileBundleError,
    IntegrityError,
    InvalidPathError,
    RemoteError,
    UsageError,
)

MAX_TOTAL_BYTES = 1 << 43

#: Constant, so that a digest is a function of content alone (law 5).
_CREATED = "1970-01-01T00:00:00Z"
_TOOL = {"name": "modelops-bundle"}
_FILES_VERSION = "1.0"
_PACKED_VERSION = "2.0"


def encode_bundle_index(index: BundleIndex) -> bytes:
    """The config blob, in the wire format that the index is of (transport.md)."""
    document: dict[str, Any] = {"created": _CREATED, "tool": _TOOL, "metadata": {}}
    if index.packs is None:
        files = {path: _plain_entry(file) for path, file in index.files.items()}
        return canonical_json({**document, "version": _FILES_VERSION, "files": files})
    packs = sorted(index.packs.items())
    numbers = {digest: number for number, (digest, _) in enumerate(packs)}
    document |= {
        "version": _PACKED_VERSION,
        "tree": tree_digest(index.digests),
        "packs": [{"digest": digest, "size": size} for digest, size in packs],
        "files": {path: _packed_entry(file, numbers) for path, file in index.files.items()},
    }
    return canonical_json(document)


def bundle_documents(index: BundleIndex) -> tuple[Manifest, bytes, bytes]:
    """Everything that publishing these files takes beside their content.

    Returns:
        The manifest, its bytes, and the bytes of the index that it names as its config.

    Raises:
        UsageError: more than anybody would read.
    """
    content = encode_bundle_index(index)
    if len(index.files) > MAX_FILES or len(content) > MAX_DOCUMENT_BYTES:
        raise UsageError(
            f"a bundle of {len(index.files)} files; no more than {MAX_FILES} are read",
            not_done="nothing was uploaded",
            hint="let what belongs together travel as an archive",
        )
    config = Descriptor(
        media_type=_media_type(index),
        digest=Digest.of_bytes(content),
        size_bytes=len(content),
    )
    manifest = Manifest(config=config, layers=index.layers())
    return manifest, encode_manifest(manifest), content


def decode_bundle_index(content: bytes) -> BundleIndex:
    """Read a config blob; all paths in it have been checked, each alone and all together.

    Raises:
        RemoteError: a format of a newer tool.
        HostileBundleError: malformed, out of bounds, or a path that must not be unpacked.
    """
    document = parse_document(content, "index")
    version = document.get("version")
    if not isinstance(version, str) or version.partition(".")[0] not in ("1", "2"):
        raise RemoteError(f"bundle index of version {version!r:.50}", hint=NOT_A_BUNDLE)
    entries = document.get("files")
    if not isinstance(entries, dict) or len(entries) > MAX_FILES:
        hostile(f"files is no mapping of at most {MAX_FILES} entries")
    try:
        paths = check_paths(entries)
    except InvalidPathError as error:
        raise HostileBundleError(error.message, not_done="nothing was written") from None
    if version.startswith("1"):
        index = BundleIndex({path: _index_file(path, entries[path]) for path in paths})
    else:
        index = _packed_index(document, {path: entries[path] for path in paths})
    if index.size_bytes > MAX_TOTAL_BYTES:
        hostile(f"files of {index.size_bytes} bytes together")
    return index


def check_agreement(manifest: Manifest, index: BundleIndex) -> None:
    """Check that the manifest and the index it names say the same of every file.

    Raises:
        IntegrityError: a file without a layer, or a layer that contradicts the index.
    """
    if manifest.config.media_type != _media_type(index):
        raise IntegrityError("the index is of another format than the manifest says")
    sizes = {layer.digest: layer.size_bytes for layer in manifest.layers}
    if index.packs is not None:
        for digest, size_bytes in index.packs.items():
            if sizes.get(digest) != size_bytes:
                raise IntegrityError(f"{digest}: the index lists it, the manifest does not")
        _check_no_other(manifest, index.packs)
        return
    for path, file in index.files.items():
        if not file.external_uri and sizes.get(file.digest) != file.size_bytes:
            raise IntegrityError(f"{path}: the index lists it, the manifest has no such blob")
    for layer in manifest.layers:
        if not layer.title:
            continue
        listed = index.files.get(BundlePath(layer.title))
        if listed is None or listed.digest != layer.digest or listed.size_bytes != layer.size_bytes:
            raise IntegrityError(f"{layer.title!r:.200}: the manifest and the index differ")
    _check_no_other(manifest, {file.digest for file in index.files.values()})


def _check_no_other(manifest: Manifest, listed: Collection[Digest]) -> None:
    """Content that no file is made of would be copied on, and seen by nobody."""
    for layer in manifest.layers:
        if layer.digest not in listed:
            raise IntegrityError(f"{layer.digest}: the manifest lists it, the index does not")


def _index_file(path: BundlePath, value: Any) -> IndexFile:
    if not isinstance(value, dict):
        hostile(f"{path}: no file entry")
    if value.get("path", path) != path:
        hostile(f"{path}: listed under another path")
    storage = value.get("storage", "oci")
    if storage not in ("oci", "blob"):
        hostile(f"{path}: unknown storage")
    reference = value.get("blobRef")
    external_uri = ""
    if storage == "blob":
        if not isinstance(reference, dict):
            hostile(f"{path}: blobRef is missing")
        external_uri = text_of(reference.get("uri"), f"{path}: uri")
        if not external_uri:
            hostile(f"{path}: uri is empty")
    media_type = value.get("mediaType")
    return IndexFile(
        path=path,
        digest=digest_of(value.get("digest"), path),
        size_bytes=size_of(value.get("size"), path),
        media_type="" if media_type is None else text_of(media_type, f"{path}: mediaType"),
        external_uri=external_uri,
    )


def _packed_index(document: dict[str, Any], entries: Mapping[BundlePath, Any]) -> BundleIndex:
    listed = document.get("packs")
    if not isinstance(listed, list) or len(listed) > MAX_FILES:
        hostile(f"packs is no list of at most {MAX_FILES} blobs")
    packs: list[tuple[Digest, int]] = []
    for number, value in enumerate(listed):
        where = f"packs[{number}]"
        if not isinstance(value, dict):
            hostile(f"{where} is no blob")
        packs.append((digest_of(value.get("digest"), where), size_of(value.get("size"), where)))
    if len(dict(packs)) != len(packs):
        hostile("a pack is listed twice")
    files = {path: _packed_file(path, value, packs) for path, value in entries.items()}
    index = BundleIndex(files, dict(packs))
    _check_slices(index)
    if document.get("tree") != tree_digest(index.digests):
        raise IntegrityError("the digest of the bundle's content is not that of its files")
    return index


def _packed_file(path: BundlePath, value: Any, packs: list[tuple[Digest, int]]) -> IndexFile:
    if not isinstance(value, dict):
        hostile(f"{path}: no file entry")
    size_bytes = size_of(value.get("size"), path)
    number, uri = value.get("pack"), value.get("uri")
    if (number is None) == (uri is None) and (size_bytes or number is not None):
        hostile(f"{path}: must be in a pack or elsewhere")
    file = IndexFile(
        path=path,
        digest=digest_of(value.get("digest"), path),
        size_bytes=size_bytes,
        media_type=media_type_of(path),
        external_uri="" if uri is None else text_of(uri, f"{path}: uri"),
    )
    if number is None:
        return file
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(packs):
        hostile(f"{path}: pack {number!r:.50} is not listed")
    return replace(
        file, pack=packs[number][0], offset_bytes=size_of(value.get("offset"), f"{path}: offset")
    )


def _check_slices(index: BundleIndex) -> None:
    """Check that every file is within its pack, and that no two share a part of their bytes."""
    packs = index.packs or {}
    placed = sorted(
        (file.pack, file.offset_bytes, file.size_bytes, file.digest, path)
        for path, file in index.files.items()
        if file.pack is not None
    )
    for pack, offset, size, _, path in placed:
        if offset + size > packs[pack]:
            hostile(f"{path}: ends beyond its pack")
    for before, after in pairwise(placed):
        if before[0] == after[0] and before[1] + before[2] > after[1] and before[:4] != after[:4]:
            hostile(f"{after[4]}: overlaps with {before[4]} in their pack")


def _plain_entry(file: IndexFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "digest": file.digest,
        "size": file.size_bytes,
        "storage": "blob" if file.external_uri else "oci",
        "mediaType": file.media_type,
        "blobRef": {"uri": file.external_uri, "etag": None} if file.external_uri else None,
    }


def _packed_entry(file: IndexFile, numbers: Mapping[Digest, int]) -> dict[str, Any]:
    entry: dict[str, Any] = {"digest": file.digest, "size": file.size_bytes}
    if file.external_uri:
        return {**entry, "uri": file.external_uri}
    if file.pack is None:
        return entry
    return {**entry, "pack": numbers[file.pack], "offset": file.offset_bytes}


def _media_type(index: BundleIndex) -> str:
    return BUNDLE_INDEX_MEDIA_TYPE if index.packs is None else PACKED_INDEX_MEDIA_TYPE
