"""The JSON documents of the commands on what is published: `versions`, `inspect`, `ensure`, …."""

from __future__ import annotations

from typing import TypedDict

from modelops_bundle.core.provenance import Provenance
from modelops_bundle.operations.copying import Copied
from modelops_bundle.operations.inspection import Inspection
from modelops_bundle.operations.materialise import Ensured
from modelops_bundle.operations.registry_documents import (
    ModelDocument,
    TargetDocument,
    TargetSetDocument,
    list_document,
)
from modelops_bundle.operations.tagging import Deleted, Tagged
from modelops_bundle.operations.transfer_documents import (
    ConflictDocument,
    VolumeDocument,
    conflict_documents,
    volume_document,
)
from modelops_bundle.operations.versions import Version
from modelops_bundle.storage.resolve import shown_url


class ProvenanceDocument(TypedDict):
    """Where a bundle comes from; "" and null for what nobody said. `created` is in UTC."""

    created: str
    author: str
    commit: str
    dirty: bool | None
    tool: str


class VersionDocument(TypedDict):
    """One published bundle; `tags` holds the immutable one too."""

    digest: str
    tags: list[str]
    provenance: ProvenanceDocument | None


class VersionsDocument(TypedDict):
    """`mops-bundle.versions/1`."""

    schema: str
    url: str
    versions: list[VersionDocument]


class PublishedFileDocument(TypedDict):
    """A file of a bundle; `uri` is where it is when that is not the bundle's own repository."""

    path: str
    digest: str
    size_bytes: int
    media_type: str
    uri: str | None


class InspectDocument(TypedDict):
    """`mops-bundle.inspect/1`; `ref` is a full reference."""

    schema: str
    url: str
    ref: str
    digest: str
    layout: str
    files: list[PublishedFileDocument]
    total_bytes: int
    models: list[ModelDocument]
    targets: list[TargetDocument]
    target_sets: list[TargetSetDocument]
    behavior: dict[str, str | None]
    environment: dict[str, str]
    provenance: ProvenanceDocument | None


class TagDocument(TypedDict):
    """`mops-bundle.tag/1`; `before` is what the tag held, null where it is new."""

    schema: str
    url: str
    tag: str
    digest: str
    before: str | None


class CopyDocument(TypedDict):
    """`mops-bundle.copy/1`; `external` files stay in object storage, in these `containers`.

    `unrecorded` says why the second place did not take who published the bundle and when; "" where
    it did.
    """

    schema: str
    source: str
    url: str
    ref: str
    digest: str
    tags: list[str]
    copied: VolumeDocument
    mounted: VolumeDocument
    reused: VolumeDocument
    external: int
    external_bytes: int
    containers: list[str]
    unrecorded: str


class DeleteDocument(TypedDict):
    """`mops-bundle.delete/1`; `tags` named the bundle."""

    schema: str
    url: str
    digest: str
    tags: list[str]


class EnsureDocument(TypedDict):
    """`mops-bundle.ensure/1`; `removed` is what `--mirror` deleted.

    What was written is `fetched_bytes` from the remote and `cached_bytes` from the cache.
    """

    schema: str
    url: str
    ref: str
    digest: str
    folder: str
    files: int
    written: list[str]
    removed: list[str]
    conflicts: list[ConflictDocument]
    refused: str | None
    backup: str | None
    fetched_bytes: int
    cached_bytes: int


def versions_document(url: str, versions: tuple[Version, ...]) -> VersionsDocument:
    """The document of `versions`."""
    return {
        "schema": "mops-bundle.versions/1",
        "url": shown_url(url),
        "versions": [
            {
                "digest": version.digest,
                "tags": list(version.tags),
                "provenance": _provenance(version.provenance),
            }
            for version in versions
        ],
    }


def _provenance(found: Provenance | None) -> ProvenanceDocument | None:
    if found is None:
        return None
    return {
        "created": found.created,
        "author": found.author,
        "commit": found.commit,
        "dirty": found.dirty,
        "tool": found.tool,
    }


def inspect_document(found: Inspection) -> InspectDocument:
    """The document of `inspect`."""
    listed = list_document(found.registry)
    index = found.bundle.index
    return {
        "schema": "mops-bundle.inspect/1",
        "url": shown_url(found.url),
        "ref": f"{found.url}@{found.bundle.digest}",
        "digest": found.bundle.digest,
        "layout": "files" if index.packs is None else "packed",
        "files": [
            {
                "path": str(path),
                "digest": file.digest,
                "size_bytes": file.size_bytes,
                "media_type": file.media_type,
                "uri": file.external_uri or None,
            }
            for path, file in sorted(index.files.items())
        ],
        "total_bytes": index.size_bytes,
        "models": listed["models"],
        "targets": listed["targets"],
        "target_sets": listed["target_sets"],
        "behavior": {str(key): entry.behavior_digest for key, entry in found.registry.entries()},
        "environment": {str(p): digest for p, digest in found.registry.environment.items()},
        "provenance": _provenance(found.provenance),
    }


def tag_document(tagged: Tagged) -> TagDocument:
    """The document of `tag`."""
    return {
        "schema": "mops-bundle.tag/1",
        "url": shown_url(tagged.url),
        "tag": tagged.tag,
        "digest": tagged.digest,
        "before": tagged.before,
    }


def copy_document(copied: Copied) -> CopyDocument:
    """The document of `copy`."""
    return {
        "schema": "mops-bundle.copy/1",
        "source": shown_url(copied.source_url),
        "url": shown_url(copied.url),
        "ref": f"{copied.url}@{copied.digest}",
        "digest": copied.digest,
        "tags": list(copied.tags),
        "copied": volume_document(copied.copied),
        "mounted": volume_document(copied.mounted),
        "reused": volume_document(copied.reused),
        "external": copied.external.blobs,
        "external_bytes": copied.external.bytes,
        "containers": list(copied.containers),
        "unrecorded": copied.unrecorded,
    }


def delete_document(deleted: Deleted) -> DeleteDocument:
    """The document of `delete`."""
    return {
        "schema": "mops-bundle.delete/1",
        "url": shown_url(deleted.url),
        "digest": deleted.digest,
        "tags": list(deleted.tags),
    }


def ensure_document(ensured: Ensured) -> EnsureDocument:
    """The document of `ensure`."""
    plan = ensured.plan
    removed = sorted([*(str(step.path) for step in plan.delete), *ensured.removed])
    written = sum(step.new.size_bytes for step in plan.write if step.new)
    return {
        "schema": "mops-bundle.ensure/1",
        "url": shown_url(ensured.url),
        "ref": f"{ensured.url}@{ensured.digest}",
        "digest": ensured.digest,
        "folder": str(ensured.folder),
        "files": ensured.files,
        "written": [str(step.path) for step in plan.write],
        "removed": removed,
        "conflicts": conflict_documents(plan),
        "refused": "conflict" if plan.conflicts else None,
        "backup": None if ensured.backup is None else str(ensured.backup),
        "fetched_bytes": written - ensured.cached_bytes,
        "cached_bytes": ensured.cached_bytes,
    }
