"""From the URL of a remote to the remote."""

from __future__ import annotations

import os
import re
from pathlib import Path

from modelops_bundle.errors import ConfigError
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.oci_layout import OciLayoutRemote

_LAYOUT = "layout:"
_FILE = "file://"
_APPLICATION = "modelops-bundle"
#: A store's id is one folder's name: it stands in committed configuration, which may be hostile.
_STORE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


def open_remote(url: str, *, root: Path) -> Remote:
    """The remote of a URL. Nothing is read or written yet.

    Args:
        url: `layout:/path`, `layout:~/path`, `layout:path` (relative to `root`) or
            `file:///path`.
        root: The project's folder.

    Raises:
        ConfigError: no such kind of remote.
    """
    if url.startswith(_LAYOUT):
        return OciLayoutRemote(_layout_folder(url, url.removeprefix(_LAYOUT), root))
    if url.startswith(_FILE):
        return OciLayoutRemote(_layout_folder(url, _path_of_file_url(url), root))
    raise ConfigError(
        f"remote {url!r}: this version publishes to OCI image layout folders only",
        not_done="the remote was not asked",
        hint="give a folder: layout:/path/to/folder",
    )


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
