"""What a bundle is made of once it is published: descriptors, a manifest and an index of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath

#: OCI image-spec v1.1, "Media Types".
MANIFEST_MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"
IMAGE_INDEX_MEDIA_TYPE = "application/vnd.oci.image.index.v1+json"
#: Wire format `files` (transport.md): the config blob that lists one blob per file.
BUNDLE_INDEX_MEDIA_TYPE = "application/vnd.modelops.bundle.index.v1+json"
#: Wire format `packed`: the config blob that says which part of which blob each file is.
PACKED_INDEX_MEDIA_TYPE = "application/vnd.modelops.bundle.index.v2+json"
#: A blob that holds the contents of one or more files, one after the other.
PACK_MEDIA_TYPE = "application/vnd.modelops.bundle.pack.v1"
#: OCI image-spec v1.1, "Annotations", pre-defined keys.
TITLE_ANNOTATION = "org.opencontainers.image.title"
REF_NAME_ANNOTATION = "org.opencontainers.image.ref.name"

_OPAQUE = "application/octet-stream"
#: By suffix; part of the wire format, since it enters the digest: changed with its version only.
_MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".csv": "text/csv",
        ".ipynb": "application/x-ipynb+json",
        ".json": "application/json",
        ".lock": "text/plain",
        ".md": "text/markdown",
        ".parquet": "application/vnd.apache.parquet",
        ".py": "text/x-python",
        ".rst": "text/x-rst",
        ".toml": "application/toml",
        ".tsv": "text/tab-separated-values",
        ".txt": "text/plain",
        ".yaml": "application/yaml",
        ".yml": "application/yaml",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """Points at bytes by what they are (OCI image-spec v1.1, "Content Descriptors")."""

    media_type: str
    digest: Digest
    size_bytes: int
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The path that the blob has in its bundle, or ""."""
        return self.annotations.get(TITLE_ANNOTATION, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An OCI image manifest (image-spec v1.1), as far as a bundle uses it."""

    config: Descriptor
    layers: tuple[Descriptor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """One file of a published bundle.

    Attributes:
        external_uri: Where the content is when it is not a blob of the same repository, or "".
        pack: The blob that the content is a part of; None where it is a blob of its own.
        offset_bytes: Where in the pack it begins.
    """

    path: BundlePath
    digest: Digest
    size_bytes: int
    media_type: str = _OPAQUE
    external_uri: str = ""
    pack: Digest | None = None
    offset_bytes: int = 0

    @property
    def state(self) -> FileState:
        """The file, as an observation of it would say."""
        return FileState(self.path, self.digest, self.size_bytes)


@dataclass(frozen=True, slots=True)
class BundleIndex:
    """All files of a published bundle.

    Attributes:
        files: By path.
        packs: The sizes of the blobs that the files are parts of; None in wire format `files`.
    """

    files: Mapping[BundlePath, IndexFile]
    packs: Mapping[Digest, int] | None = None

    @classmethod
    def of(
        cls, files: Iterable[FileState], elsewhere: Mapping[BundlePath, str] | None = None
    ) -> BundleIndex:
        """The index of these files: a function of paths, contents and places alone (law 5).

        Args:
            elsewhere: The URIs of those that are in object storage.
        """
        uris = elsewhere or {}
        ordered = sorted(files, key=lambda state: state.path)
        return cls(
            {
                state.path: IndexFile(
                    path=state.path,
                    digest=state.digest,
                    size_bytes=state.size_bytes,
                    media_type=media_type_of(state.path),
                    external_uri=uris.get(state.path, ""),
                )
                for state in ordered
            }
        )

    @property
    def digests(self) -> Mapping[BundlePath, Digest]:
        """Content digests by path."""
        return {path: file.digest for path, file in self.files.items()}

    @property
    def size_bytes(self) -> int:
        """The size of all files together; equal contents count each time."""
        return sum(file.size_bytes for file in self.files.values())

    def place_of(self, path: BundlePath) -> tuple[Descriptor, int]:
        """The blob that a file's content is in, and where in it."""
        file = self.files[path]
        if file.pack is not None and self.packs is not None:
            return _pack(file.pack, self.packs[file.pack]), file.offset_bytes
        own = Descriptor(media_type=file.media_type, digest=file.digest, size_bytes=file.size_bytes)
        return own, 0

    def layers(self) -> tuple[Descriptor, ...]:
        """What the manifest lists.

        In wire format `files` one descriptor per file, titled with its path, sorted by path; in
        wire format `packed` the packs, sorted by digest. Files in object storage are in none.
        """
        if self.packs is not None:
            return tuple(_pack(digest, size) for digest, size in sorted(self.packs.items()))
        return tuple(
            Descriptor(
                media_type=file.media_type,
                digest=file.digest,
                size_bytes=file.size_bytes,
                annotations={TITLE_ANNOTATION: path},
            )
            for path, file in sorted(self.files.items())
            if not file.external_uri
        )


def descriptor_of(state: FileState) -> Descriptor:
    """What the content of a file must be; titled with its path, which errors name."""
    return Descriptor(
        media_type=media_type_of(state.path),
        digest=state.digest,
        size_bytes=state.size_bytes,
        annotations={TITLE_ANNOTATION: state.path},
    )


def _pack(digest: Digest, size_bytes: int) -> Descriptor:
    return Descriptor(media_type=PACK_MEDIA_TYPE, digest=digest, size_bytes=size_bytes)


def media_type_of(path: BundlePath) -> str:
    """The media type that the wire format gives a file, by its suffix."""
    return _MEDIA_TYPES.get(path.suffix.lower(), _OPAQUE)
