"""Which project, or which published bundle, a caller of the API means."""

from __future__ import annotations

import os
from pathlib import Path

from modelops_bundle.api.results import NoRegistryError
from modelops_bundle.core.settings import DEFAULT_TAG
from modelops_bundle.errors import ProjectNotFoundError
from modelops_bundle.operations.project_remote import remote_at, remote_of
from modelops_bundle.operations.pull import recover
from modelops_bundle.operations.settings import read_config
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.full_reference import parse_full_reference
from modelops_bundle.workspace.project import Project, find_project

PathLike = str | os.PathLike[str]


def project_at(path: PathLike, *, needs_registry: bool = True) -> Project:
    """The project, in which a pull that was cut off has been settled.

    Raises:
        NoRegistryError: there is none, or it has no registry.
    """
    try:
        project = find_project(Path(path))
    except ProjectNotFoundError as error:
        raise NoRegistryError(error.message, hint=error.hint) from error
    if needs_registry and not project.registry.is_file():
        raise NoRegistryError(
            f"{project.registry} is not there",
            hint="run `mops-bundle init`, then `mops-bundle register-model PATH`",
        )
    recover(project)
    return project


def bundle_at(ref: str, path: PathLike) -> tuple[Remote, str]:
    """The remote and the reference there: a full reference, or one of the project at `path`.

    Raises:
        NoRegistryError: it takes a project to know the remote, and there is none.
        ConfigError: the remote cannot be used.
    """
    full = parse_full_reference(ref)
    if full is not None:
        return remote_at(full.url, Path(path).resolve()), full.reference or DEFAULT_TAG
    project = project_at(path, needs_registry=False)
    return remote_of(project, read_config(project)), ref
