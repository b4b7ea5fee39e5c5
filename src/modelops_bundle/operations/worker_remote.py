"""The remote of a worker: there is no project around, and its login is in its environment."""

from __future__ import annotations

import os
from pathlib import Path

from modelops_bundle.core.settings import RegistryAccess
from modelops_bundle.storage.base import Remote
from modelops_bundle.storage.registry_address import SCHEME
from modelops_bundle.storage.resolve import open_remote

_SCHEMES = (SCHEME, "layout:", "file://")


def open_worker_remote(url: str, *, insecure: bool = False) -> Remote:
    """The remote of a URL, or of `host[:port]/repository`. Nothing is read yet.

    `REGISTRY_USERNAME` and `REGISTRY_PASSWORD` log in there, as the platform sets them for its
    workers; otherwise Docker's configuration does.

    Raises:
        ConfigError: no such kind of remote.
    """
    if not url.startswith(_SCHEMES):
        url = f"{SCHEME}{url}"
    return open_remote(url, root=Path.cwd(), login=_login(url, insecure), insecure=insecure)


def _login(url: str, insecure: bool) -> RegistryAccess | None:
    user = os.environ.get("REGISTRY_USERNAME")
    password = os.environ.get("REGISTRY_PASSWORD")
    if not user or not password:
        return None
    return RegistryAccess(login_server=url, username=user, password=password, insecure=insecure)
