"""Which remote a command talks to, and how."""

from __future__ import annotations

from modelops_bundle.core.placement import effective_policy
from modelops_bundle.core.settings import (
    LOCAL_REMOTE,
    BundleConfig,
    Environment,
    RegistryAccess,
)
from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.objects import ObjectStorage
from modelops_bundle.storage.registry_address import repository_name, same_registry
from modelops_bundle.storage.resolve import local_store_url, recorded_url
from modelops_bundle.storage.resolve import open_remote as _open
from modelops_bundle.workspace.project import Project


def remote_url(
    config: BundleConfig,
    *,
    override: str | None = None,
    environment: Environment | None = None,
    folder_name: str = "",
) -> str | None:
    """Where bundles go: `--remote`, then the pinned environment, then `config.yaml`.

    Args:
        folder_name: Names the repository in an environment's registry where `config.yaml` gives
            the project no name.

    Returns:
        A URL, or None where nothing says.

    Raises:
        ConfigError: `local` without an id, or with one that is no name; or a project that no
            repository can be named after.
    """
    name = config.name or folder_name
    url = override or _of_environment(environment, name) or config.remote
    if url == LOCAL_REMOTE:
        return local_store_url(config.store_id)
    return url


def recorded_remote_url(project: Project, url: str) -> str:
    """The URL under which pushes to and pulls from a remote are recorded.

    Raises:
        ConfigError: it is of a kind that this version does not talk to.
    """
    return recorded_url(url, root=project.root)


def open_project_remote(
    project: Project,
    url: str | None,
    *,
    config: BundleConfig,
    environment: Environment | None = None,
) -> Remote:
    """The remote of that URL.

    Credentials and `insecure` count for the registry that they were given for, and no other.

    Raises:
        ConfigError: there is none, or it is of a kind that this version does not talk to.
    """
    if url is None:
        raise ConfigError(
            "no remote is set",
            not_done="nothing was sent or fetched",
            hint="give --remote, or name one in .modelops-bundle/config.yaml",
        )
    access = _access(environment, url)
    insecure = access is not None and access.insecure
    if config.insecure and config.remote is not None:
        insecure = insecure or same_registry(config.remote, url)
    remote = _open(url, root=project.root, login=access, insecure=insecure)
    remote.objects = object_storage(config, environment)
    return remote


def object_storage(config: BundleConfig, environment: Environment | None) -> ObjectStorage:
    """Which files of a project live in object storage, and how to get there.

    Raises:
        ConfigError: what `config.yaml` says of it cannot be.
    """
    access = environment.storage if environment is not None else None
    return ObjectStorage(effective_policy(config.storage, access), access)


def _access(environment: Environment | None, url: str) -> RegistryAccess | None:
    if environment is None or environment.registry is None:
        return None
    access = environment.registry
    return access if same_registry(f"oci://{access.login_server}", url) else None


def _of_environment(environment: Environment | None, name: str) -> str | None:
    if environment is None or environment.registry is None:
        return None
    server = environment.registry.login_server.rstrip("/")
    return f"oci://{server}/{repository_name(name)}"
