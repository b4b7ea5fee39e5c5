"""How a project's files become blobs and documents: the one place that decides it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from modelops_bundle.codec.index_json import bundle_documents
from modelops_bundle.core.digest import Digest, digest_of_fields
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import (
    PACK_MEDIA_TYPE,
    BundleIndex,
    Descriptor,
    Manifest,
    descriptor_of,
)
from modelops_bundle.core.packs import Pack, packed_index, plan_packs
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.placement import object_addresses
from modelops_bundle.core.settings import BundleConfig, Layout, StoragePolicy
from modelops_bundle.core.transfer import ContentBlob
from modelops_bundle.operations.file_memo import FileMemo
from modelops_bundle.operations.local_contents import changed_error, pieces_of
from modelops_bundle.operations.settings import is_pinned
from modelops_bundle.operations.transfers import transfer_each
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.result_cache import ResultCache
from modelops_bundle.workspace.worktree import Places

#: Up to so many files `layout: auto` gives each a blob, which every worker can pull.
MOST_FILES_UNPACKED = 256
_MEMO = "packs"
NOTHING: Mapping[BundlePath, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """Everything that publishing some files takes.

    Attributes:
        document: The manifest's bytes; `digest` is theirs, and the bundle's.
        index: The bytes of the config blob.
        blobs: What the manifest lists besides; equal ones may occur several times.
        elsewhere: Contents that go to object storage, each once.
    """

    layout: Layout
    digest: Digest
    manifest: Manifest
    document: bytes
    index: bytes
    blobs: tuple[ContentBlob, ...]
    elsewhere: tuple[ContentBlob, ...] = ()

    @property
    def wanted(self) -> tuple[Descriptor, ...]:
        """All blobs that must be there before the manifest is."""
        return (self.manifest.config, *self.manifest.layers)


def layout_of(project: Project, config: BundleConfig, count: int) -> Layout:
    """`files` or `packed`: what this project's bundle of so many files is published as.

    `auto` keeps to the existing wire format for a platform, whose workers may know no other, and
    where packs would hardly save anything.
    """
    if config.layout is not Layout.AUTO:
        return config.layout
    return Layout.FILES if count <= MOST_FILES_UNPACKED or is_pinned(project) else Layout.PACKED


def wrap(
    project: Project,
    files: Mapping[BundlePath, FileState],
    layout: Layout,
    policy: StoragePolicy | None = None,
    *,
    known: Mapping[BundlePath, bytes] = NOTHING,
) -> Wrapped:
    """Work out the blobs and documents of files; their digest depends on nothing else (law 5).

    Packs that are not known from an earlier time are read.

    Args:
        layout: Not `auto`.
        policy: Which files go to object storage; none by default.
        known: Contents that need not be read, or are not on disk yet.

    Raises:
        ChangedDuringUseError: a file that was read is not as it was observed.
        FileAccessError: it cannot be read.
    """
    placed = object_addresses(policy or StoragePolicy(), files.values())
    elsewhere = {path: address.uri for path, address in placed.items()}
    if layout is Layout.PACKED:
        here = (state for path, state in files.items() if path not in elsewhere)
        packs = _with_digests(project, plan_packs(here), known)
        index = packed_index(files.values(), packs, elsewhere)
        blobs = tuple(ContentBlob(blob, pack.parts) for pack, blob in packs.items())
    else:
        index = BundleIndex.of(files.values(), elsewhere)
        blobs = tuple(
            ContentBlob(layer, (files[BundlePath(layer.title)],)) for layer in index.layers()
        )
    manifest, document, content = bundle_documents(index)
    return Wrapped(
        layout=layout,
        digest=Digest.of_bytes(document),
        manifest=manifest,
        document=document,
        index=content,
        blobs=blobs,
        elsewhere=_objects(files[path] for path in elsewhere),
    )


def _objects(states: Iterable[FileState]) -> tuple[ContentBlob, ...]:
    """The contents that these files have, each once."""
    first: dict[Digest, FileState] = {}
    for state in states:
        first.setdefault(state.digest, state)
    return tuple(ContentBlob(descriptor_of(state), (state,)) for state in first.values())


def _with_digests(
    project: Project, packs: tuple[Pack, ...], known: Mapping[BundlePath, bytes]
) -> dict[Pack, Descriptor]:
    """The blobs that the packs are; what has once been worked out is remembered."""
    memo = FileMemo(ResultCache(project), _MEMO)
    keys = {pack: digest_of_fields(*(part.digest for part in pack.parts)) for pack in packs}
    digests: dict[Pack, Digest] = {}
    for pack in packs:
        if len(pack.parts) == 1:
            digests[pack] = pack.parts[0].digest
        elif remembered := memo.get(keys[pack]):
            digests[pack] = Digest(remembered.decode())
    places = Places(str(project.root), project.extra_roots)

    def work_out(pack: Pack) -> None:
        digests[pack] = _digest_of(places, pack, known)

    transfer_each(work_out, [pack for pack in packs if pack not in digests])
    for pack in packs:
        if len(pack.parts) > 1:
            memo.put(keys[pack], digests[pack].encode())
    memo.save()
    return {pack: _descriptor(pack, digests[pack]) for pack in packs}


def _digest_of(places: Places, pack: Pack, known: Mapping[BundlePath, bytes]) -> Digest:
    whole = hashlib.sha256()
    for part in pack.parts:
        single = hashlib.sha256()
        content = known.get(part.path)
        for piece in pieces_of(places, part) if content is None else (content,):
            single.update(piece)
            whole.update(piece)
        if single.hexdigest() != part.digest.hex:
            raise changed_error((part.path,))
    return Digest(f"sha256:{whole.hexdigest()}")


def _descriptor(pack: Pack, digest: Digest) -> Descriptor:
    size_bytes = sum(part.size_bytes for part in pack.parts)
    return Descriptor(media_type=PACK_MEDIA_TYPE, digest=digest, size_bytes=size_bytes)
