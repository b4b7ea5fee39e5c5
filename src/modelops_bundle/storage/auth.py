"""Showing a registry who one is: Basic, or tokens of its token service, renewed in time."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import urllib3

from modelops_bundle.codec.distribution_json import Credentials, Token, decode_token
from modelops_bundle.errors import RemoteError, UnauthorizedError
from modelops_bundle.log import Log
from modelops_bundle.storage.auth_challenge import Challenge, parse_challenges
from modelops_bundle.storage.http_client import Answer, HttpClient
from modelops_bundle.storage.http_retry import (
    Attempts,
    TransientFailure,
    is_transient,
    retry_after_s,
)

_LOG = Log(__name__)
#: Renewed this long before they expire, or after half their life where that is sooner.
_EARLY_S = 15.0
_MAX_TOKEN_BYTES = 1024 * 1024
_CLIENT_ID = "mops-bundle"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Access:
    """What a request takes the right to.

    Attributes:
        write: To push as well as to pull.
        delete: To delete as well.
        source: Another repository of the same registry that is pulled from, or "".
    """

    write: bool = False
    delete: bool = False
    source: str = ""

    def scopes(self, repository: str) -> list[str]:
        """As a token service is asked for it (Docker's "Token Scope"); none without repository."""
        actions = ["pull", *(["push"] if self.write else []), *(["delete"] if self.delete else [])]
        wanted = {repository: ",".join(actions), self.source: "pull"}
        return [f"repository:{name}:{what}" for name, what in wanted.items() if name]


@dataclass(slots=True)
class _Grant:
    """A header that may be sent.

    Attributes:
        until: When to stop sending it, on the monotonic clock; None for never.
        accepted: The registry has taken it at least once.
    """

    header: str
    until: float | None = None
    accepted: bool = False


class Authenticator:
    """Knows which `Authorization` goes with the requests of one repository.

    Safe to use from several threads: they share one token, and one of them fetches it.
    """

    def __init__(
        self,
        http: HttpClient,
        host: str,
        repository: str,
        find_credentials: Callable[[], Credentials | None],
    ) -> None:
        """Nobody is asked yet.

        Args:
            host: The registry, for messages.
            find_credentials: Called once, when the registry asks for the first time.
        """
        self._http = http
        self._host = host
        self._repository = repository
        self._find_credentials = find_credentials
        self._lock = threading.RLock()
        self._credentials: Credentials | None = None
        self._looked = False
        self._challenge: Challenge | None = None
        self._grants: dict[Access, _Grant] = {}
        self._secrets: set[str] = set()

    @property
    def was_asked(self) -> bool:
        """Whether the registry has asked who this is."""
        return self._challenge is not None

    def header(self, access: Access, attempts: Attempts) -> str | None:
        """What to send, renewed where it is about to expire; None before anything was asked for.

        Raises:
            UnauthorizedError: the token service refuses.
            RemoteError, TransientFailure: it cannot be asked.
        """
        with self._lock:
            if self._challenge is None:
                return None
            grant = self._grants.get(access)
            if grant is None or (grant.until is not None and time.monotonic() >= grant.until):
                grant = self._grants[access] = self._grant(self._challenge, access, attempts)
            return grant.header

    def accepted(self, header: str | None) -> None:
        """The registry has answered to this header."""
        for grant in tuple(self._grants.values()):
            if grant.header == header:
                grant.accepted = True

    def challenged(
        self, headers: Iterable[str], rejected: str | None, access: Access, attempts: Attempts
    ) -> None:
        """The registry has refused a request: get something better to send.

        Args:
            headers: The `WWW-Authenticate` headers.
            rejected: What was sent.

        Raises:
            UnauthorizedError: there is nothing better.
            RemoteError, TransientFailure: the token service cannot be asked.
        """
        with self._lock:
            grant = self._grants.get(access)
            if grant is not None and grant.header != rejected:
                return  # another thread has renewed it meanwhile
            if rejected is not None and grant is not None and not grant.accepted:
                raise self._refused("it does not accept these credentials")
            self._grants.pop(access, None)
            self._challenge = self._chosen(parse_challenges(headers))
            self._grants[access] = self._grant(self._challenge, access, attempts)

    def denied(self, reason: str) -> UnauthorizedError:
        """The error for a request that the registry does not let this user make."""
        return self._refused(reason or "access is denied")

    def scrubbed(self, text: str) -> str:
        """A text of the server's without what nobody must see."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _chosen(self, challenges: tuple[Challenge, ...]) -> Challenge:
        by_scheme = {challenge.scheme: challenge for challenge in reversed(challenges)}
        bearer = by_scheme.get("bearer")
        if bearer is not None and bearer.parameters.get("realm"):
            return bearer
        if "basic" in by_scheme:
            return by_scheme["basic"]
        offered = ", ".join(sorted(by_scheme)) or "none"
        raise self._refused(f"it asks for a kind of login that is not known here ({offered:.100})")

    def _grant(self, challenge: Challenge, access: Access, attempts: Attempts) -> _Grant:
        known = self._known()
        if challenge.scheme == "basic":
            if known is None or not known.username:
                raise self._refused("it asks for a user name and a password")
            return _Grant(self._basic(known))
        if known is not None and known.registry_token:
            return _Grant(f"Bearer {known.registry_token}")
        asked = time.monotonic()
        token = self._token(challenge, known, access, attempts)
        self._secrets.add(token.text)
        _LOG.debug("got a token of %s for %d s", self._host, token.life_s)
        return _Grant(
            f"Bearer {token.text}", asked + max(token.life_s - _EARLY_S, token.life_s / 2)
        )

    def _known(self) -> Credentials | None:
        if not self._looked:
            self._credentials = self._find_credentials()
            self._looked = True
            known = self._credentials or Credentials()
            texts = (known.password, known.identity_token, known.registry_token)
            self._secrets.update(filter(None, texts))
        return self._credentials

    def _basic(self, known: Credentials) -> str:
        encoded = base64.b64encode(f"{known.username}:{known.password}".encode()).decode()
        self._secrets.add(encoded)
        return f"Basic {encoded}"

    def _token(
        self, challenge: Challenge, known: Credentials | None, access: Access, attempts: Attempts
    ) -> Token:
        """Ask the token service (Docker's "Token" and "OAuth2 Token Authentication")."""
        realm = challenge.parameters["realm"]
        self._http.check(realm)
        scopes = access.scopes(self._repository)
        service = challenge.parameters.get("service", "")
        fields = {"service": service} if service else {}
        if known is not None and known.identity_token:
            form = {
                "grant_type": "refresh_token",
                "client_id": _CLIENT_ID,
                "refresh_token": known.identity_token,
                **fields,
                # RFC 6749, section 3.3: one field, separated by spaces.
                **({"scope": " ".join(scopes)} if scopes else {}),
            }
            return self._ask("POST", realm, {"Content-Type": _FORM}, attempts, urlencode(form))
        headers = {}
        if known is not None and known.username:
            fields["account"] = known.username
            headers["Authorization"] = self._basic(known)
        joint = "&" if urlsplit(realm).query else "?"
        query = urlencode([*fields.items(), *(("scope", scope) for scope in scopes)])
        return self._ask("GET", f"{realm}{joint}{query}", headers, attempts)

    def _ask(
        self, method: str, url: str, headers: dict[str, str], attempts: Attempts, form: str = ""
    ) -> Token:
        timeout = urllib3.Timeout(total=attempts.remaining_s)
        exchange = self._http.send(
            method, url, headers=headers, timeout=timeout, body=form.encode() if form else None
        )
        answer: Answer = exchange.read(_MAX_TOKEN_BYTES, attempts)
        service = urlsplit(url).netloc.rpartition("@")[2]
        if answer.status == 200:
            return decode_token(answer.body)
        # 400 is what RFC 6749, section 5.2, says of a refresh token that is no longer good.
        if answer.status in (400, 401, 403):
            raise self._refused(f"its token service {service} does not accept these credentials")
        error = RemoteError(
            f"the token service {service} answered {answer.status}", hint="try again later"
        )
        if is_transient(answer.status):
            raise TransientFailure(error, retry_after_s(answer.headers))
        raise error

    def _refused(self, reason: str) -> UnauthorizedError:
        place = f" to {self._repository}" if self._repository else ""
        return UnauthorizedError(
            f"{self._host} refuses access{place}: {self.scrubbed(reason)}",
            not_done="nothing was changed there",
            hint=f"log in with `mops-bundle login {self._host}`, or set registry.username and "
            "registry.password in the environment's file",
        )
