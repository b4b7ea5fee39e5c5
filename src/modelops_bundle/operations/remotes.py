"""Which remote a command talks to, and how."""

from __future__ import annotations

from modelops_bundle.core.settings import LOCAL_REMOTE, BundleConfig, Environment
from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.resolve import local_store_url
from modelops_bundle.storage.resolve import open_remote as _open
from modelops_bundle.workspace.project import Project


def remote_url(
    config: BundleConfig, *, override: str | None = None, environment: Environment | None = None
) -> str | None:
    """Where bundles go: `--remote`, then the pinned environment, then `config.yaml`.

    Returns:
        A URL, or None where nothing says.

    Raises:
        ConfigError: `local` without an id, or with one that is no name.
    """
    url = override or _of_environment(environment) or config.remote
    if url == LOCAL_REMOTE:
        return local_store_url(config.store_id)
    return url


def open_project_remote(project: Project, url: str | None) -> Remote:
    """The remote of that URL.

    Raises:
        ConfigError: there is none, or it is of a kind that this version does not talk to.
    """
    if url is None:
        raise ConfigError(
            "no remote is set",
            not_done="nothing was sent or fetched",
            hint="give --remote, or name one in .modelops-bundle/config.yaml",
        )
    return _open(url, root=project.root)


def _of_environment(environment: Environment | None) -> str | None:
    if environment is None or environment.registry is None:
        return None
    return f"oci://{environment.registry.login_server}"
