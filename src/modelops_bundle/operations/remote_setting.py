"""Changing where a project's bundles go, in the configuration that everybody shares."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from modelops_bundle.codec.config_edit import edit_remote
from modelops_bundle.core.settings import LOCAL_REMOTE, BundleConfig, Environment
from modelops_bundle.errors import ConfigError
from modelops_bundle.operations.committed_url import committed_url
from modelops_bundle.operations.settings import pinned_environment, read_config
from modelops_bundle.storage.registry_address import same_registry
from modelops_bundle.workspace.atomic import write_atomic
from modelops_bundle.workspace.locks import exclusive
from modelops_bundle.workspace.project import CONFIG, Project

_UNNAMED = re.compile(r"[^a-z0-9._-]+")
#: So much of a project's name stands in its store's id.
_SLUG = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSetting:
    """What `config.yaml` says of the remote.

    Attributes:
        before, after: URLs, `local`, or None.
        pinned: The environment that goes before the configuration, or "".
        insecure: As it is now.
    """

    before: str | None
    after: str | None
    pinned: str
    insecure: bool


def remote_setting(project: Project) -> RemoteSetting:
    """What is set.

    Raises:
        ConfigError: it cannot be read.
    """
    config = read_config(project)
    return _setting(project, config, config)


def set_remote(project: Project, url: str, *, insecure: bool = False) -> RemoteSetting:
    """Write another remote into the configuration; nothing else in the file changes.

    What was allowed of the old registry is not allowed of another: `insecure` goes with it.

    Args:
        url: Of a registry or of a folder; `local` for a store of one's own.
        insecure: The registry may do without TLS.

    Raises:
        UsageError: a path that would mean nothing to others; or a tag in it.
        ConfigError: no remote, or the file cannot be edited.
    """
    url = committed_url(url, project.root, not_done="nothing was changed")
    with exclusive(project.lock):
        before = read_config(project)
        content = project.config.read_bytes() if project.config.exists() else b""
        same = before.remote is not None and same_registry(before.remote, url)
        store = before.store_id or new_store_id(before.name or project.root.name)
        edited = edit_remote(
            content,
            remote=url,
            store_id=store if url == LOCAL_REMOTE else "",
            insecure=insecure or (before.insecure and same),
            name=CONFIG,
        )
        if edited != content:
            write_atomic(project.config, edited)
    return _setting(project, before, read_config(project))


def new_store_id(name: str) -> str:
    """An id for a store of one's own: it is committed, so projects of one name must not meet."""
    slug = _UNNAMED.sub("-", name.lower()).strip("-._") or "bundle"
    return f"{slug[:_SLUG]}-{secrets.token_hex(4)}"


def _setting(project: Project, before: BundleConfig, after: BundleConfig) -> RemoteSetting:
    try:
        environment: Environment | None = pinned_environment(project)
    except ConfigError:
        environment = None
    goes_before = environment is not None and environment.registry is not None
    return RemoteSetting(
        before=before.remote,
        after=after.remote,
        pinned=environment.name if environment is not None and goes_before else "",
        insecure=after.insecure,
    )
