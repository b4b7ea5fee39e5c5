"""The environments that the platform provisioned for this user; no secret leaves this module."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.core.settings import Environment
from modelops_bundle.errors import ConfigError
from modelops_bundle.operations.settings import (
    environment_names,
    pinned_name,
    read_environment,
)
from modelops_bundle.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentView:
    """One environment, as it may be shown.

    Attributes:
        registry: Where bundles go, or "".
        username: Who this user is there, or "".
        password: Whether one is set.
        storage: Provider and container of the object storage, or "".
        keys: Whether anything secret is set for it.
        problem: Why the file cannot be used, or "".
    """

    name: str
    pinned: bool
    registry: str = ""
    username: str = ""
    password: bool = False
    insecure: bool = False
    storage: str = ""
    keys: bool = False
    problem: str = ""


def list_environments(project: Project | None) -> tuple[EnvironmentView, ...]:
    """All environments by name; the pinned one too where its file is gone."""
    pinned = pinned_name(project) if project is not None else ""
    names = sorted({*environment_names(), *([pinned] if pinned else [])})
    return tuple(_view(name, pinned=name == pinned) for name in names)


def show_environment(project: Project | None, name: str) -> EnvironmentView:
    """One environment.

    Raises:
        ConfigError: there is none of this name, or its file cannot be used.
    """
    pinned = pinned_name(project) if project is not None else ""
    return _shown(read_environment(name), pinned=name == pinned)


def _view(name: str, *, pinned: bool) -> EnvironmentView:
    try:
        return _shown(read_environment(name), pinned=pinned)
    except ConfigError as error:
        return EnvironmentView(name=name, pinned=pinned, problem=str(error))


def _shown(environment: Environment, *, pinned: bool) -> EnvironmentView:
    registry, storage = environment.registry, environment.storage
    return EnvironmentView(
        name=environment.name,
        pinned=pinned,
        registry=registry.login_server if registry else "",
        username=(registry.username or "") if registry else "",
        password=bool(registry and registry.password),
        insecure=bool(registry and registry.insecure),
        storage=f"{storage.provider}:{storage.container}" if storage else "",
        keys=bool(
            storage and (storage.connection_string or storage.access_key or storage.secret_key)
        ),
    )
