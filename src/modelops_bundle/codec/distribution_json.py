"""The JSON that registries, token services and Docker's configuration speak; bounded when read."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelops_bundle.codec.oci_json import parse_document
from modelops_bundle.errors import ConfigError, HostileBundleError, RemoteError

#: What a token service means that does not say how long its token lives (Docker's "Token
#: Authentication Specification", `expires_in`).
DEFAULT_TOKEN_LIFE_S = 60
_MAX_TOKEN_LIFE_S = 24 * 3600
_MAX_SHOWN = 200
_MAX_TOKEN = 64 * 1024
#: The user name under which credential helpers and Docker keep a refresh token.
_TOKEN_USER = "<token>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who somebody is to a registry.

    Attributes:
        password: Goes with `username`.
        identity_token: A refresh token that stands for both ("OAuth2 Token Authentication").
        registry_token: A Bearer token that is used as it is.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """What a token service gave out."""

    text: str = field(repr=False)
    life_s: int


@dataclass(frozen=True, slots=True)
class DockerConfig:
    """`config.json` of Docker, as far as it tells who somebody is.

    Attributes:
        auths: By registry, as written there: a host, or a URL.
        helpers: The credential helper of single hosts.
        store: The credential helper of all others, or "".
    """

    auths: Mapping[str, Credentials] = field(default_factory=dict)
    helpers: Mapping[str, str] = field(default_factory=dict)
    store: str = ""


def decode_tag_list(content: bytes) -> tuple[str, ...]:
    """The tags on one page of a list (OCI distribution-spec v1.1, "Listing Tags").

    Raises:
        HostileBundleError: no such list.
    """
    tags = parse_document(content, "tag list").get("tags")
    if tags is None:
        return ()
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise HostileBundleError("tag list: tags is no list of texts")
    return tuple(tags)


def decode_token(content: bytes) -> Token:
    """The answer of a token service.

    Raises:
        RemoteError: there is no usable token in it. The message shows nothing of it.
    """
    try:
        document = parse_document(content, "token")
    except HostileBundleError:
        raise RemoteError("the token service gave no token") from None
    text = document.get("token") or document.get("access_token")
    if not isinstance(text, str) or not _is_header_text(text):
        raise RemoteError("the token service gave no usable token")
    life = document.get("expires_in")
    if not isinstance(life, int) or isinstance(life, bool) or life <= 0:
        life = DEFAULT_TOKEN_LIFE_S
    return Token(text, min(life, _MAX_TOKEN_LIFE_S))


def decode_problem(content: bytes) -> tuple[str, str]:
    """What a registry says went wrong (OCI distribution-spec v1.1, "Error Codes").

    Returns:
        The code and the message, shortened and on one line; "" and "" where nothing is understood.
    """
    try:
        errors = parse_document(content, "error").get("errors")
    except HostileBundleError:
        return "", ""
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return "", ""
    return _shown(errors[0].get("code")), _shown(errors[0].get("message"))


def decode_docker_config(content: bytes, *, name: str) -> DockerConfig:
    """Read `config.json` of Docker. No message shows a value of it.

    Raises:
        ConfigError: it is no JSON object, or an `auth` in it cannot be read.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise ConfigError(f"{name}: not JSON", hint="mend it, or log in again") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{name}: not a JSON object", hint="mend it, or log in again")
    helpers = _mapping(document.get("credHelpers"))
    store = document.get("credsStore")
    return DockerConfig(
        auths={
            key: _stored(value, f"{name}: auths: {_shown(key)}")
            for key, value in _mapping(document.get("auths")).items()
            if isinstance(value, dict)
        },
        helpers={key: value for key, value in helpers.items() if isinstance(value, str)},
        store=store if isinstance(store, str) else "",
    )


def decode_helper_answer(content: bytes) -> Credentials:
    """What a credential helper answers to `get` (Docker's "Credential helper protocol").

    Raises:
        ConfigError: it is not understood. The message shows nothing of it.
    """
    try:
        document = json.loads(content)
        username, secret = document["Username"], document["Secret"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ConfigError("a credential helper gave no answer that is understood") from None
    if not isinstance(username, str) or not isinstance(secret, str):
        raise ConfigError("a credential helper gave no answer that is understood")
    return _credentials(username, secret)


def _stored(value: dict[str, Any], where: str) -> Credentials:
    username, password = _text(value.get("username")), _text(value.get("password"))
    identity, registry = _text(value.get("identitytoken")), _text(value.get("registrytoken"))
    encoded = _text(value.get("auth"))
    if encoded and not username:
        try:
            username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (ValueError, binascii.Error):
            raise ConfigError(f"{where}: auth is not base64", hint="log in again") from None
        password = password.rstrip("\0")
    if identity or registry:
        return Credentials(username=username, identity_token=identity, registry_token=registry)
    return _credentials(username, password)


def _credentials(username: str, secret: str) -> Credentials:
    if username == _TOKEN_USER:
        return Credentials(identity_token=secret)
    return Credentials(username=username, password=secret)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_header_text(text: str) -> bool:
    """Whether it can stand in a header and ends no line of it."""
    return 0 < len(text) <= _MAX_TOKEN and text.isascii() and text.isprintable()


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(c if c.isprintable() else " " for c in text[:_MAX_SHOWN]).strip()
