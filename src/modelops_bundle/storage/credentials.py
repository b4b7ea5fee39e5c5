"""Who somebody is to a registry, as an environment or Docker's configuration says."""

from __future__ import annotations

import os
import re
from pathlib import Path

from modelops_bundle.codec.distribution_json import (
    Credentials,
    DockerConfig,
    decode_docker_config,
    decode_helper_answer,
)
from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.registry_address import RegistryAddress

#: A helper's name stands in a file and becomes part of a program's name.
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_PATIENCE_S = 30.0
#: What the helpers of Docker print, on stdout, where they know nobody.
_UNKNOWN = b"credentials not found"


def find_credentials(address: RegistryAddress) -> Credentials | None:
    """What `config.json` of Docker says of a registry: its helper, then its own entries.

    Raises:
        ConfigError: the file, or the helper that it names, cannot be used.
    """
    content = read_config_file()
    if content is None:
        return None
    config = decode_docker_config(content, name=str(config_file()))
    return _from_helper(config, address) or _from_entries(config, address)


def read_config_file() -> bytes | None:
    """`config.json` of Docker; None where there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    path = config_file()
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def config_file() -> Path:
    """Where Docker keeps its logins."""
    folder = os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
    return Path(folder) / "config.json"


def _from_entries(config: DockerConfig, address: RegistryAddress) -> Credentials | None:
    for key in address.login_keys:
        found = config.auths.get(key)
        # With a credential store, Docker leaves empty entries behind.
        if found is not None and found != Credentials():
            return found
    return None


def _from_helper(config: DockerConfig, address: RegistryAddress) -> Credentials | None:
    for key in address.login_keys:
        if key in config.helpers:
            return _ask(config.helpers[key], key)
    return _ask(config.store, address.login_keys[0]) if config.store else None


def _ask(helper: str, key: str) -> Credentials | None:
    """Ask a credential helper; None where it knows nobody."""
    answer = run_helper(helper, "get", key.encode())
    if answer is None:
        return None
    found = decode_helper_answer(answer)
    return found if found != Credentials() else None


def run_helper(helper: str, action: str, given: bytes) -> bytes | None:
    """Run a credential helper of Docker.

    Args:
        action: `get`, `store` or `erase`.
        given: What it reads.

    Returns:
        What it prints; None where it knows nobody.

    Raises:
        ConfigError: it cannot be run, or fails. Nothing that it prints is shown.
    """
    import subprocess

    program = f"docker-credential-{helper}"
    if not _HELPER.fullmatch(helper):
        raise ConfigError(f"not the name of a credential helper: {helper!r:.100}")
    hint = "install it, or log in without it"
    try:
        done = subprocess.run(
            [program, action],
            input=given,
            stdout=subprocess.PIPE,
            # A helper may write secrets there.
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{program} did not answer in {_PATIENCE_S:.0f} s", hint=hint) from None
    except OSError as error:
        raise ConfigError(f"cannot run {program}: {error.strerror}", hint=hint) from error
    if done.returncode == 0:
        return done.stdout
    if _UNKNOWN in done.stdout:
        return None
    raise ConfigError(f"{program} failed with exit code {done.returncode}", hint=hint)
