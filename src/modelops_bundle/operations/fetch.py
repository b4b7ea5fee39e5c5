"""Reading a published bundle: every byte checked, every path proven."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelops_bundle.codec.index_json import check_agreement, decode_bundle_index
from modelops_bundle.codec.oci_json import decode_manifest
from modelops_bundle.codec.registry_yaml import decode
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.oci import BundleIndex, Descriptor, Manifest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.registry import BundleRegistry
from modelops_bundle.errors import HostileBundleError
from modelops_bundle.operations.contents import read_content, read_document
from modelops_bundle.storage.base import Remote

#: Bounds on the registry of somebody else's bundle: some 80,000 lines. Whatever it holds, reading
#: it takes less than 200 MB of memory.
_MAX_REGISTRY_BYTES = 8 * 1024 * 1024
_MAX_REGISTRY_VALUES = 400_000
_BEGINNINGS = (b"\n", b",", b":", b"[", b"{", b"- ", b"? ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A published bundle, checked; the content of its files has not been read yet."""

    digest: Digest
    manifest: Manifest
    index: BundleIndex

    @property
    def files(self) -> Mapping[BundlePath, FileState]:
        """Its files, by path."""
        return {path: file.state for path, file in self.index.files.items()}


def fetch_bundle(remote: Remote, reference: str) -> Bundle:
    """Resolve a reference, and read the manifest and the index that it leads to.

    Raises:
        NotFoundInRemoteError: nothing of that name.
        IntegrityError: bytes that are not what their digest says, or documents that disagree.
        HostileBundleError: see `codec.oci_json`.
        RemoteError: not a bundle, or one that this version cannot read.
    """
    digest = remote.resolve(reference)
    manifest = remote.read_manifest(digest)
    return read_bundle(digest, manifest, lambda index: read_document(remote, index))


def read_bundle(digest: Digest, manifest: bytes, read: Callable[[Descriptor], bytes]) -> Bundle:
    """A bundle from its two documents, wherever they are kept.

    Args:
        digest: That of the manifest, which has been verified.
        manifest: The manifest's bytes.
        read: Gives the verified bytes of the index.

    Raises:
        IntegrityError, HostileBundleError, RemoteError: as `fetch_bundle`.
    """
    decoded = decode_manifest(manifest)
    index = decode_bundle_index(read(decoded.config))
    check_agreement(decoded, index)
    return Bundle(digest=digest, manifest=decoded, index=index)


def read_registry_of(remote: Remote, bundle: Bundle) -> BundleRegistry:
    """The registry document of a bundle; an empty one where it has none.

    Raises:
        RegistryError: it cannot be read.
        IntegrityError, HostileBundleError: as `fetch_bundle`.
    """
    if REGISTRY_PATH not in bundle.index.files:
        return BundleRegistry()
    if bundle.index.files[REGISTRY_PATH].size_bytes > _MAX_REGISTRY_BYTES:
        raise _too_large()
    content = read_content(remote, bundle.index, REGISTRY_PATH)
    if sum(map(content.count, _BEGINNINGS)) > _MAX_REGISTRY_VALUES:
        raise _too_large()
    return decode(content, name=f"{REGISTRY_PATH} of {bundle.digest}")


def _too_large() -> HostileBundleError:
    return HostileBundleError(
        f"the bundle's {REGISTRY_PATH} is larger than any registry is",
        not_done="nothing was written",
    )
