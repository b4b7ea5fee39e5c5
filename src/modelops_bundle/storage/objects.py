"""The object storage that a project's large files live in: opened when the first one is needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelops_bundle.core.oci import Descriptor
from modelops_bundle.core.placement import SCHEMES, parse_object_uri
from modelops_bundle.core.settings import StorageAccess, StoragePolicy
from modelops_bundle.errors import ConfigError

if TYPE_CHECKING:  # its library is an extra, and takes a while to load
    from modelops_bundle.storage.objectstore import ObjectStore


class ObjectStorage:
    """What a remote knows of object storage; safe to use from several threads.

    Args:
        policy: Which files live there, as `effective_policy` gives it.
        access: The environment's storage, or None.
    """

    def __init__(
        self, policy: StoragePolicy | None = None, access: StorageAccess | None = None
    ) -> None:
        self.policy = policy or StoragePolicy()
        self._access = access
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], ObjectStore] = {}

    def store(self) -> ObjectStore:
        """The container of the policy, for uploads.

        Raises:
            ConfigError: it cannot be opened, or the extra is not installed.
            RemoteError: nobody answers there.
        """
        return self._container(SCHEMES[self.policy.provider], self.policy.container)

    def open_object(self, uri: str, descriptor: Descriptor) -> Iterator[bytes]:
        """A content that a bundle's index says is at that address, verified.

        Raises:
            HostileBundleError: no address that this version can read.
            NotFoundInRemoteError, IntegrityError, RemoteError, ConfigError: see `ObjectStore`.
        """
        address = parse_object_uri(uri, of=descriptor.title)
        store = self._container(address.scheme, address.container)
        return store.open_object(address.key, descriptor)

    def _container(self, scheme: str, container: str) -> ObjectStore:
        with self._lock:
            found = self._open.get((scheme, container))
            if found is None:
                found = self._open[scheme, container] = self._opened(scheme, container)
            return found

    def _opened(self, scheme: str, container: str) -> ObjectStore:
        try:
            from modelops_bundle.storage.object_access import open_object_store
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "obstore":
                raise
            raise ConfigError(
                f"{scheme}://{container} is object storage, which an extra reads and writes",
                not_done="nothing was sent or fetched",
                hint="pip install 'modelops-bundle[cloud]'",
            ) from None
        # Keys count for the container that they were given for, and no other.
        access = self._access
        if access is not None:
            known = (SCHEMES[access.provider], access.container)
            access = access if known == (scheme, container) else None
        ours = (scheme, container) == (SCHEMES.get(self.policy.provider), self.policy.container)
        prefix = self.policy.prefix if ours else ""
        return open_object_store(scheme, container, prefix=prefix, access=access)
