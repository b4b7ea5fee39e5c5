"""A project's settings and records on disk: configuration, environment, tracked files, state."""

from __future__ import annotations

import os
import re
from pathlib import Path

from modelops_bundle.codec.config import (
    decode_config,
    decode_environment,
    decode_state,
    decode_tracked,
    encode_state,
)
from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.settings import BundleConfig, Environment, SyncState
from modelops_bundle.errors import ConfigError
from modelops_bundle.workspace.atomic import write_atomic
from modelops_bundle.workspace.project import CONFIG, ENV, TRACKED, Project

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


def read_config(project: Project) -> BundleConfig:
    """`config.yaml`; defaults where there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    return decode_config(_content(project.config), name=CONFIG)


def read_tracked(project: Project) -> tuple[BundlePath, ...]:
    """Further files that travel, sorted.

    Raises:
        ConfigError: a line is no path of the project.
    """
    return decode_tracked(_content(project.tracked), name=TRACKED)


def read_state(project: Project) -> SyncState:
    """What the last push and pull held; nothing where that is not known or was damaged."""
    return decode_state(_content(project.state))


def write_state(project: Project, state: SyncState) -> None:
    """Remember what the last push and pull held; the caller holds the project's lock.

    Raises:
        FileAccessError: it cannot be written.
    """
    write_atomic(project.state, encode_state(state))


def pinned_environment(project: Project) -> Environment | None:
    """The environment that the project is pinned to, if it is pinned.

    Raises:
        ConfigError: it is not there, or cannot be read.
    """
    name = pinned_name(project)
    return read_environment(name) if name else None


def is_pinned(project: Project) -> bool:
    """Whether the project is pinned to an environment of the platform.

    Raises:
        ConfigError: it cannot be told.
    """
    return bool(pinned_name(project))


def pinned_name(project: Project) -> str:
    """The name of the environment that the project is pinned to, or "".

    Raises:
        ConfigError: the file that says so cannot be read.
    """
    return _content(project.env).decode("utf-8", "replace").strip()


def read_environment(name: str) -> Environment:
    """`~/.modelops/bundle-env/<name>.yaml`.

    Raises:
        ConfigError: it is not there, or cannot be read.
    """
    path = environment_file(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"no environment {name!r}: {path}: {error.strerror}",
            hint=did_you_mean(
                name, environment_names(), "provision it with the platform, or give --remote"
            ),
        ) from error
    return decode_environment(content, name=name)


def environment_file(name: str) -> Path:
    """Where the environment of this name is.

    Raises:
        ConfigError: not the name of a file.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"not the name of an environment: {name!r}")
    return Path(os.path.expanduser("~")) / ".modelops" / "bundle-env" / f"{name}.yaml"


def environment_names() -> tuple[str, ...]:
    """Environments that the platform provisioned for this user, sorted."""
    folder = Path(os.path.expanduser("~")) / ".modelops" / "bundle-env"
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def pin_environment(project: Project, name: str) -> None:
    """Use this environment for the project from now on.

    Raises:
        ConfigError: there is none of this name.
    """
    read_environment(name)
    write_atomic(project.path(ENV), f"{name}\n".encode())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
