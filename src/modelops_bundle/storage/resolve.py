"""From the URL of a remote to the remote."""

from __future__ import annotations

import os
import re
from pathlib import Path

from modelops_bundle.core.closest import did_you_mean
from modelops_bundle.core.settings import RegistryAccess
from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.registry_address import (
    looks_like_registry,
    parse_address,
    without_login,
)

_LAYOUT = "layout:"
_FILE = "file://"
_SCHEMES = (_LAYOUT, _FILE, "oci://")
_APPLICATION = "modelops-bundle"
#: A store's id is one folder's name: it stands in committed configuration, which may be hostile.
_STORE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


def open_remote(
    url: str, *, root: Path, login: RegistryAccess | None = None, insecure: bool = False
) -> Remote:
    """The remote of a URL. Nothing is read or written yet.

    Args:
        url: `layout:/path`, `layout:~/path`, `layout:path` (relative to `root`),
            `file:///path`, `oci://host[:port]/repository` or `host[:port]/repository`.
        root: The project's folder.
        login: Who this user is to the registry; Docker's configuration says where this does not.
        insecure: The registry may do without TLS, and its certificate is not checked.

    Raises:
        ConfigError: no such kind of remote.
    """
    folder = _folder_of(url, root)
    if folder is not None:
        from modelops_bundle.storage.oci_layout import OciLayoutRemote

        return OciLayoutRemote(folder)
    if not looks_like_registry(url):
        raise ConfigError(
            f"remote {without_login(url)!r:.300}: neither a registry nor an OCI image layout "
            "folder",
            not_done="the remote was not asked",
            hint=did_you_mean(
                f"{url.partition(':')[0]}:",
                _SCHEMES,
                "give oci://host/repository, or a folder: layout:/path/to/folder",
            ),
        )
    from modelops_bundle.codec.distribution_json import Credentials
    from modelops_bundle.storage.oci_registry import OciRegistryRemote

    address = parse_address(url)
    if login is None or not login.username or login.password is None:
        return OciRegistryRemote(address, insecure=insecure)
    known = Credentials(username=login.username, password=login.password)
    return OciRegistryRemote(address, find_credentials=lambda: known, insecure=insecure)


def recorded_url(url: str, *, root: Path) -> str:
    """The `url` of the remote that a URL leads to: one for all ways to write it.

    Raises:
        ConfigError: no such kind of remote.
    """
    return open_remote(url, root=root).url


def local_store_url(store_id: str) -> str:
    """The URL of this user's own layout folder of that id (XDG Base Directory Specification).

    Raises:
        ConfigError: the id is no plain name, or there is no home folder.
    """
    if not _STORE_ID.fullmatch(store_id):
        raise ConfigError(
            f"not the id of a local store: {store_id!r}", hint="run `mops-bundle init` again"
        )
    data = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(data):
        data = os.path.join(_home("~"), ".local", "share")
    return f"{_LAYOUT}{os.path.join(data, _APPLICATION, store_id)}"


def shown_url(url: str) -> str:
    """A remote's URL for people: the home folder as `~`."""
    home = os.path.expanduser("~")
    inside = url.startswith(f"{_LAYOUT}{home}/") and home != "/"
    return f"{_LAYOUT}~{url[len(_LAYOUT) + len(home) :]}" if inside else url


def _folder_of(url: str, root: Path) -> Path | None:
    if url.startswith(_LAYOUT):
        return _layout_folder(url, url.removeprefix(_LAYOUT), root)
    if url.startswith(_FILE):
        return _layout_folder(url, _path_of_file_url(url), root)
    return None


def _layout_folder(url: str, text: str, root: Path) -> Path:
    if not text or "\0" in text:
        raise ConfigError(f"remote {url!r} names no folder")
    path = _home(text) if text.startswith("~") else text
    return Path(os.path.normpath(root / path))


def _home(text: str) -> str:
    expanded = os.path.expanduser(text)
    if not os.path.isabs(expanded):
        raise ConfigError(f"cannot tell which home folder {text!r} means")
    return expanded


def _path_of_file_url(url: str) -> str:
    """The path of a `file:` URL (RFC 8089)."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise ConfigError(f"remote {url!r} names no folder of this machine")
    return unquote(parts.path)
