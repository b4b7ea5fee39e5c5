"""Changing Docker's `config.json`: one login, and nothing else of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from typing import Any

from modelops_bundle.errors import ConfigError

#: Docker writes it so.
_INDENT = "\t"


def with_login(content: bytes | None, key: str, username: str, secret: str, *, name: str) -> bytes:
    """The file with a login under `auths`.

    Args:
        content: The file as it is; None where there is none.
        username: "" for a login that a credential helper keeps: an empty entry tells of it.

    Raises:
        ConfigError: the file cannot be read. No message shows a value of it.
    """
    document, auths = _parsed(content, name)
    encoded = base64.b64encode(f"{username}:{secret}".encode()).decode()
    auths[key] = {"auth": encoded} if username else {}
    return _written({**document, "auths": auths})


def without_login(content: bytes, keys: Collection[str], *, name: str) -> bytes:
    """The file without the logins of these names.

    Raises:
        ConfigError: the file cannot be read.
    """
    document, auths = _parsed(content, name)
    return _written({**document, "auths": {k: v for k, v in auths.items() if k not in keys}})


def encode_helper_login(key: str, username: str, secret: str) -> bytes:
    """What a credential helper reads to `store` (Docker's "Credential helper protocol")."""
    return json.dumps({"ServerURL": key, "Username": username, "Secret": secret}).encode()


def _parsed(content: bytes | None, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        document = json.loads(content) if content and content.strip() else {}
    except (ValueError, RecursionError):
        document = None
    auths = document.get("auths", {}) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(auths, dict):
        raise ConfigError(
            f"{name}: not a JSON object of Docker's", not_done="it was not changed", hint="mend it"
        )
    return document, dict(auths)


def _written(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=_INDENT, ensure_ascii=False) + "\n").encode()
