"""Folders of files, and bundles made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from modelops_bundle.codec.index_json import bundle_documents
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import BundleIndex, Descriptor
from modelops_bundle.core.packs import Pack, packed_index, plan_packs
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.transfer import TagMove, immutable_tag
from modelops_bundle.storage.base import Remote
from modelops_bundle.workspace.project import Project
from support.disk import write

Contents = Mapping[str, bytes]


def digest_of(content: bytes) -> Digest:
    """A digest, worked out apart from the code under test."""
    return Digest("sha256:" + hashlib.sha256(content).hexdigest())


def state_of(path: str, content: bytes) -> FileState:
    """A file as an observation would have it."""
    return FileState(BundlePath(path), digest_of(content), len(content))


def states_of(contents: Contents) -> dict[BundlePath, FileState]:
    """Files as an observation would have them."""
    return {BundlePath(path): state_of(path, content) for path, content in contents.items()}


def descriptor_of(content: bytes) -> Descriptor:
    """What points at these bytes."""
    return Descriptor(
        media_type="application/octet-stream", digest=digest_of(content), size_bytes=len(content)
    )


def folder_project(root: Path, contents: Contents) -> Project:
    """A project folder with these files and no registry of its own."""
    (root / ".modelops-bundle").mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        write(root, path, content)
    return Project(root.resolve())


def contents_of(root: Path) -> dict[str, bytes]:
    """All files below a folder but those of the program's own."""
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    own = tuple(f".modelops-bundle/{name}" for name in ("cache/", "state.json", "lock", ".mops-"))
    return {path: content for path, content in found.items() if not path.startswith(own)}


def packed_bundle(contents: Contents) -> tuple[BundleIndex, tuple[bytes, ...]]:
    """The index of contents in packs, and the packs."""
    states = states_of(contents)
    packs: dict[Pack, Descriptor] = {}
    blobs: list[bytes] = []
    for pack in plan_packs(states.values()):
        blobs.append(b"".join(contents[part.path] for part in pack.parts))
        packs[pack] = descriptor_of(blobs[-1])
    return packed_index(states.values(), packs), tuple(blobs)


def put_bundle(remote: Remote, contents: Contents, *tags: str, packed: bool = False) -> Digest:
    """Publish contents straight to a remote, as another machine would have."""
    index, blobs = BundleIndex.of(states_of(contents).values()), tuple(contents.values())
    if packed:
        index, blobs = packed_bundle(contents)
    manifest, document, config = bundle_documents(index)
    for content in {*blobs, config}:
        remote.upload_blob(descriptor_of(content), [content] if content else [])
    assert remote.present((manifest.config, *manifest.layers)) >= {manifest.config.digest}
    digest = remote.put_manifest(document)
    names = (immutable_tag(digest), *tags)
    remote.set_tags(digest, [TagMove(name=name, force=True) for name in names])
    return digest
