"""For the ModelOps platform, which asks here where a project's bundles go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from modelops_bundle.errors import ConfigError, ProjectNotFoundError
from modelops_bundle.operations.project_remote import remote_of
from modelops_bundle.operations.settings import read_config
from modelops_bundle.storage.registry_address import SCHEME
from modelops_bundle.workspace.project import find_project


class ProjectContext(Protocol):
    """What the existing tool calls a project."""

    @property
    def root(self) -> Path: ...


class NoConfigurationError(ConfigError, FileNotFoundError):
    """There is no project."""

    code = "no-configuration"


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """Where bundles go.

    Attributes:
        registry_ref: `host[:port]/repository`, or the URL of a remote that is no registry.
        default_tag: What a push moves.
    """

    registry_ref: str
    default_tag: str


def load_config(ctx: ProjectContext | str | os.PathLike[str] | None = None) -> LoadedConfig:
    """Where the bundles of a project go: the pinned environment, then its configuration.

    Args:
        ctx: A folder of the project, or an object with its `root`; the working folder without it.

    Raises:
        NoConfigurationError: no project there; also a FileNotFoundError.
        ConfigError: it names no remote, or cannot be read.
    """
    folder = "." if ctx is None else ctx if isinstance(ctx, str | os.PathLike) else ctx.root
    try:
        project = find_project(Path(folder))
    except ProjectNotFoundError as error:
        raise NoConfigurationError(error.message, hint=error.hint) from error
    config = read_config(project)
    url = remote_of(project, config).url
    return LoadedConfig(registry_ref=url.removeprefix(SCHEME), default_tag=config.tag)
