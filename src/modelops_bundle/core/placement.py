"""Which files of a bundle live in object storage, and under which names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.settings import StorageAccess, StorageMode, StoragePolicy
from modelops_bundle.errors import ConfigError, HostileBundleError

#: What the URI of an object begins with, by provider; emulators speak their provider's language.
SCHEMES: Mapping[str, str] = {
    "azure": "azure",
    "azurite": "azure",
    "gcs": "gs",
    "minio": "s3",
    "s3": "s3",
}
#: What containers and buckets may be called, over all providers.
_CONTAINER = re.compile(r"[a-z0-9$][a-z0-9._-]{1,254}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9._=+@/-]{1,1000}", re.ASCII)
_PREFIX = re.compile(r"(?:[A-Za-z0-9_=+@-][A-Za-z0-9._=+@-]*/)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ObjectAddress:
    """Where an object is, as a bundle's index says it: `scheme://container/key`.

    Attributes:
        scheme: `azure`, `gs` or `s3`.
    """

    scheme: str
    container: str
    key: str

    @property
    def uri(self) -> str:
        """As it stands in an index."""
        return f"{self.scheme}://{self.container}/{self.key}"


def effective_policy(policy: StoragePolicy, access: StorageAccess | None) -> StoragePolicy:
    """The project's policy, with the environment's storage where the project names none.

    Raises:
        ConfigError: a mode that needs storage without any, or a container or prefix that cannot
            stand in the URI of an object.
    """
    if not policy.provider and access is not None:
        policy = replace(policy, provider=access.provider, container=access.container)
    if not policy.provider:
        if policy.mode is StorageMode.BLOB:
            raise ConfigError(
                "storage.mode is blob, and no storage is set",
                not_done="nothing was sent or fetched",
                hint="name storage.provider and storage.container in config.yaml, or pin an "
                "environment that has a storage",
            )
        return policy
    if policy.provider not in SCHEMES:
        raise ConfigError(
            f"storage.provider {policy.provider!r} is not one of {', '.join(sorted(SCHEMES))}",
            not_done="nothing was sent or fetched",
        )
    for what, text, pattern in (
        ("container", policy.container, _CONTAINER),
        ("prefix", _folder(policy.prefix), _PREFIX),
    ):
        if not pattern.fullmatch(text):
            raise ConfigError(
                f"storage.{what} {text!r} cannot be used",
                not_done="nothing was sent or fetched",
                hint="use lower-case letters, digits, '.', '_' and '-'",
            )
    return policy


def object_addresses(
    policy: StoragePolicy, files: Iterable[FileState]
) -> Mapping[BundlePath, ObjectAddress]:
    """Where those files go that live in object storage; none without a provider.

    A function of the policy, of paths, of sizes and of contents alone, so that it can stand in a
    bundle's index (law 5). The registry document never goes there: it is what one reads first.

    Args:
        policy: As `effective_policy` gives it.
        files: What is published.
    """
    if not policy.provider:
        return {}
    return {
        state.path: object_address(policy, state.digest)
        for state in files
        if state.path != REGISTRY_PATH and _goes_there(policy, state)
    }


def object_address(policy: StoragePolicy, digest: Digest) -> ObjectAddress:
    """Where a content is: `<prefix>/sha256/ab/<hex>` (transport.md, "Blobs")."""
    key = object_key(policy.prefix, digest)
    return ObjectAddress(SCHEMES[policy.provider], policy.container, key)


def object_key(prefix: str, digest: Digest) -> str:
    """The name of a content below a prefix, in whatever container."""
    return f"{_folder(prefix)}sha256/{digest.hex[:2]}/{digest.hex}"


def parse_object_uri(uri: str, *, of: str = "") -> ObjectAddress:
    """Read the address of an object out of an index, which may be hostile.

    Args:
        of: The file that is said to be there, for the error.

    Raises:
        HostileBundleError: no address, or one in a kind of storage that is not known.
    """
    scheme, _, rest = uri.partition("://")
    container, _, key = rest.partition("/")
    usable = scheme in SCHEMES.values() and _CONTAINER.fullmatch(container) and _KEY.fullmatch(key)
    if not usable or any(segment in ("", ".", "..") for segment in key.split("/")):
        raise HostileBundleError(
            f"{of or 'a file'} is said to be in object storage at {uri!r:.200}, which this "
            "version cannot read",
            not_done="nothing was written",
        )
    return ObjectAddress(scheme, container, key)


def _goes_there(policy: StoragePolicy, state: FileState) -> bool:
    if policy.mode is not StorageMode.AUTO:
        return policy.mode is StorageMode.BLOB
    if any(fnmatchcase(state.path, pattern) for pattern in policy.oci_patterns):
        return False
    if any(fnmatchcase(state.path, pattern) for pattern in policy.blob_patterns):
        return True
    return state.size_bytes >= policy.threshold_bytes


def _folder(prefix: str) -> str:
    """A prefix with one slash behind it, or ""."""
    stripped = prefix.strip("/")
    return f"{stripped}/" if stripped else ""
