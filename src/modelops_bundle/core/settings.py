"""What a project and an environment are set to: where bundles go, and what was last sent there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath

#: The tag that a push moves where none is asked for.
DEFAULT_TAG = "latest"
#: The `remote` that stands for this user's own layout folder, which has no path that could be
#: committed; `BundleConfig.store_id` says which one.
LOCAL_REMOTE = "local"
#: From this size on, a file goes to object storage where the mode is `auto` (50 MiB).
DEFAULT_THRESHOLD_BYTES = 50 * 1024 * 1024


class StorageMode(StrEnum):
    """Where the bytes of files go."""

    AUTO = "auto"
    OCI = "oci"
    BLOB = "blob"


class Layout(StrEnum):
    """How files become blobs (transport.md, "Blobs")."""

    AUTO = "auto"
    FILES = "files"
    PACKED = "packed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePolicy:
    """Which files live in object storage rather than in the OCI registry.

    Attributes:
        threshold_bytes: Files of this size and more go to object storage in mode `auto`.
        blob_patterns, oci_patterns: Shell patterns over bundle paths that decide before the
            size does; `oci_patterns` win.
        provider: `azure`, `s3`, `gcs`, …; "" for none.
        container, prefix: Where in that store; "" for none.
    """

    mode: StorageMode = StorageMode.AUTO
    threshold_bytes: int = DEFAULT_THRESHOLD_BYTES
    blob_patterns: tuple[str, ...] = ()
    oci_patterns: tuple[str, ...] = ()
    provider: str = ""
    container: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleConfig:
    """`.modelops-bundle/config.yaml`: committed, so it holds no secret and no absolute path.

    Attributes:
        remote: A URL, `local`, or None where only an environment says.
        store_id: Names the layout folder of `remote: local`; "" otherwise.
        tag: What a push moves and a pull follows.
        name: What people call the project; "" for the name in `pyproject.toml`.
        insecure: Talk plain HTTP to the remote, or skip the check of its certificate.
    """

    remote: str | None = None
    store_id: str = ""
    tag: str = DEFAULT_TAG
    storage: StoragePolicy = field(default_factory=StoragePolicy)
    name: str = ""
    layout: Layout = Layout.AUTO
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryAccess:
    """The OCI registry of an environment.

    Attributes:
        login_server: `host[:port]`, perhaps with a path below which repositories live.
        provider: `docker`, `acr`, …: for people only.
    """

    login_server: str
    provider: str = ""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    requires_auth: bool = False
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageAccess:
    """The object storage of an environment.

    Attributes:
        provider: `azure`, `s3`, `gcs`, `azurite` or `minio`.
        container: Container or bucket.
        insecure: The endpoint may do without TLS, though it is on another machine.
    """

    provider: str
    container: str
    connection_string: str | None = field(default=None, repr=False)
    endpoint: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """`~/.modelops/bundle-env/<name>.yaml`: what the platform provisioned; may hold secrets."""

    name: str
    registry: RegistryAccess | None = None
    storage: StorageAccess | None = None


@dataclass(frozen=True, slots=True)
class SyncPoint:
    """What a remote's tag held when this project last pushed or pulled it.

    Attributes:
        manifest: Digest of the bundle's manifest.
        files: What the bundle held, by path.
    """

    manifest: Digest
    files: Mapping[BundlePath, Digest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncState:
    """`.modelops-bundle/state.json`: sync points by remote URL and tag. Never committed.

    The order of the points is that in which they were made.
    """

    points: Mapping[tuple[str, str], SyncPoint] = field(default_factory=dict)

    def get(self, remote: str, tag: str) -> SyncPoint | None:
        """The last known state of a tag, or None."""
        return self.points.get((remote, tag))

    @property
    def newest(self) -> SyncPoint | None:
        """What was last pushed or pulled, wherever, or None."""
        return next(reversed(tuple(self.points.values())), None)

    def latest(self, remote: str) -> SyncPoint | None:
        """What was last pushed to or pulled from a remote, under any tag, or None."""
        found = self.newest_at(remote)
        return found[1] if found else None

    def newest_at(self, remote: str) -> tuple[str, SyncPoint] | None:
        """As `latest`, with the tag or digest that it was pushed or pulled by."""
        for (url, reference), point in reversed(tuple(self.points.items())):
            if url == remote:
                return reference, point
        return None

    def without(self, remote: str, manifest: Digest) -> SyncState:
        """A copy that knows nothing of a bundle of a remote."""
        return SyncState(
            {
                key: point
                for key, point in self.points.items()
                if key[0] != remote or point.manifest != manifest
            }
        )

    def with_point(self, remote: str, tag: str, point: SyncPoint) -> SyncState:
        """A copy that remembers this state of the tag, as the latest."""
        others = {key: known for key, known in self.points.items() if key != (remote, tag)}
        return SyncState({**others, (remote, tag): point})
