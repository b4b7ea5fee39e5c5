"""The remote of a project, and any other with the login that the project has for it."""

from __future__ import annotations

from pathlib import Path

from modelops_bundle.core.settings import BundleConfig, Environment
from modelops_bundle.errors import ConfigError
from modelops_bundle.operations.remotes import open_project_remote, remote_url
from modelops_bundle.operations.settings import pinned_environment, read_config
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.resolve import local_store_url, open_remote
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.root import find_root


def remote_of(project: Project, config: BundleConfig, override: str | None = None) -> Remote:
    """The remote: `override`, then the pinned environment, then the configuration.

    Raises:
        ConfigError: there is none, or it cannot be used.
    """
    environment = _environment(project, needed=override is None)
    url = remote_url(
        config, override=override, environment=environment, folder_name=project.root.name
    )
    return open_project_remote(project, url, config=config, environment=environment)


def remote_at(url: str, here: Path) -> Remote:
    """The remote of a URL: with the login of the project around, if there is one.

    Raises:
        ConfigError: it cannot be used.
    """
    root = find_root(str(here))
    if root is None:
        return open_remote(url, root=here)
    project = Project(Path(root))
    try:
        config = read_config(project)
    except ConfigError:
        config = BundleConfig()
    environment = _environment(project, needed=False)
    known = remote_url(config, override=url)
    return open_project_remote(project, known, config=config, environment=environment)


def is_own_store(remote: Remote, config: BundleConfig) -> bool:
    """Whether a remote is the folder of this user that no other machine can reach."""
    return bool(config.store_id) and remote.url == local_store_url(config.store_id)


def _environment(project: Project, *, needed: bool) -> Environment | None:
    """The pinned environment; another remote does without one, but its login may be in it."""
    try:
        return pinned_environment(project)
    except ConfigError:
        if needed:
            raise
        return None
