"""Where a repository of an OCI registry is: what its URL says, and what it may not say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelops_bundle.errors import ConfigError

SCHEME = "oci://"
#: OCI distribution-spec v1.1, "Pulling manifests", name; with the host it must fit in 255 bytes.
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*", re.ASCII)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(
    rf"(?P<name>{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?", re.ASCII
)
_MAX_LENGTH = 255
#: Docker Hub answers under another name than people write, and its login is kept under a third.
_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
_HUB_API = "registry-1.docker.io"
_HUB_LOGIN = "https://index.docker.io/v1/"


@dataclass(frozen=True, slots=True)
class RegistryAddress:
    """A repository.

    Attributes:
        host: As people write it, with the port if there is one.
    """

    host: str
    repository: str

    @property
    def url(self) -> str:
        """The URL that it is recorded under."""
        return f"{SCHEME}{self.host}/{self.repository}"

    @property
    def api_host(self) -> str:
        """Whom to ask."""
        return _HUB_API if self.host in _HUB else self.host

    @property
    def login_keys(self) -> tuple[str, ...]:
        """Under which names Docker's configuration may know the registry, best first."""
        if self.host in _HUB:
            return (_HUB_LOGIN, "docker.io", "index.docker.io")
        ways = (f"https://{self.host}", f"http://{self.host}")
        paths = ("", "/", "/v2/", "/v2", "/v1/", "/v1")
        return (self.host, *(f"{way}{path}" for way in ways for path in paths))

    @property
    def is_loopback(self) -> bool:
        """Whether nobody can listen on the way there."""
        return is_loopback(self.host)


def looks_like_registry(url: str) -> bool:
    """Whether a URL is meant for a registry: `oci://…`, or `host/repository` as Docker reads it.

    Without the scheme the first part must look like a host: a dot, a port, or `localhost`.
    """
    if url.startswith(SCHEME):
        return True
    host, slash, _ = url.partition("/")
    named = "." in host.strip(".") or ":" in host or host == "localhost"
    return bool(slash) and named and _HOST.fullmatch(host) is not None


def parse_address(url: str) -> RegistryAddress:
    """Read `oci://host[:port]/repository`, with or without the scheme.

    Raises:
        ConfigError: it names no repository. A password in it is not shown.
    """
    text = url.removeprefix(SCHEME)
    host, slash, repository = text.partition("/")
    if "@" in host:
        raise ConfigError(
            "the remote's URL holds a user name or a password",
            not_done="the remote was not asked",
            hint="give oci://host/repository, and log in with `mops-bundle login host`",
        )
    found = _HOST.fullmatch(host)
    if not found or not slash or int(found["port"] or 1) not in range(1, 65536):
        raise _refused(url, "give oci://host[:port]/repository")
    if not _REPOSITORY.fullmatch(repository) or len(text) > _MAX_LENGTH:
        hint = "a repository's name has lower-case letters, digits, and single '.', '_', '-', '/'"
        if re.search(r"[:@]", repository):
            hint = "leave the tag or digest out: push --tag and pull take it"
        raise _refused(url, hint)
    return RegistryAddress(host.lower(), repository)


def parse_host(text: str) -> RegistryAddress:
    """Read the `host[:port]` of a registry, with no repository; `oci://` and a `/` are passed over.

    Raises:
        ConfigError: no host, or more than one.
    """
    host = text.removeprefix(SCHEME).rstrip("/")
    found = _HOST.fullmatch(host)
    if not found or int(found["port"] or 1) not in range(1, 65536):
        raise ConfigError(
            f"not the host of a registry: {host.rpartition('@')[2]!r:.200}",
            not_done="nobody was asked",
            hint="give host[:port], without a repository",
        )
    return RegistryAddress(host.lower(), "")


def same_registry(one: str, other: str) -> bool:
    """Whether two URLs of repositories lead to one registry, host and port."""
    hosts = [url.removeprefix(SCHEME).partition("/")[0].lower() for url in (one, other)]
    return hosts[0] == hosts[1] and looks_like_registry(one) and looks_like_registry(other)


def repository_name(text: str) -> str:
    """A project's name as the name of a repository.

    Raises:
        ConfigError: nothing is left of it.
    """
    parts = re.sub(r"[^a-z0-9._-]+", "-", text.lower(), flags=re.ASCII)
    name = re.sub(r"[._-]*[._-][._-]+", "-", parts).strip("._-")
    if not name:
        raise ConfigError(
            f"no repository can be named after the project {text!r}",
            hint="set `name` in .modelops-bundle/config.yaml, or give --remote",
        )
    return name


def without_login(text: str) -> str:
    """A text that may be a URL, fit to be shown: no user name and no password are in it."""
    start = text.find("://") + 3 if "://" in text else 0
    digest = text.rfind("@sha256:")
    end = digest if digest >= start else len(text)
    at = text.rfind("@", start, end)
    is_folder = text.startswith(("layout:", "file:"))
    is_login = at >= 0 and not is_folder and (start or ":" in text[:at])
    return f"{text[:start]}***{text[at:]}" if is_login else text


def is_loopback(host: str) -> bool:
    """Whether a host (with or without a port) is this machine."""
    found = _HOST.fullmatch(host)
    name = found["name"].strip("[]") if found else host
    if name.lower() == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _refused(url: str, hint: str) -> ConfigError:
    return ConfigError(
        f"remote {without_login(url)!r:.300} names no repository of a registry",
        not_done="the remote was not asked",
        hint=hint,
    )
