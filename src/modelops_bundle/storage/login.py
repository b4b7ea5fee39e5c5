"""Remembering who one is to a registry, where Docker and this program look for it."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_bundle.codec.distribution_json import (
    Credentials,
    DockerConfig,
    decode_docker_config,
)
from modelops_bundle.codec.docker_config import encode_helper_login, with_login, without_login
from modelops_bundle.errors import FileAccessError, UnauthorizedError
from modelops_bundle.storage.credentials import config_file, read_config_file, run_helper
from modelops_bundle.storage.registry_address import RegistryAddress
from modelops_bundle.workspace.atomic import write_atomic
from modelops_bundle.workspace.locks import exclusive

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login that was checked and is remembered.

    Attributes:
        kept_in: The file, or the program of the credential helper.
        asked: The registry wanted to know; where it did not, nothing could be checked.
    """

    host: str
    username: str
    kept_in: str
    asked: bool


def log_in(
    address: RegistryAddress, username: str, password: str, *, insecure: bool = False
) -> Login:
    """Show the registry the credentials, and remember them if it takes them.

    Raises:
        UnauthorizedError: it does not take them; nothing was remembered.
        RemoteError: it cannot be asked; nothing was remembered.
        ConfigError: Docker's configuration, or its helper, cannot be used.
        FileAccessError: it cannot be written.
    """
    from modelops_bundle.storage.registry_client import RegistryClient

    known = Credentials(username=username, password=password)
    try:
        asked = RegistryClient(address, lambda: known, insecure=insecure).check_login()
    except UnauthorizedError as error:
        raise UnauthorizedError(
            error.message,
            not_done="nothing was remembered",
            hint="check the user name and the password",
        ) from None
    path = config_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileAccessError(f"cannot make {path.parent}: {error.strerror}") from error
    with exclusive(path.with_name(".config.json.lock")):
        content = read_config_file()
        helper = _helper(content, address)
        key = address.login_keys[0]
        if helper:
            run_helper(helper, "store", encode_helper_login(key, username, password))
            content = with_login(content, key, "", "", name=str(path))
        else:
            content = with_login(content, key, username, password, name=str(path))
        write_atomic(path, content, mode=_PRIVATE)
    kept_in = f"docker-credential-{helper}" if helper else str(path)
    return Login(host=address.host, username=username, kept_in=kept_in, asked=asked)


def log_out(address: RegistryAddress) -> bool:
    """Forget a login; whether there was one.

    Raises:
        ConfigError: Docker's configuration, or its helper, cannot be used.
        FileAccessError: it cannot be written.
    """
    path = config_file()
    if read_config_file() is None:
        return False
    with exclusive(path.with_name(".config.json.lock")):
        content = read_config_file()
        if content is None:
            return False
        keys = address.login_keys
        known = any(key in decode_docker_config(content, name=str(path)).auths for key in keys)
        helper = _helper(content, address)
        if helper:
            known = run_helper(helper, "get", keys[0].encode()) is not None or known
            run_helper(helper, "erase", keys[0].encode())
        if known:
            write_atomic(path, without_login(content, keys, name=str(path)))
    return known


def _helper(content: bytes | None, address: RegistryAddress) -> str:
    """The credential helper of a registry, or ""."""
    config = DockerConfig()
    if content is not None and content.strip():
        config = decode_docker_config(content, name=str(config_file()))
    named = [config.helpers[key] for key in address.login_keys if key in config.helpers]
    return named[0] if named else config.store
